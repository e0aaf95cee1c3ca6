"""What a report says: sections of figures, a paragraph, and faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from samepic.report.faces import Faces


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that was measured, what it counts, and how much of the whole it is (0 to 1, None: no bar)."""

    value: str
    label: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report. `rows` is a table of reason, count and words."""

    title: str
    words: str = ""
    figures: Sequence[Figure] = ()
    rows: Sequence[tuple[str, int, str]] = ()
    faces: Faces | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report. `made_at` is aware, in UTC."""

    title: str
    made_at: datetime
    sections: Sequence[Section] = field(default=())
