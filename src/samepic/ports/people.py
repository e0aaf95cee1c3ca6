"""How each person stands, for somebody who looks for them: as the last run over everybody and those since left them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from samepic.model.decision import Reason
from samepic.model.outcome import RunRecord
from samepic.model.person import Person
from samepic.model.plan import RunId
from samepic.model.remembered import PersonGlance, Row

PersonAt = tuple[str, str]
"""Where a list by name has somebody, see `stands_at`, and their key: a page begins after it; ("", "") is before all."""

_MOST_OF_A_NAME, _MOST_SOUGHT = 100, 300
"""Characters: no database takes any length into an index, and a name may be as long as somebody likes."""


class People(Protocol):
    """The people of a run; their decisions say how the run left them, not what it found."""

    def met_by(self, route: str) -> RunRecord | None:
        """The run that says of everybody how they stand: the last one that came to a plan.

        Where none has yet, the first, as far as it has come. None where nobody is known.
        """
        ...

    def tell(self, route: str, run: RunId) -> None:
        """Have the last run over everybody say of those whom a later run met how that one left them.

        Calling it again changes nothing, as long as no other run has met them since.
        """
        ...

    def search(
        self, run: RunId, words: str, reasons: Collection[Reason], failed: bool, after: PersonAt, limit: int
    ) -> list[PersonGlance]:
        """By name, case aside, then key. words: within a name or address; reasons: any of them, none is all.

        failed: only whose turn failed.
        """
        ...

    def of(self, run: RunId, key: str) -> Row | None:
        """One of them."""
        ...


def stands_at(person: Person) -> str:
    """Where a list by name has somebody."""
    return person.display_name.casefold()[:_MOST_OF_A_NAME]


def sought(person: Person) -> str:
    """What somebody is found by: a part of their name or of an address, as it is compared."""
    addresses = dict.fromkeys(one.casefold() for one in (person.keys.upn, person.keys.mail) if one)
    return " ".join([stands_at(person), *addresses])[:_MOST_SOUGHT]
