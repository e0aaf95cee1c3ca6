"""Large blocks go back to the system as soon as they are let go of, so that memory does not grow with listings.

glibc gives each large block a mapping of its own, but takes it from the heap from then on once one has been freed
(`mallopt(3)`, M_MMAP_THRESHOLD: "dynamic mmap threshold"). The pages of a listing, some hundred kilobytes each, then
leave holes there between small things that last. A threshold that was set is kept.
"""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 64 * 1024


def give_back_large_blocks() -> None:
    """From now on; nothing happens where the C library is another."""
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    except (OSError, AttributeError, TypeError):
        return
