"""Bars on a logarithmic axis as an SVG of a few lines."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor, log10
from pathlib import Path

from peers.contenders import CONTENDERS
from peers.passes import Passed

_LEFT, _WIDE, _ROW, _TOP = 290, 460, 30, 34
_COLOURS = ("#0f766e", "#b45309")


def bars(path: Path, results: Mapping[int, Mapping[str, Sequence[Passed]]]) -> None:
    """results: by latency and contender. A bar is the median of the rounds, the line across its end their range."""
    figures = {
        (one, latency): [1000 * each.first_seconds / each.people for each in passes[one.name]]
        for one in CONTENDERS
        for latency, passes in results.items()
    }
    every = [statistics.median(got) for got in figures.values()]
    low, high = floor(log10(min(every))), ceil(log10(max(every)))
    height = _TOP + _ROW * len(figures) + 20

    def x(value: float) -> float:
        return _LEFT + _WIDE * (log10(value) - low) / max(1, high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 90}" height="{height}" ',
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="14">milliseconds for each person of a first load; less is better</text>',
    ]
    for power in range(low, high + 1):
        at = x(10.0**power)
        parts.append(f'<path d="M{at:.0f} {_TOP - 8}V{height - 10}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.0f}" y="{_TOP - 10}" text-anchor="middle" fill="#555">{10.0**power:,.0f}</text>')
    for number, ((one, latency), got) in enumerate(figures.items()):
        parts += _bar(_TOP + _ROW * number, f"{one.title}, {latency} ms", got, x, _COLOURS[latency > 0])
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def _bar(y: int, words: str, got: Sequence[float], x: Callable[[float], float], colour: str) -> list[str]:
    middle = statistics.median(got)
    wide = max(1.0, x(middle) - _LEFT)
    return [
        f'<text x="{_LEFT - 8}" y="{y + 18}" text-anchor="end">{words}</text>',
        f'<rect x="{_LEFT}" y="{y + 5}" width="{wide:.0f}" height="18" fill="{colour}"/>',
        f'<path d="M{x(min(got)):.0f} {y + 14}H{x(max(got)):.0f}" stroke="#111"/>',
        f'<text x="{x(max(got)) + 6:.0f}" y="{y + 18}">{middle:,.1f}</text>',
    ]
