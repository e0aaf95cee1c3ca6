"""The quick search for archives within a picture says what a slow one would, and cannot be kept busy."""

from __future__ import annotations

import random

import pytest

from samepic.imaging import Fault, Unreadable, polyglots
from samepic.imaging.polyglots import _AT_ONCE, refuse_polyglot

ARCHIVES = (b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c\x00\x04")
NOISE = random.Random(5).randbytes(5 * _AT_ONCE + 1)
EDGE = 2 * _AT_ONCE
"""Where one piece that is looked at ends and the next one begins."""


def is_refused(data: bytes) -> bool:
    try:
        refuse_polyglot(data)
    except Unreadable as fault:
        assert fault.kind is Fault.POLYGLOT
        assert "an archive" in fault.words
        return True
    return False


@pytest.mark.parametrize("sign", ARCHIVES)
@pytest.mark.parametrize("at", [0, 1, 777, 778, *range(EDGE - 8, EDGE + 2), len(NOISE) - 8, len(NOISE)])
def test_an_archive_is_seen_wherever_it_begins(sign: bytes, at: int) -> None:
    assert is_refused(NOISE[:at] + sign + NOISE[at + len(sign) :])


@pytest.mark.parametrize("data", [b"", b"R", b"Rar!", b"\x1a\x07", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c\x01", NOISE])
def test_what_is_none_is_let_through(data: bytes) -> None:
    assert not is_refused(data)


@pytest.mark.parametrize("pair", [b"\x1a\x07", b"\xbc\xaf"])
def test_it_does_not_hide_among_what_looks_like_it(pair: bytes) -> None:
    crowd = pair * _AT_ONCE
    assert not is_refused(crowd)
    assert is_refused(crowd + ARCHIVES[1] + crowd)
    assert is_refused(crowd + ARCHIVES[2])


def test_a_crowd_of_beginnings_is_not_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four million of them, which sixteen megabytes have room for, would take more than a picture's time."""
    beginning = Counting()
    monkeypatch.setattr(polyglots, "_ARCHIVES", ((beginning, b"\x1a\x07", 4),))
    assert not is_refused(b"\x1a\x07" * _AT_ONCE)
    assert beginning.asked <= 2


class Counting:
    """An expression that is found nowhere."""

    asked = 0

    def match(self, data: bytes, at: int) -> None:
        self.asked += 1

    def search(self, data: bytes) -> None:
        self.asked += 1
