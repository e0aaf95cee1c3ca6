"""How the model's values lie in columns; the same in every database."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from samepic.model.picture import Answer, Fingerprint, Miniature, PictureState, Stamp
from samepic.model.sayings import as_kept, from_kept

_ANSWERS = {answer.value: answer for answer in Answer}


class State(TypeDecorator[PictureState]):
    """A stamp behind an equals sign, or the answer's word: a stamp may be any text, an answer's word among them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: PictureState | None, dialect: Dialect) -> str | None:
        """See the class."""
        if value is None or isinstance(value, Answer):
            return None if value is None else value.value
        return f"={value}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> PictureState | None:
        """See the class."""
        if value is None:
            return None
        return Stamp(value[1:]) if value.startswith("=") else _ANSWERS[value]


class Print(TypeDecorator[Fingerprint]):
    """A fingerprint's parts with dots between, the hashes in hex: they are wider than any integer column.

    The parts: both hashes, the mark of a blank, and the miniature's width, lightness, columns and colours.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fingerprint | None, dialect: Dialect) -> str | None:
        """See the class."""
        if value is None:
            return None
        small = value.miniature
        lightness, colours = (base64.b64encode(plane).decode() for plane in (small.lightness, small.colours))
        hashes = f"{value.upper:x}.{value.centre:x}.{'blank' if value.blank else ''}"
        return f"{hashes}.{small.width}.{lightness}.{small.columns}.{colours}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fingerprint | None:
        """See the class."""
        if value is None:
            return None
        upper, centre, blank, width, lightness, columns, colours = value.split(".")
        pixels = base64.b64decode(lightness)
        small = Miniature(int(width), len(pixels) // int(width), pixels, int(columns), base64.b64decode(colours))
        return Fingerprint(int(upper, 16), int(centre, 16), small, bool(blank))


class Said(TypeDecorator[str]):
    """A text; of a saying also its code and its fields."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """See the class."""
        return None if value is None else as_kept(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """See the class."""
        return None if value is None else from_kept(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC, as text that sorts: SQLite has no type that keeps the zone."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """See the class."""
        return None if value is None else _text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """See the class."""
        return None if value is None else datetime.fromisoformat(value)


class Moments(TypeDecorator[tuple[datetime, ...]]):
    """Times in the order given, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[datetime, ...] | None, dialect: Dialect) -> str | None:
        """See the class."""
        return None if value is None else json.dumps([_text(moment) for moment in value])

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[datetime, ...] | None:
        """See the class."""
        return None if value is None else tuple(datetime.fromisoformat(text) for text in json.loads(value))


class Word(TypeDecorator[StrEnum]):
    """One word of a closed list, as itself. A word that the list does not have is an error of whoever wrote it."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """See the class."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """See the class."""
        return None if value is None else self.words(value)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
