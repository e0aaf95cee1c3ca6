"""Looking for people among those whom a run has met."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from samepic.model.decision import Reason
from samepic.model.plan import RunId
from samepic.model.remembered import Row

PersonAt = tuple[str, str]
"""Display name and key: what a page begins after; ("", "") begins at the first."""


class People(Protocol):
    """The people of a run for somebody who looks for them."""

    def search(
        self, run: RunId, words: str, reasons: Collection[Reason], failed: bool, after: PersonAt, limit: int
    ) -> list[Row]:
        """By display name, then key. words: within a name or address, case aside; reasons: any of them, none is all.

        failed: only whose turn failed.
        """
        ...

    def of(self, run: RunId, key: str) -> Row | None:
        """One of them."""
        ...
