"""The chain of what administrators and helpdesk did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from samepic.model.audit import BEGINNING, OF_PEOPLE, Broken, Deed, Done, Entry, Fault, Head, Verified, digest
from samepic.model.text import keepable
from samepic.ports.state import StateUnusable
from samepic.state.database import Database, where
from samepic.state.tables_of_deeds import audit, audit_head

_OF_DONE = tuple(f.name for f in fields(Done))
_TOLD = tuple(audit.c[name] for name in ("number", "at", "before", "hash", *_OF_DONE))
_HEAD = select(audit_head.c.number, audit_head.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
_APPENDED = insert(audit)
_ENDS_THERE = update(audit_head).values(number=bindparam("last"), hash=bindparam("last_hash"))
"""Built once: somebody with a role has something entered at nearly every page."""

_PAGE = 500
_MOST_TOLD = 100
_LONGEST_NUMBER = 19  # digits: no database counts further
_NO_TIME = datetime.min.replace(tzinfo=UTC)


class AuditTable:
    """`samepic.ports.audit.Audit` in a table.

    The head has a row of its own, which whoever enters locks: so the chain has no fork, and a chain whose end was cut
    off does not reach its head.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, done: Done, at: datetime) -> Entry:
        """Append an entry; durable when this returns. Of several who enter at once each goes on from the one before."""
        with self._database.write() as connection:
            return self._append(connection, done, at)

    def latest(self, limit: int, before: int | None = None) -> list[Entry]:
        """Newest first; before: only those with a smaller number."""
        wanted = select(*_TOLD).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(audit.c.number < before)
        with self._database.read() as connection:
            return [_entry(told) for told in connection.execute(wanted)]

    def about(self, person: str, limit: int) -> list[Entry]:
        """Who looked at a person, or brought their picture. No index: as many entries as a log has are gone through."""
        wanted = select(*_TOLD).where(audit.c.what.in_(OF_PEOPLE), audit.c.about.contains(person, autoescape=True))
        with self._database.read() as connection:
            told = connection.execute(wanted.order_by(audit.c.number.desc()).limit(limit))
            return [one for one in map(_entry, told) if person in one.done.about.casefold().split()]

    def page(self, after: int, limit: int) -> list[Entry]:
        """Oldest first, beginning after a number."""
        with self._database.read() as connection:
            return list(_page(connection, after, limit))

    def head(self) -> Head:
        """Where the chain ends."""
        with self._database.read() as connection:
            return _head(connection) or Head()

    def verify(self, noted: Head | None = None) -> Verified:
        """Walk along the chain. noted: a head that somebody wrote down earlier: the chain must still pass there."""
        walk, after = _Walk(noted), 0
        with self._database.read() as connection:  # of one moment, so that the head is the last entry's
            while page := list(_page(connection, after, _PAGE)):
                for entry in page:
                    walk.pass_by(entry)
                after = page[-1].number
            return walk.ended(_head(connection))

    def cut(self, older_than: datetime, who: Done, at: datetime) -> int:
        """Take away the entries before a time, and enter that; how many they were. The chain holds afterwards."""
        with self._database.write() as connection:
            self._lock(connection)
            stays = select(func.min(audit.c.number)).where(audit.c.at >= _text(older_than))
            until = connection.execute(stays).scalar()
            old = audit.c.number < until if until is not None else audit.c.number.is_not(None)
            last = connection.execute(select(audit).where(old).order_by(audit.c.number.desc()).limit(1)).mappings()
            found = last.one_or_none()
            if found is None:
                return 0
            self._append(connection, replace(who, what=Deed.CUT, about=str(found["number"]), words=found["hash"]), at)
            return int(connection.execute(delete(audit).where(audit.c.number <= found["number"])).rowcount)

    def _append(self, connection: Connection, done: Done, at: datetime) -> Entry:
        head = self._lock(connection)
        done = Done(**{name: keepable(value) for name, value in asdict(done).items()})
        entry = Entry(head.number + 1, at, done, head.hash, digest(head.number + 1, at, done, head.hash))
        columns = {"number": entry.number, "at": _text(at), "before": entry.before, "hash": entry.hash}
        connection.execute(_APPENDED, columns | asdict(done))
        connection.execute(_ENDS_THERE, {"last": entry.number, "last_hash": entry.hash})
        return entry

    def _lock(self, connection: Connection) -> Head:
        head = _head(connection, locked=True)
        if head is None:
            raise StateUnusable(where(self._database.engine), "where its audit log ends has been taken away")
        return head


class _Walk:
    """From entry to entry, with what is wrong on the way."""

    def __init__(self, noted: Head | None) -> None:
        self._noted = noted
        self._noted_met = noted is None or noted.number == 0
        self._first: Entry | None = None
        self._last: Entry | None = None
        self._count = 0
        self._broken: list[Broken] = []
        self._false: list[Entry] = []
        self._cuts: set[tuple[int, str]] = set()

    def pass_by(self, entry: Entry) -> None:
        """One more entry."""
        if self._last is None:
            self._first = entry
        else:
            self._follows(entry, self._last)
        if not entry.holds():
            self._false = [*self._false, entry][:_MOST_TOLD]
            self._tell(entry.number, Fault.CHANGED)
        elif entry.done.what == Deed.CUT and entry.done.about.isdecimal() and len(entry.done.about) < _LONGEST_NUMBER:
            self._cuts.add((int(entry.done.about), entry.done.words))
        if self._noted is not None and entry.number == self._noted.number:
            self._noted_met = entry.hash.startswith(self._noted.hash)
        self._last, self._count = entry, self._count + 1

    def _follows(self, entry: Entry, last: Entry) -> None:
        if entry.number != last.number + 1:
            self._tell(last.number + 1, Fault.REMOVED, entry.number - 1)
        elif entry.before != last.hash and entry.holds() and last.holds():
            self._tell(entry.number, Fault.UNCHAINED)

    def ended(self, head: Head | None) -> Verified:
        """What there is to say of the whole. head: where it says that it ends; None where that was taken away."""
        first = self._first
        if first is not None and (first.number - 1, first.before) not in {*self._cuts, (0, BEGINNING)}:
            self._broken.insert(0, Broken(min(1, first.number), Fault.REMOVED, first.number - 1))
        last = Head(self._last.number, self._last.hash) if self._last else Head()
        if head is not None and last.number < head.number:
            self._tell(last.number + 1, Fault.CUT_OFF, head.number)
        elif last != head and not (head and last.number == head.number and self._false):
            self._tell(last.number, Fault.UNCHAINED)
        if self._noted is not None and not self._noted_met and not self._was_cut(self._noted):
            self._tell(self._noted.number, Fault.ANOTHER)
        moved = tuple(self._where_from(one) if one.fault is Fault.CHANGED else one for one in self._broken)
        return Verified(self._count, first.number if first else 0, last, moved)

    def _was_cut(self, noted: Head) -> bool:
        return any(number >= noted.number for number, _ in self._cuts)

    def _where_from(self, broken: Broken) -> Broken:
        entry = next(one for one in self._false if one.number == broken.number)
        places = {one.number for one in self._false} | {entry.number - 1, entry.number + 1}
        return replace(broken, fault=Fault.MOVED) if any(entry.held_as(one) for one in places) else broken

    def _tell(self, number: int, fault: Fault, until: int | None = None) -> None:
        if len(self._broken) < _MOST_TOLD:
            self._broken.append(Broken(number, fault, number if until is None else until))


def _page(connection: Connection, after: int, limit: int) -> Iterator[Entry]:
    wanted = select(*_TOLD).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
    for told in connection.execute(wanted):
        yield _entry(told)


def _head(connection: Connection, *, locked: bool = False) -> Head | None:
    found = connection.execute(_LOCKED_HEAD if locked else _HEAD).all()
    if len(found) != 1 or not isinstance(found[0].number, int) or not isinstance(found[0].hash, str):
        return None  # of two ends neither is to be believed
    return Head(*found[0])


def _entry(told: Sequence[Any]) -> Entry:
    """As it is there, whatever somebody made of it: SQLite keeps bytes in a text, too, and a time may be none."""
    number, *values = told
    moment, before, own, *of_done = [value if isinstance(value, str) else repr(value) for value in values]
    try:
        at = datetime.fromisoformat(moment)
        at = at.astimezone(UTC) if at.tzinfo else _NO_TIME
    except (ValueError, OverflowError):  # the latter: of the first day of all, east of Greenwich
        at = _NO_TIME
    done: Any = of_done  # what somebody put there need not be a Deed
    return Entry(number, at, Done(*done), before, own)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
