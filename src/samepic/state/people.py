"""How each person stands, in the rows of the last run over everybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    TextClause,
    and_,
    bindparam,
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
from samepic.model.remembered import PersonGlance, Row
from samepic.ports.people import PersonAt
from samepic.state.columns import Word
from samepic.state.database import Database
from samepic.state.rows import RowTable, row_of
from samepic.state.runs import RunTable
from samepic.state.tables import FAILED, TO_DO, change, person

_A_PAGE = 500
_MOST_WORDS = 8
_PLACE = (person.c.stands_at, person.c.key)
_ESCAPED, _escaped = re.compile("[/%_]"), r"/\g<0>"
"""What stands for something else in LIKE, and how it stands for itself."""


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
        met = _WHOLE.where(or_(person.c.reason.is_not(None), person.c.failed.is_not(None)))
        while True:
            with self._database.read() as connection:
                page = met.where(person.c.key > after).order_by(person.c.key).limit(_A_PAGE)
                rows = [_told(row_of(one)) for one in connection.execute(page, {"of_run": run}).mappings()]
            if not rows:
                return
            self._rows.put(of_everybody.run, rows)
            after = rows[-1].key

    def search(
        self, run: RunId, words: str, reasons: Collection[Reason], failed: bool, after: PersonAt, limit: int
    ) -> list[PersonGlance]:
        """See the port."""
        sought = [one.casefold() for one in words.split()[:_MOST_WORDS]]
        values: dict[str, object] = {"of_run": run, "after_name": after[0], "after_key": after[1], "most": limit}
        for number, word in enumerate(sought):
            values |= {f"word_{number}": word, f"within_{number}": f"%{_ESCAPED.sub(_escaped, word)}%"}
        with self._database.read() as connection:
            told = connection.execute(_page_of(len(sought), tuple(sorted(reasons)), failed), values)
            found = [PersonGlance(*one) for one in told]
        return sorted(found, key=lambda one: (one.stands_at, one.key))

    def of(self, run: RunId, key: str) -> Row | None:
        """See the port."""
        with self._database.read() as connection:
            told = connection.execute(_ONE, {"of_run": run, "of_key": key}).mappings().one_or_none()
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


def _people(*columns: ColumnElement[Any]) -> Select[Any]:
    """Of the rows of a run."""
    return select(*columns).where(person.c.run == bindparam("of_run"))


_AS_LEFT: dict[str, ColumnElement[Any]] = {"reason": _REASON.label("reason"), "action": _ACTION.label("action")}
_WHOLE = _people(*(_AS_LEFT.get(column.name, column) for column in person.c))
"""Each decision as the run left it: who was to be brought in step and was, is."""

_ONE = _WHOLE.where(person.c.key == bindparam("of_key"))
_AT_A_GLANCE = _people(
    person.c.key,
    func.coalesce(person.c.stands_at, ""),
    person.c.display_name,
    person.c.upn,
    person.c.mail,
    _AS_LEFT["reason"],
    person.c.failed,
)
"""In the order of a glance's fields. A row has fifty columns, and a list shows these."""


def _told(row: Row) -> Row:
    """With nothing to do: what the run over everybody did to them says no more how they stand."""
    decision = row.decision
    return replace(row, decision=replace(decision, action=Action.NOTHING) if decision else None)


@lru_cache(maxsize=128)
def _page_of(words: int, reasons: tuple[Reason, ...], failed: bool) -> Select[Any]:
    """A page of those whom so many words, and these reasons, find. Built once: that takes as long as all the rest."""
    found = _keys([_within(number) for number in range(words)], reasons, failed).subquery()
    return _AT_A_GLANCE.where(person.c.key.in_(select(found.c.key)))


def _keys(words: Sequence[ColumnElement[bool]], reasons: Sequence[Reason], failed: bool) -> Select[tuple[str, str]]:
    """Whom a page has: where they stand, and their keys."""
    after, most = (
        (bindparam("after_name", type_=Text), bindparam("after_key", type_=Text)),
        bindparam("most", type_=Integer),
    )

    def page(*which: ColumnElement[bool] | TextClause) -> Select[tuple[str, str]]:
        of_run = _people(*_PLACE).where(*which).order_by(*_PLACE).limit(most)
        if failed:  # in the words of their index, which SQLite takes only where that of everybody helps no more
            return of_run.where(
                text(FAILED), tuple_(func.coalesce(person.c.stands_at, ""), person.c.key) > tuple_(*after)
            )
        return of_run.where(tuple_(*_PLACE) > tuple_(*after))

    left_so = _REASON.in_(reasons)
    if words or failed or not reasons:
        return page(*words, *([left_so] if reasons else []))
    parts = [page(person.c.reason == one, left_so) for one in reasons]
    if {Reason.IN_STEP, Reason.ABSENT} & set(reasons):  # and those whom the run itself took there
        parts.append(page(text(TO_DO), person.c.reason.not_in(reasons), left_so))
    each = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(each.c.stands_at, each.c.key).order_by(each.c.stands_at, each.c.key).limit(most)


def _within(number: int) -> ColumnElement[bool]:
    word, within = bindparam(f"word_{number}", type_=Text), bindparam(f"within_{number}", type_=Text)
    return or_(person.c.sought.like(within, escape="/"), person.c.key == word)
