"""Where bytes are kept before somebody else's picture is overwritten."""

from __future__ import annotations

from typing import Protocol


class VaultDamaged(Exception):
    """What the vault holds under a name is not what was put there."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"vault: {sha256}: the bytes are not the ones that were kept")
        self.sha256 = sha256


class Vault(Protocol):
    """Bytes by their SHA-256. Synchronous and safe to call from several threads and processes at once."""

    def keep(self, data: bytes) -> str:
        """Keep the bytes for good and name them; durable when it returns. Keeping them twice is harmless."""
        ...

    def fetch(self, sha256: str) -> bytes | None:
        """The bytes of that name, None where they were never kept. Raises VaultDamaged."""
        ...
