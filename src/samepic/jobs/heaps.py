"""Keeps a worker's memory that of its shards, however many it goes through."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_M_ARENA_MAX = -8
"""malloc.h; see mallopt(3)."""


def few_heaps() -> None:
    """Let all threads share two heaps, where the C library is glibc.

    It gives threads up to eight for each processor, and every part of a shard has threads of its own: what one has
    freed another does not find, and a worker grows by 2 MB for a thousand people until all are there.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
