"""A run over everybody in parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """People of a run by key: those after one key, and up to and with another. "" and None leave an end open."""

    after: str = ""
    upto: str | None = None


EVERYBODY = Span()

_LEFT_IN_ONE = 8
"""A span has at most this part of those who are left: else all but one or two workers wait for the last ones."""

_LEAST, _BATCH = 40, 20


def last_spans(people: int, most: int) -> tuple[int, list[int]]:
    """Of a run of so many people: how many of them are in spans of `most`, and where the finer ones behind those end.

    Those go by full batches down to two of them; what is small already stays so.
    """
    whole = max(0, -(-(people - _LEFT_IN_ONE * most) // most)) * most
    ends, at = list[int](), whole
    while at < people:
        part = (people - at) // _LEFT_IN_ONE
        at = min(people, at + min(most, max(_LEAST, part - part % _BATCH)))
        ends.append(at)
    return whole, ends
