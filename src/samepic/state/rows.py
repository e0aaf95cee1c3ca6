"""The people of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, TextClause, and_, delete, func, or_, select, text

from samepic.model.decision import Action, Decision, Reason
from samepic.model.person import Keys, Person
from samepic.model.picture import NOT_TOLD
from samepic.model.plan import RunId
from samepic.model.remembered import Row, Stage
from samepic.model.shard import EVERYBODY, Span, last_spans
from samepic.ports.people import sought, stands_at
from samepic.state.database import Database, fold, portions
from samepic.state.tables import FAILED, heard, listed, member, person, run, run_band, run_print, run_skip

_OF_KEYS = tuple(f.name for f in fields(Keys))
_FOLDED = ("upn", "mail", "file_name")
_OF_PERSON = tuple(f.name for f in fields(Person) if f.name != "keys")
_OF_DECISION = tuple(f.name for f in fields(Decision))
_OF_ROW = tuple(f.name for f in fields(Row) if f.name not in ("person", "decision"))


class RowTable:
    """`samepic.ports.state.Rows` in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run: RunId, rows: Sequence[Row]) -> None:
        """Enter rows, or replace those of the same keys."""
        with self._database.write() as connection:
            self._database.upsert(connection, person, [_columns(run, row) for row in rows])
        self._database.grown(person, run, len(rows))

    def page(
        self, run: RunId, after: str, limit: int, stage: Stage | None = None, upto: str | None = None
    ) -> list[Row]:
        """Rows of a stage by key, beginning after a key, up to and with another; "" and None leave an end open."""
        wanted = select(person).where(*_within(run, Span(after, upto), stage))
        with self._database.read() as connection:
            return [row_of(r) for r in connection.execute(wanted.order_by(person.c.key).limit(limit)).mappings()]

    def count(self, run: RunId, stage: Stage | None = None, span: Span = EVERYBODY) -> int:
        """How many rows a stage has, of the people of a span."""
        wanted = select(func.count()).select_from(person).where(*_within(run, span, stage))
        with self._database.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def cut(self, run: RunId, people: int, *, even: bool = False) -> list[Span]:
        """The run's people in spans of so many; see the port."""
        numbered = select(person.c.key, func.row_number().over(order_by=person.c.key).label("number"))
        by_key = numbered.where(person.c.run == run).subquery()
        number = by_key.c.number
        with self._database.read() as connection:
            count, last = connection.execute(
                select(func.count(), func.max(person.c.key)).where(person.c.run == run)
            ).one()
            whole, ends = (count, []) if even else last_spans(count, people)
            is_end = or_(and_(number <= whole, number % people == 0), number.in_(ends))
            found = list(connection.execute(select(by_key.c.key).where(is_end).order_by(by_key.c.key)).scalars())
        if last is not None and found[-1:] != [last]:
            found.append(last)
        return [Span(after, upto) for after, upto in zip(["", *found], found, strict=False)]

    def counts(self, run: RunId) -> dict[Reason, int]:
        """Rows by the reason decided."""
        wanted = select(person.c.reason, func.count()).where(person.c.run == run, person.c.reason.is_not(None))
        with self._database.read() as connection:
            return dict(connection.execute(wanted.group_by(person.c.reason)).all())

    def sharing(self, run: RunId, keys: Collection[Keys]) -> dict[str, Keys]:
        """Everybody of the census, by key, who shares a key with any of these rows of a listing."""
        columns = {"object_id": person.c.key} | {name: person.c[f"folded_{name}"] for name in _FOLDED}
        found: dict[str, Keys] = {}
        with self._database.read() as connection:
            for name, column in columns.items():
                for portion in portions({folded for one in keys if (folded := fold(getattr(one, name)))}):
                    wanted = select(person).where(person.c.run == run, column.in_(portion))
                    found |= {told["key"]: _keys(told) for told in connection.execute(wanted).mappings()}
        return found

    def forget(self, route: str, but: RunId | None = None) -> None:
        """Drop the rows, listings, groups and fingerprints of this route's earlier runs; of one the people are kept.

        Who was in the groups last heard of is kept too, for the next sweep to find who has come or gone.
        """
        runs = select(run.c.run).where(run.c.route == route)
        heard_of = select(heard.c.members_of).where(heard.c.route == route, heard.c.members_of.is_not(None))
        for table in (person, listed, member, run_print, run_band, run_skip):
            dropped = delete(table).where(
                table.c.run.in_(runs if table is not person or but is None else runs.where(run.c.run != but))
            )
            if table is member:
                dropped = dropped.where(member.c.run.not_in(heard_of))
            with self._database.write() as connection:
                connection.execute(dropped)


def _within(run_id: RunId, span: Span, stage: Stage | None) -> Iterator[ColumnElement[bool] | TextClause]:
    yield person.c.run == run_id
    if span.after:
        yield person.c.key > span.after
    if span.upto is not None:
        yield person.c.key <= span.upto
    if stage is not None:
        yield of_stage(stage)


def of_stage(stage: Stage) -> ColumnElement[bool] | TextClause:
    """Which rows a stage has."""
    taking_part = and_(person.c.not_eligible.is_(None), person.c.unmatched.is_(None), person.c.failed.is_(None))
    match stage:
        case Stage.SOURCE_UNTOLD:
            return and_(taking_part, person.c.source_person.is_not(None), person.c.source == NOT_TOLD)
        case Stage.TARGET_UNTOLD:
            return and_(taking_part, person.c.target_person.is_not(None), person.c.target == NOT_TOLD)
        case Stage.TO_COMPARE:
            return and_(taking_part, person.c.needs_comparison)
        case Stage.TO_LOOK:
            return and_(taking_part, person.c.look_first)
        case Stage.UNDECIDED:
            return person.c.reason.is_(None)
        case Stage.FAILED:
            return text(FAILED)  # in the words of its index
        case Stage.TO_TAKE:
            return and_(taking_part, person.c.action != Action.NOTHING)
        case Stage.TO_WRITE:
            return and_(taking_part, person.c.action == Action.WRITE)


def _columns(run: RunId, row: Row) -> dict[str, Any]:
    decision = row.decision
    told = {name: getattr(decision, name) for name in _OF_DECISION} if decision else _UNDECIDED
    return (
        {"run": run}
        | {name: getattr(row.person.keys, name) for name in _OF_KEYS}
        | {name: getattr(row.person, name) for name in _OF_PERSON}
        | {name: getattr(row, name) for name in _OF_ROW}
        | {f"folded_{name}": fold(getattr(row.person.keys, name)) for name in _FOLDED}
        | {"stands_at": stands_at(row.person), "sought": sought(row.person)}
        | told
    )


_UNDECIDED = {"action": None, "reason": None, "detail": "", "needs_comparison": False}


def _keys(told: RowMapping) -> Keys:
    return Keys(**{name: told[name] for name in _OF_KEYS})


def row_of(told: RowMapping) -> Row:
    """A row back."""
    who = Person(_keys(told), **{name: told[name] for name in _OF_PERSON})
    decision = Decision(**{name: told[name] for name in _OF_DECISION}) if told["reason"] is not None else None
    return Row(person=who, decision=decision, **{name: told[name] for name in _OF_ROW})
