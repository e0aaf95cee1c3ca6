"""Coverage over time as lines of an SVG, made here so that no script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from samepic.model.decision import Reason
from samepic.model.outcome import RunFigures

WIDTH, HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 8, 24


@dataclass(frozen=True, slots=True)
class Line:
    """One system's. points: as polyline has them; latest: the last share; name: of the system."""

    name: str
    points: str
    latest: float
    ends_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """What the template draws. marks: share and height of the lines across.

    figures: the newest first; when, how many people, and the share of each line.
    """

    lines: tuple[Line, ...]
    figures: tuple[tuple[datetime, int, tuple[float | None, ...]], ...]
    marks: tuple[tuple[float, float], ...]
    first: datetime
    last: datetime


def share(pictures: int | None, figures: RunFigures) -> float | None:
    """Of the people who take part: how many have a picture there; None where nobody counted."""
    people = figures.people - figures.counts.get(Reason.NOT_ELIGIBLE, 0)
    return None if pictures is None or people <= 0 else min(1.0, pictures / people)


def plotted(history: Sequence[RunFigures], source: str, target: str) -> Plot | None:
    """history: oldest first; None where there is no point at all."""
    if not history:
        return None
    first, last = history[0].at, history[-1].at
    span = max((last - first).total_seconds(), 1.0)

    def across(at: datetime) -> float:
        part = (at - first).total_seconds() / span if last > first else 1.0
        return round(_LEFT + part * (WIDTH - _LEFT - _RIGHT), 1)

    def line(name: str, parts: Sequence[float | None]) -> Line | None:
        told = [(across(one.at), part) for one, part in zip(history, parts, strict=True) if part is not None]
        if not told:
            return None
        points = " ".join(f"{x},{_height(part)}" for x, part in told)
        return Line(name, points, told[-1][1], (told[-1][0], _height(told[-1][1])))

    sides = {
        source: [share(one.pictures.source, one) for one in history],
        target: [share(one.pictures.target, one) for one in history],
    }
    lines = tuple(drawn for name, parts in sides.items() if (drawn := line(name, parts)) is not None)
    if not lines:
        return None
    shown = zip(*(sides[one.name] for one in lines), strict=True)
    figures = tuple((one.at, one.people, parts) for one, parts in zip(history, shown, strict=True))[::-1]
    return Plot(lines, figures, tuple((part, _height(part)) for part in (0.0, 0.5, 1.0)), first, last)


def _height(part: float) -> float:
    return round(_TOP + (1 - part) * (HEIGHT - _TOP - _BOTTOM), 1)
