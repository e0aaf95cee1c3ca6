"""A run over everybody in parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """People of a run by key: those after one key, and up to and with another. "" and None leave an end open."""

    after: str = ""
    upto: str | None = None


EVERYBODY = Span()
