"""A receiver operating characteristic as an SVG of a few lines: right answers over wrong ones, for every threshold."""

from __future__ import annotations

from bisect import bisect_right
from math import log10
from pathlib import Path

_WIDE, _HIGH, _LEFT, _TOP = 560, 300, 70, 30
_LEAST_FALSE = -5.0
_LEAST_TRUE = 0.8
_COLOURS = ("#0f766e", "#b45309")

Scores = dict[str, tuple[list[float], list[float]]]


def roc(path: Path, scores: Scores) -> None:
    """scores: by corpus, the distances of the same pairs and of the different ones. A ring marks the threshold, 1."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE + 100}" height="{_HIGH + 100}" ',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="#fff"/>{_axes()}',
    ]
    for number, ((name, (same, different)), colour) in enumerate(zip(scores.items(), _COLOURS, strict=False)):
        same, different = sorted(same), sorted(different)
        thresholds = sorted({*same, *different[: len(different) // 2 or 1]})
        line = " ".join(dict.fromkeys(_point(same, different, threshold) for threshold in thresholds))
        x, y = _point(same, different, 1.0).split(",")
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="{6 + 4 * number}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_LEFT + 250}" y="{_TOP + 180 + 20 * number}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def _point(same: list[float], different: list[float], threshold: float) -> str:
    false, true = (bisect_right(each, threshold) / len(each) for each in (different, same))
    return f"{_x(false):.1f},{_y(true):.1f}"


def _x(false: float) -> float:
    """Logarithmic; what is less than the axis shows, none among them, lies on its left end."""
    return _LEFT + _WIDE * (1 - max(log10(false), _LEAST_FALSE) / _LEAST_FALSE) if false else float(_LEFT)


def _y(true: float) -> float:
    return _TOP + _HIGH * (1 - max(0.0, true - _LEAST_TRUE) / (1 - _LEAST_TRUE))


def _axes() -> str:
    lines = []
    for power in range(int(_LEAST_FALSE), 1):
        x, words = _x(10.0**power), f"{10.0**power:.0e}" if power > _LEAST_FALSE else "0"
        lines.append(f'<path d="M{x:.0f} {_TOP}V{_TOP + _HIGH}" stroke="#ddd"/>')
        lines.append(f'<text x="{x:.0f}" y="{_TOP + _HIGH + 18}" text-anchor="middle">{words}</text>')
    for step in range(6):
        true = _LEAST_TRUE + step * (1 - _LEAST_TRUE) / 5
        lines.append(f'<path d="M{_LEFT} {_y(true):.0f}H{_LEFT + _WIDE}" stroke="#ddd"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{_y(true) + 4:.0f}" text-anchor="end">{true:.2f}</text>')
    below = "different pairs told same (1e-5 and fewer at the left end); the ring is the threshold"
    lines.append(f'<text x="{_LEFT}" y="{_TOP + _HIGH + 44}">{below}</text>')
    lines.append(f'<text x="{_LEFT}" y="{_TOP - 10}">same pairs told same</text>')
    return "".join(lines)
