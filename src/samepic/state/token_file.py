"""A delegated administrator's refresh token, in a file that only its owner reads."""

from __future__ import annotations

from pathlib import Path

from samepic.ports.state import StateUnusable
from samepic.state.whole_file import write_whole


class TokenFile:
    """Keeps the newest refresh token; whole or not at all, mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """The token, None before anybody signed in. Raises StateUnusable where the file holds something else."""
        try:
            return self._path.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            saw = "it holds no token; remove it and run `samepic sign-in`"
            raise StateUnusable(str(self._path), saw) from None

    def save(self, token: str) -> None:
        """Keep the newest one in the older one's stead. Raises OSError, leaving the older one."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._path, token)

    def __repr__(self) -> str:
        """Where it is, never what it is."""
        return f"TokenFile({self._path})"
