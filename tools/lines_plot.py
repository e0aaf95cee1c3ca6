"""A plot of a few lines over the number of people, or of workers, as an SVG: logarithmic to the right, from nought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path

_WIDE, _HIGH, _LEFT, _TOP = 380, 200, 60, 30
_COLOURS = ("#0f766e", "#b45309", "#1d4ed8", "#be123c")


def lines_plot(
    path: Path,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    unit: str,
    *,
    along: str = "people",
    decimals: int = 0,
) -> None:
    """lines: by name, the points (people, or whatever is along, and value). unit: what the values are."""
    points = [point for line in lines.values() for point in line]
    few, many = min(x for x, _ in points), max(x for x, _ in points)
    high = 1.25 * max(y for _, y in points)

    def at(x: float, y: float) -> tuple[float, float]:
        along = (log10(x) - log10(few)) / (log10(many) - log10(few) or 1)
        return _LEFT + _WIDE * along, _TOP + _HIGH * (1 - y / high)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE + 150}" height="{_HIGH + 80}" ',
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>',
        f'<path d="M{_LEFT} {_TOP}V{_TOP + _HIGH}H{_LEFT + _WIDE}" stroke="#999" fill="none"/>',
        f'<text x="{_LEFT}" y="{_TOP - 10}">{unit}</text>',
    ]
    for x in sorted({x for x, _ in points}):
        parts.append(f'<text x="{at(x, 0)[0]:.0f}" y="{_TOP + _HIGH + 18}" text-anchor="middle">{x:,.0f}</text>')
    parts.append(f'<text x="{_LEFT + _WIDE / 2:.0f}" y="{_TOP + _HIGH + 38}" text-anchor="middle">{along}</text>')
    for (name, line), colour in zip(lines.items(), _COLOURS, strict=False):
        placed = [at(x, y) for x, y in line]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), (_, value) in zip(placed, line, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle" fill="{colour}">{value:,.{decimals}f}</text>'
            )
        parts.append(f'<text x="{placed[-1][0] + 8:.0f}" y="{placed[-1][1] + 14:.0f}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")
