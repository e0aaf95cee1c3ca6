"""A run over everybody in parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """People of a run by key: those after one key, and up to and with another. "" and None leave an end open."""

    after: str = ""
    upto: str | None = None


EVERYBODY = Span()

FINER_AT_THE_END = 4
"""So many whole spans at the end are cut finer: else all but one or two workers wait for the last ones."""

_PARTS, _LEAST = 4, 50


def finer(people: int) -> int:
    """How many people the last spans have, of a run cut into spans of so many; what is small already stays so."""
    return min(people, max(_LEAST, people // _PARTS))
