"""What the store held a moment ago, for reads that are to be stale."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Change:
    """What a key held until then; None where it held nothing."""

    at: datetime
    table: str
    key: str
    held: object | None


class Past:
    """The latest changes, kept as long as somebody may ask for what was before them.

    now: the tenant's time. seconds: how long a change is kept; 0, and none is.
    """

    def __init__(self) -> None:
        self.now: Callable[[], datetime] = datetime.now
        self.seconds: Callable[[], float] = lambda: 0
        self._changes: deque[Change] = deque()
        self._of: dict[tuple[str, str], deque[Change]] = {}

    def note(self, table: str, key: str, held: object | None) -> None:
        """A record is about to be replaced or removed."""
        seconds = self.seconds()
        if not seconds:
            self._changes.clear()
            self._of.clear()
            return
        change = Change(self.now(), table, key, held)
        while self._changes and (
            self._changes[0].at < change.at - timedelta(seconds=seconds) or len(self._changes) >= MOST_KEPT
        ):
            self._forget(self._changes.popleft())
        self._changes.append(change)
        self._of.setdefault((table, key), deque()).append(change)

    def _forget(self, change: Change) -> None:
        of = self._of[change.table, change.key]
        of.popleft()
        if not of:
            del self._of[change.table, change.key]

    def first_since(self, table: str, key: str, since: datetime) -> Change | None:
        """The first change of a record after a moment: what it held then is what was to be seen at that moment."""
        return next((change for change in self._of.get((table, key), ()) if change.at > since), None)


@dataclass(slots=True)
class View:
    """The store as it was at a moment. shown: how many records were shown that are others by now."""

    past: Past
    at: datetime
    shown: int = 0

    def change_of(self, table: str, key: str) -> Change | None:
        """The change that this view does not see yet."""
        found = self.past.first_since(table, key, self.at)
        self.shown += found is not None
        return found


AS_OF: ContextVar[View | None] = ContextVar("as of", default=None)
"""The view by which whatever runs now reads single records; None for the present."""
