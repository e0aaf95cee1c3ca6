"""The state as SQLite keeps it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path


class Store:
    """A `samepic.ports.state.State` on SQLAlchemy Core."""

    def route_lock(self, route: str) -> AbstractContextManager[None]:
        """Keep other runs off this route while it is held; a dead process holds nothing. Raises RouteBusy at once."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back the connection; safe to call twice."""


def open_state(path: Path) -> Store:
    """Open the state file, making it or bringing it up to date. Raises StateNewer."""
    raise NotImplementedError(path)
