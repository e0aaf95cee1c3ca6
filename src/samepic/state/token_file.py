"""A delegated administrator's refresh token, in a file that only its owner reads."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class TokenFile:
    """Keeps the newest refresh token; whole or not at all, mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """The token, None before anybody signed in."""
        try:
            return self._path.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def save(self, token: str) -> None:
        """Keep the newest one in the older one's stead."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".token.")  # 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(self._path)

    def __repr__(self) -> str:
        """Where it is, never what it is."""
        return f"TokenFile({self._path})"
