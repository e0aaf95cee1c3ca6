"""Looking for people among those whom a run has met."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, or_, select, tuple_

from samepic.model.decision import Reason
from samepic.model.plan import RunId
from samepic.model.remembered import Row
from samepic.ports.people import PersonAt
from samepic.state.database import Database
from samepic.state.rows import row_of
from samepic.state.tables import person


class PeopleTable:
    """`samepic.ports.people.People` in the run's rows.

    No index helps to find the middle of a word: the run's rows are gone through, which takes some 30 ms for 20,000.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self, run: RunId, words: str, reasons: Collection[Reason], failed: bool, after: PersonAt, limit: int
    ) -> list[Row]:
        """See the port."""
        order = (person.c.display_name, person.c.key)
        wanted = select(person).where(person.c.run == run, tuple_(*order) > tuple_(*after))
        for word in words.split()[:8]:
            wanted = wanted.where(_within(word))
        if reasons:
            wanted = wanted.where(person.c.reason.in_(sorted(reasons)))
        if failed:
            wanted = wanted.where(person.c.failed.is_not(None))
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
            return [row_of(one) for one in told]

    def of(self, run: RunId, key: str) -> Row | None:
        """See the port."""
        wanted = select(person).where(person.c.run == run, person.c.key == key)
        with self._database.read() as connection:
            told = connection.execute(wanted).mappings().one_or_none()
            return None if told is None else row_of(told)


def _within(word: str) -> ColumnElement[bool]:
    """SQLite knows the case of ASCII letters only: a name is tried as people write names, too."""
    return or_(
        *(person.c.display_name.icontains(one, autoescape=True) for one in sorted(set(_spellings(word)))),
        person.c.folded_upn.contains(word.casefold(), autoescape=True),
        person.c.folded_mail.contains(word.casefold(), autoescape=True),
        person.c.key == word.casefold(),
    )


def _spellings(word: str) -> Iterator[str]:
    yield from (word, word.casefold(), word.title(), word.upper())
