"""Where bytes are kept: the originals of what is written, and whatever a write replaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class VaultDamaged(Exception):
    """What the vault holds under a name is not what was put there."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"vault: {sha256}: the bytes are not the ones that were kept")
        self.sha256 = sha256


class VaultUnusable(Exception):
    """The vault takes or gives nothing: no room, no right to it. `saw` is the operating system's word."""

    def __init__(self, where: str, saw: str) -> None:
        super().__init__(f"the vault {where} cannot be used: {saw}. No picture is replaced without it")
        self.where = where
        self.saw = saw


@dataclass(frozen=True, slots=True)
class Held:
    """One file of the vault. sha256: None where it is the rest of a keeping that was cut short."""

    sha256: str | None
    size_bytes: int
    touched_at: datetime
    path: str


class Vault(Protocol):
    """Bytes by their SHA-256. Synchronous and safe to call from several threads and processes at once.

    Any method may raise VaultUnusable.
    """

    def keep(self, data: bytes) -> str:
        """Keep the bytes for good and name them; durable when it returns. Keeping them twice is harmless."""
        ...

    def fetch(self, sha256: str) -> bytes | None:
        """The bytes of that name, None where they were never kept. Raises VaultDamaged."""
        ...

    def find(self, sha256: str) -> Held | None:
        """What lies there under that name; only `fetch` tells whether it is whole."""
        ...

    def held(self) -> Iterator[list[Held]]:
        """Everything that lies there, a portion at a time."""
        ...

    def drop(self, one: Held, untouched_since: datetime) -> bool:
        """Take a file away, unless somebody has kept the same bytes again since; whether it is gone."""
        ...
