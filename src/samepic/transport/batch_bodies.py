"""Pictures within a batch's answer, decoded before the rest is parsed: else each is at hand three times over."""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence

_FROM_LENGTH = 4096
_LONG = re.compile(rb'"body"\s*:\s*"([A-Za-z0-9+/_=-]{%d,})"' % _FROM_LENGTH)
_OTHER_ALPHABET = re.compile(rb"[-_]")
_TO_PLAIN = bytes.maketrans(b"-_", b"+/")
_MARK = "\0"
"""In no base64, and in no text that anybody sends."""


def taken_out(answer: bytes) -> tuple[bytes, list[bytes]]:
    """The answer with a mark in place of each long base64 body, and those bodies' bytes.

    Raises binascii.Error where one is no base64.
    """
    found: list[bytes] = []

    def mark(body: re.Match[bytes]) -> bytes:
        found.append(_decoded(memoryview(answer)[body.start(1) : body.end(1)]))
        return b'"body":"\\u0000%d"' % (len(found) - 1)

    return _LONG.sub(mark, answer), found


def body_of(told: str, taken: Sequence[bytes]) -> bytes:
    """The bytes of an inner answer that is no JSON. Raises ValueError, IndexError where they cannot be had."""
    return taken[int(told[1:])] if told.startswith(_MARK) else _decoded(told.encode())


def _decoded(base64: bytes | memoryview) -> bytes:
    """Both alphabets, with and without padding: vendors differ."""
    if len(base64) % 4 == 0 and not _OTHER_ALPHABET.search(base64):
        return binascii.a2b_base64(base64)
    plain = bytes(base64).translate(_TO_PLAIN)
    return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
