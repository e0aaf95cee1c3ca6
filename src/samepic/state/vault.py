"""A vault of bytes in a folder, each file named by the SHA-256 of what it holds."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from samepic.ports.vault import VaultDamaged


class FileVault:
    """Files of mode 0600 in folders of mode 0700, two characters deep, written beside and renamed into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Keep the bytes for good and name them; durable when it returns. Keeping them twice is harmless."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if _holds(path, data):
            return sha256
        _make_folder(self._folder)
        _make_folder(path.parent)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _make_durable(path.parent)
        return sha256

    def fetch(self, sha256: str) -> bytes | None:
        """The bytes of that name, None where they were never kept. Raises VaultDamaged."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultDamaged(sha256)
        return data

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex")
        return self._folder / sha256[:2] / sha256


def _holds(path: Path, data: bytes) -> bool:
    """Whether the bytes lie there undamaged; a damaged file is written anew."""
    try:
        return path.read_bytes() == data
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    _make_durable(folder.parent)


def _make_durable(folder: Path) -> None:
    """Bring a rename to the disk: it lies in the folder, not in the file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
