"""Pictures that were drawn lately, for whoever asks for the very same again: several look at a list of faces."""

from __future__ import annotations

from collections import OrderedDict

MOST_BYTES = 16_000_000
"""Some thousand faces of a list, or some hundred large ones, however many people there are."""

Name = tuple[str | int, ...]
"""Says what is drawn so that it never changes: a content's digest, or a system's stamp, and whose."""


class Drawn:
    """By name. What was asked for longest ago makes room."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._by_name: OrderedDict[Name, bytes] = OrderedDict()
        self._bytes = 0

    def of(self, name: Name) -> bytes | None:
        """A picture; None where it was never drawn, or is let go of."""
        found = self._by_name.get(name)
        if found is not None:
            self._by_name.move_to_end(name)
        return found

    def keep(self, name: Name, picture: bytes) -> bytes:
        """Keep it for a while, and give it back."""
        self._bytes += len(picture) - len(self._by_name.pop(name, b""))
        self._by_name[name] = picture
        while self._bytes > self._most_bytes:
            _, gone = self._by_name.popitem(last=False)
            self._bytes -= len(gone)
        return picture

    @property
    def held_bytes(self) -> int:
        """Of all pictures together."""
        return self._bytes
