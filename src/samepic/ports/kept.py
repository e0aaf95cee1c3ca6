"""Whose the pictures in the vault are, where they came from, and what our writes did with them.

Synchronous, and paged by the key it is ordered by, as all of the state.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from samepic.model.plan import RunId
from samepic.model.policy import Retention
from samepic.model.remembered import Change, Kept

KeptAt = tuple[str, str]
"""Key and SHA-256: what a page of everybody's begins after; ("", "") begins at the first."""


class KeptPictures(Protocol):
    """The vault's contents by person; the bytes are the vault's own business."""

    def of(self, route: str, key: str) -> list[Kept]:
        """A person's pictures, newest first by when they were seen."""
        ...

    def put(self, pictures: Sequence[Kept]) -> None:
        """Enter pictures; of one that is known already only `seen_at` is new, where it first came from stays."""
        ...

    def page(self, route: str, after: KeptAt, limit: int) -> list[Kept]:
        """Everybody's on a route, in order."""
        ...

    def count(self, route: str) -> int:
        """How many a route has."""
        ...

    def needed(self, names: Collection[str]) -> set[str]:
        """Which of these names of the vault belong to somebody's picture or to an unfinished write."""
        ...

    def rename(self, route: str, key: str, old: str, new: Kept) -> None:
        """Another copy stands for a picture whose bytes are lost, wherever this person's past names it."""
        ...

    def retain(self, route: str, run: RunId, retention: Retention, now: datetime) -> int:
        """Forget what is older, or more, than is to be kept; say how many pictures that were.

        run: a run that saw everybody; whoever takes no part in it departed, if not earlier, and of those whom the
        census has lost nothing stays at all. The picture that a target shows is never forgotten while its person
        takes part, nor what an unfinished write needs.
        """
        ...

    def forget(self, key: str) -> list[str]:
        """Erase everything about a person, on every route; the vault's names of what was theirs."""
        ...


class Changes(Protocol):
    """Every change that our writes made, until it is too old to be kept."""

    def of(self, route: str, key: str) -> list[Change]:
        """A person's, newest first."""
        ...

    def people_of(self, route: str, run: RunId, after: str, limit: int) -> list[str]:
        """The keys of whomever a run of this route changed, in order, beginning after a key."""
        ...

    def known_as(self, name: str) -> str | None:
        """The key of a person by object id or user principal name, however long they have been gone."""
        ...
