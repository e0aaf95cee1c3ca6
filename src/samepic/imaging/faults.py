"""What can be wrong with a picture. The only exceptions that leave this package."""

from __future__ import annotations

from enum import StrEnum

from samepic.model.sayings import Saying


class Fault(StrEnum):
    """Why a picture cannot be used. A closed list."""

    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    POLYGLOT = "polyglot"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TRUNCATED = "truncated"
    BROKEN = "broken"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    CRASHED = "crashed"
    DOES_NOT_FIT = "does_not_fit"


TOO_MUCH_MEMORY_WORDS = "Decoding the picture needs more memory than is allowed."


class PictureFault(Exception):
    """A picture that cannot be used. `kind` for programs, `words` for the reader: one sentence without names.

    In other languages than English it is said by its kind alone.
    """

    def __init__(self, kind: Fault, words: str) -> None:
        super().__init__(words)
        self.kind = kind
        self.words = Saying(words, f"picture_{kind.value}")


class Unreadable(PictureFault):
    """These bytes are no picture that we read."""


class DoesNotFit(PictureFault):
    """The picture is sound, but no rendition of it meets the system's limit."""


def too_many_bytes(count: int, most: int) -> Unreadable:
    """Said before anything is decoded, and before anything is handed to a worker."""
    return Unreadable(Fault.TOO_MANY_BYTES, f"The picture has {count:,} bytes; at most {most:,} are read.")
