"""Of whom each route has news, and up to where it has heard its census."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from samepic.model.news import Because, Heard
from samepic.model.plan import RunId
from samepic.model.sweeping import Observed


class News(Protocol):
    """Each person once on a route. What is entered later has a greater number, whatever any clock says."""

    def enter(self, route: str, people: Collection[str], because: Because) -> None:
        """Enter people by key; whoever is there has the new number."""
        ...

    def enter_moved(self, route: str, run: RunId) -> None:
        """Enter whoever joined or left a group since it was listed by the last sweep that ended well.

        run: which has listed the same groups.
        """
        ...

    def page(self, route: str, upto: int, after: str, limit: int) -> list[str]:
        """Those whose number is not beyond `upto`, by key, beginning after a key."""
        ...

    def count(self, route: str) -> int:
        """Of how many people there is news."""
        ...

    def latest(self, route: str) -> int:
        """The greatest number that is there; 0 where there is no news."""
        ...

    def leave(self, route: str) -> None:
        """Enter whoever the route's latest sweep, as its rows are still there, could not decide or did not change.

        To be called before these rows are forgotten; calling it again changes nothing.
        """
        ...

    def heard(self, route: str) -> Heard | None:
        """None where no full sweep has ended well."""
        ...

    def keep(self, route: str, run: RunId, observed: Observed, now: datetime) -> None:
        """Enter that a sweep has ended well: all in one, what it was told of is no news any more, its cursor holds, and
        who was in which group by its listing is held against the next one's.
        """
        ...
