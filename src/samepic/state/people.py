"""How each person stands, in the rows of the last run over everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select, tuple_

from samepic.model.decision import Action, Reason
from samepic.model.outcome import RunRecord
from samepic.model.plan import RunId
from samepic.model.remembered import Row
from samepic.ports.people import PersonAt
from samepic.state.columns import Word
from samepic.state.database import Database
from samepic.state.rows import RowTable, row_of
from samepic.state.runs import RunTable
from samepic.state.tables import change, person

_A_PAGE = 500


class PeopleTable:
    """`samepic.ports.people.People` in the run's rows.

    No index helps to find the middle of a word: the run's rows are gone through, which takes some 30 ms for 20,000.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RowTable(database)
        self._runs = RunTable(database)

    def met_by(self, route: str) -> RunRecord | None:
        """See the port."""
        return self._runs.last_planned(route) or self._runs.newest_over_everybody(route)

    def tell(self, route: str, run: RunId) -> None:
        """See the port."""
        of_everybody, after = self._runs.last_planned(route), ""
        if of_everybody is None or of_everybody.run == run:
            return
        met = _people(run).where(or_(person.c.reason.is_not(None), person.c.failed.is_not(None)))
        while True:
            with self._database.read() as connection:
                page = met.where(person.c.key > after).order_by(person.c.key).limit(_A_PAGE)
                rows = [_told(row_of(one)) for one in connection.execute(page).mappings()]
            if not rows:
                return
            self._rows.put(of_everybody.run, rows)
            after = rows[-1].key

    def search(
        self, run: RunId, words: str, reasons: Collection[Reason], failed: bool, after: PersonAt, limit: int
    ) -> list[Row]:
        """See the port."""
        order = (person.c.display_name, person.c.key)
        wanted = _people(run).where(tuple_(*order) > tuple_(*after))
        for word in words.split()[:8]:
            wanted = wanted.where(_within(word))
        if reasons:
            wanted = wanted.where(_REASON.in_(sorted(reasons)))
        if failed:
            wanted = wanted.where(person.c.failed.is_not(None))
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
            return [row_of(one) for one in told]

    def of(self, run: RunId, key: str) -> Row | None:
        """See the port."""
        wanted = _people(run).where(person.c.key == key)
        with self._database.read() as connection:
            told = connection.execute(wanted).mappings().one_or_none()
            return None if told is None else row_of(told)


_CHANGED = (
    select(change.c.action)
    .where(change.c.run == person.c.run, change.c.key == person.c.key)
    .order_by(change.c.number.desc())
    .limit(1)
    .correlate(person)
    .scalar_subquery()
)
"""What the run did last to a person's picture. Asked only of those to whom it was to do something."""

_TO_DO = and_(person.c.action != Action.NOTHING, person.c.reason != Reason.RESTORED)
_REASON = case(
    (and_(_TO_DO, _CHANGED == Action.WRITE), literal(Reason.IN_STEP, Word(Reason))),
    (and_(_TO_DO, _CHANGED == Action.CLEAR), literal(Reason.ABSENT, Word(Reason))),
    else_=person.c.reason,
)
_ACTION = case((and_(_TO_DO, _CHANGED.is_not(None)), literal(Action.NOTHING, Word(Action))), else_=person.c.action)


def _people(run: RunId) -> Select[tuple[object, ...]]:
    """Rows of a run, each decision as the run left it: who was to be brought in step and was, is."""
    others = [column for column in person.c if column not in (person.c.reason, person.c.action)]
    decided = (_REASON.label("reason"), _ACTION.label("action"))
    return select(*others, *decided).where(person.c.run == run)


def _told(row: Row) -> Row:
    """With nothing to do: what the run over everybody did to them says no more how they stand."""
    decision = row.decision
    return replace(row, decision=replace(decision, action=Action.NOTHING) if decision else None)


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
