"""How each person stands, in the rows of the last run over everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    Select,
    TextClause,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)

from samepic.model.decision import Action, Reason
from samepic.model.outcome import RunRecord
from samepic.model.plan import RunId
from samepic.model.remembered import Row
from samepic.ports.people import PersonAt, stands_at
from samepic.state.columns import Word
from samepic.state.database import Database
from samepic.state.rows import RowTable, row_of
from samepic.state.runs import RunTable
from samepic.state.tables import FAILED, TO_DO, change, person

_A_PAGE = 500
_MOST_WORDS = 8
_PLACE = (person.c.stands_at, person.c.key)


class PeopleTable:
    """`samepic.ports.people.People` in the run's rows.

    A page is read off an index, and nobody before or behind it is. No index helps to find the middle of a word: there
    the run's names and addresses are gone through, which lie together in an index, and the rows of those found read.
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
        found = _keys(run, words.split()[:_MOST_WORDS], sorted(reasons), failed, after, limit).subquery()
        wanted = _people(run).where(person.c.key.in_(select(found.c.key)))
        with self._database.read() as connection:
            rows = [row_of(one) for one in connection.execute(wanted).mappings()]
        return sorted(rows, key=lambda row: (stands_at(row.person), row.key))

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


def _keys(
    run: RunId, words: Sequence[str], reasons: Sequence[Reason], failed: bool, after: PersonAt, limit: int
) -> Select[tuple[str, str]]:
    """Whom a page has: where they stand, and their keys."""

    def page(*which: ColumnElement[bool] | TextClause) -> Select[tuple[str, str]]:
        of_run = select(*_PLACE).where(person.c.run == run, *which).order_by(*_PLACE).limit(limit)
        if failed:  # in the words of their index, which SQLite takes only where that of everybody helps no more
            return of_run.where(
                text(FAILED), tuple_(func.coalesce(person.c.stands_at, ""), person.c.key) > tuple_(*after)
            )
        return of_run.where(tuple_(*_PLACE) > tuple_(*after))

    left_so = _REASON.in_(reasons)
    if words or failed or not reasons:
        return page(*map(_within, words), *([left_so] if reasons else []))
    parts = [page(person.c.reason == one, left_so) for one in reasons]
    if {Reason.IN_STEP, Reason.ABSENT} & set(reasons):  # and those whom the run itself took there
        parts.append(page(text(TO_DO), person.c.reason.not_in(reasons), left_so))
    each = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(each.c.stands_at, each.c.key).order_by(each.c.stands_at, each.c.key).limit(limit)


def _within(word: str) -> ColumnElement[bool]:
    folded = word.casefold()
    return or_(person.c.sought.contains(folded, autoescape=True), person.c.key == folded)
