"""A vault of bytes in a folder, each file named by the SHA-256 of what it holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from samepic.ports.vault import Held, VaultDamaged, VaultUnusable
from samepic.state.whole_file import write_bytes_whole

_PORTION = 256  # files, and what more the last folder of them has
_HALF = ".new-"
_GOING = ".going-"


class FileVault:
    """Files of mode 0600 in folders of mode 0700, two characters deep, written beside and renamed into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Keep the bytes for good and name them; durable when it returns. Keeping them twice is harmless."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        with self._usable():
            if _holds(path, data):
                return sha256
            _make_folder(self._folder)
            _make_folder(path.parent)
            write_bytes_whole(path, data, _HALF)
            _make_durable(path.parent)
        return sha256

    def fetch(self, sha256: str) -> bytes | None:
        """The bytes of that name, None where they were never kept. Raises VaultDamaged."""
        try:
            with self._usable():
                data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise VaultDamaged(sha256)
        return data

    def find(self, sha256: str) -> Held | None:
        """What lies there under that name; only `fetch` tells whether it is whole."""
        with self._usable():
            return _held(self._path(sha256))

    def held(self) -> Iterator[list[Held]]:
        """Everything that lies there, some folders at a time: whoever asks about a portion asks a question for each."""
        with self._usable():
            folders = sorted(path for path in self._folder.glob("??") if path.is_dir())
        portion: list[Held] = []
        for folder in folders:
            with self._usable():
                portion += [one for path in sorted(folder.iterdir()) if (one := _held(_back(path))) is not None]
            if len(portion) >= _PORTION:
                yield portion
                portion = []
        yield portion

    def drop(self, one: Held, untouched_since: datetime) -> bool:
        """Take a file away, unless somebody has kept the same bytes again since; whether it is gone.

        Whoever keeps bytes that are there touches the file first. So it is set aside before its time is looked at
        once more: whoever comes later finds none and writes it anew.
        """
        path = Path(one.path)
        aside = path.with_name(f"{_GOING}{path.name}")
        with self._usable():
            try:
                path.replace(aside)
                if aside.stat().st_mtime > untouched_since.timestamp():
                    aside.replace(path)
                    return False
                aside.unlink()
            except FileNotFoundError:
                return False
            return True

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise VaultUnusable(str(self._folder), error.strerror or str(error)) from error

    def _path(self, sha256: str) -> Path:
        if not _is_name(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex")
        return self._folder / sha256[:2] / sha256


def _is_name(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _back(path: Path) -> Path:
    """Whoever was to take it away may have been killed before they had looked at its time."""
    sha256 = path.name.removeprefix(_GOING)
    if path.name == sha256 or path.with_name(sha256).exists():
        return path
    with suppress(FileNotFoundError):
        path.replace(path.with_name(sha256))
    return path.with_name(sha256)


def _held(path: Path) -> Held | None:
    with suppress(FileNotFoundError):
        told = path.stat()
        touched_at = datetime.fromtimestamp(told.st_mtime, UTC)
        return Held(path.name if _is_name(path.name) else None, told.st_size, touched_at, str(path))
    return None


def _holds(path: Path, data: bytes) -> bool:
    """Whether the bytes lie there undamaged; a damaged file is written anew. Touches it, see `drop`."""
    try:
        os.utime(path)
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
