"""What strangers can make the authority keep has a most, however many ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")


def make_room(kept: dict[str, V], most: int, *, living: Callable[[V], bool]) -> None:
    """Before one more is kept: drop what is over; of what lives on, the oldest, where there are too many.

    A tenth goes at once, so that a flood does not have everything looked through for each of its requests.
    """
    if len(kept) < most:
        return
    for key in [key for key, value in kept.items() if not living(value)]:
        del kept[key]
    if len(kept) >= most:
        for key in list(kept)[: len(kept) - most + 1 + most // 10]:
            del kept[key]
