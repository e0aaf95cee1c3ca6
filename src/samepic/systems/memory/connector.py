"""A complete source, target and census in memory, with lag, faults and a journal that tests read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from samepic.model.person import Keys, Person, PersonId
from samepic.model.picture import (
    GONE,
    NO_PICTURE,
    NOT_TOLD,
    Picture,
    PictureFormat,
    PictureState,
    Place,
    Stamp,
    format_of,
)
from samepic.model.sayings import saying
from samepic.model.system import (
    Changes,
    Cursor,
    Listed,
    Looks,
    Page,
    Probe,
    Replaces,
    Sighting,
    SystemProfile,
    Written,
)
from samepic.ports.errors import (
    AccessDenied,
    Expired,
    PersonGone,
    PersonNotEligible,
    PictureMoved,
    PictureRefused,
    SystemFault,
)
from samepic.systems.memory.faults import Fault, When
from samepic.systems.memory.settings import MemorySettings
from samepic.systems.memory.wire import Row, Version


class MemorySystem:
    """Keeps people and pictures in dictionaries and keeps every promise of the ports.

    now: the source of time, for the lag. reads, writes, clears: who was asked for what, in order, for tests.
    cut_listing_after: the listing ends after so many pages without its closing mark.
    while_reading: called between the stamp and the bytes of each read, for races.
    """

    def __init__(
        self, settings: MemorySettings | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.settings = settings or MemorySettings()
        self.reads: list[PersonId] = []
        self.writes: list[tuple[PersonId, tuple[str, ...]]] = []
        self.clears: list[PersonId] = []
        self.faults: list[Fault] = []
        self.groups: dict[str, list[PersonId]] = {}
        self.cut_listing_after: int | None = None
        self.while_reading: Callable[[PersonId], None] = _nothing
        self._now = now
        self._rows: dict[PersonId, Row] = {}
        self._changes: list[PersonId] = []
        self._requests = 0
        self._stamps = 0

    # What tests and demos set up, as a person or another program would.

    def add(self, person: Person, picture: bytes | None = None) -> PersonId:
        """Let somebody exist, with a picture or without; says by which id the system knows them."""
        key = getattr(person.keys, self.settings.addressed_by.value)
        if not key:
            raise ValueError(f"{person} has no {self.settings.addressed_by.value}")
        row = Row(PersonId(key), person)
        self._rows[row.id] = row
        self._changes.append(row.id)
        if picture is not None:
            self.put(row.id, picture)
        return row.id

    def drop(self, person: PersonId) -> None:
        """Let somebody leave: the system knows them no more."""
        del self._rows[person]
        self._changes.append(person)

    def change(self, person: PersonId, to: Person) -> None:
        """Let somebody be told of differently from now on; the id by which the system knows them stays."""
        self._rows[person].person = to
        self._changes.append(person)

    def row(self, person: PersonId) -> Row:
        """What is kept of somebody; tests set its marks. KeyError for strangers."""
        return self._rows[person]

    def put(self, person: PersonId, picture: bytes | Sequence[bytes]) -> Stamp:
        """Let somebody's picture be changed by another hand: it shows at once, no fault strikes.

        One bytes object serves as every rendition. The bytes need not be a picture.
        """
        data = [picture] * len(self.settings.renditions) if isinstance(picture, bytes) else picture
        return self._store(self._rows[person], tuple(_as_picture(d) for d in data), timedelta(0))

    def take(self, person: PersonId) -> None:
        """Let somebody's picture be removed by another hand, at once."""
        self._store(self._rows[person], (), timedelta(0))

    def pictures(self, person: PersonId) -> tuple[bytes, ...]:
        """The stored bytes of each rendition, whether they show yet or not; empty where there is none."""
        latest = self._rows[person].latest
        return tuple(p.data for p in latest.renditions) if latest else ()

    def fail(self, fault: Fault) -> Fault:
        """Ask for something to go wrong; the same object tells afterwards how often it did."""
        self.faults.append(fault)
        return fault

    # The ports.

    @property
    def profile(self) -> SystemProfile:
        """See the port."""
        return self.settings.profile

    @property
    def requests(self) -> int:
        """One for each page, batch of looks, read and write, as if there were a wire."""
        return self._requests

    @property
    def time(self) -> datetime | None:
        """See the port."""
        return self._now() if self._requests else None

    async def probe(self) -> Probe:
        """Always works; a fault for `probe` is what it then tells instead."""
        try:
            self._call("probe", None)
        except AccessDenied as error:
            return Probe(self.settings.name, works=False, words=error.said, missing=error.missing)
        except SystemFault as error:
            return Probe(self.settings.name, works=False, words=error.said)
        return Probe(self.settings.name, works=True, words=f"{len(self._rows)} people in memory", can_write=True)

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """See the port; a page's cursor is where the next one starts."""
        size = self.settings.page_size
        rows = [row for row in self._rows.values() if self._lists(row)]
        for number, start in enumerate(range(int(since or 0), max(len(rows), 1), size)):
            self._call("people", None)
            if self.cut_listing_after is not None and number >= self.cut_listing_after:
                return
            last = start + size >= len(rows)
            page = tuple(self._listed(row) for row in rows[start : start + size])
            yield Page(page, None if last else Cursor(str(start + size)), closes_full_listing=last)

    async def find(self, key: str) -> Listed | None:
        """See the port."""
        self._call("find", PersonId(key))
        row = next((row for row in self._rows.values() if row.answers_to(key)), None)
        return None if row is None else self._listed(row, by_name=True)

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the port."""
        for start in range(0, len(people), self.settings.look_batch):
            self._requests += 1
            for person in people[start : start + self.settings.look_batch]:
                self._strike("look", person, When.BEFORE)
                yield self._sighting(person)

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the port."""
        self._call("read", person)
        self.reads.append(person)
        shown = self._known(person, "read").shown(self._now())
        if shown is None or not shown.renditions:
            return None
        self.while_reading(person)
        picture = shown.renditions[self._rendition(at_least_px, len(shown.renditions))]
        if len(picture.data) > self.settings.max_bytes:
            raise PictureRefused(self.settings.name, "read", f"{len(picture.data)} bytes")
        if format_of(picture.data) is None:
            raise PictureRefused(self.settings.name, "read", saying("no_picture_came"))
        return shown.stamp, picture

    async def members(self, group: str) -> AsyncIterator[PersonId]:
        """See the port; groups are what tests put into `groups`."""
        self._call("members", None)
        if group not in self.groups:
            raise PersonGone(self.settings.name, "members", f"no group {group!r}")
        for person in self.groups[group]:
            yield person

    async def is_member(self, person: PersonId, group: str) -> bool:
        """See the port."""
        self._call("is_member", person)
        if group not in self.groups:
            raise PersonGone(self.settings.name, "is_member", f"no group {group!r}")
        return person in self.groups[group]

    async def sharing(self, keys: Keys) -> Sequence[Listed]:
        """See the port."""
        self._call("sharing", None)
        asked = set(replace(keys, object_id=None, file_name=None))
        return [self._listed(row, by_name=True) for row in self._rows.values() if asked & set(row.keys)]

    async def sharing_any(self, keys: Sequence[Keys]) -> AsyncIterator[Listed]:
        """See the port."""
        self._call("sharing", None)
        asked = {told for one in keys for told in replace(one, object_id=None, file_name=None)}
        for row in self._rows.values():
            if asked & set(row.keys):
                yield self._listed(row, by_name=True)

    async def changed(self, since: Cursor | None) -> AsyncIterator[Changes]:
        """See the port; a cursor counts the changes, and a page holds `page_size` of them."""
        until, size = len(self._changes), self.settings.page_size
        if since is not None and not (since.isdigit() and int(since) <= until):
            raise Expired(self.settings.name, "changed", "no such cursor")
        begin = until if since is None else int(since)
        for start in range(begin, max(until, begin + 1), size):
            self._call("changed", None)
            last = start + size >= until
            yield Changes(tuple(self._changes[start : min(start + size, until)]), Cursor(str(until)) if last else None)

    async def told(self, people: Sequence[PersonId]) -> AsyncIterator[tuple[PersonId, Listed | None]]:
        """See the port."""
        for start in range(0, len(people), self.settings.look_batch):
            self._call("told", None)
            for person in people[start : start + self.settings.look_batch]:
                row = self._rows.get(person)
                yield person, None if row is None else self._listed(row, by_name=True)

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the port."""
        self._call("write", person)
        row = self._known(person, "write")
        if row.refuses_write is not None:
            raise PersonNotEligible(self.settings.name, "write", "told only on writing", row.refuses_write)
        if len(renditions) != len(self.settings.renditions):
            raise PictureRefused(self.settings.name, "write", f"{len(renditions)} renditions")
        for picture in renditions:
            if format_of(picture.data) not in self.settings.accepts or len(picture.data) > self.settings.max_bytes:
                raise PictureRefused(self.settings.name, "write", f"{len(picture.data)} bytes of {picture.format}")
        self.writes.append((person, tuple(p.sha256 for p in renditions)))
        midway = self._strikes("write", person, When.MIDWAY)
        if midway is not None:
            before = row.latest.renditions if row.latest else ()
            self._store(row, (renditions[0], *before[1:]), timedelta(0))
            raise midway.error
        stamp: PictureState = NOT_TOLD
        there = row.latest.renditions if row.latest is not None else ()
        if row.latest is not None and there == tuple(renditions):
            stamp = row.latest.stamp
        else:
            if not any(old == new for old, new in zip(there, renditions, strict=False)):  # else ours, half-way
                self._guard(row, replacing, "write")
            stamp = self._store(row, tuple(renditions), self.settings.settles_within)
        row.blanked_by_system = False
        self._strike("write", person, When.AFTER)
        return Written(stamp, self._place(row), row.sync_off)

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """See the port."""
        self._call("clear", person)
        row = self._known(person, "clear")
        self.clears.append(person)
        if row.latest is not None and row.latest.renditions:
            self._guard(row, replacing, "clear")
            self._store(row, (), self.settings.settles_within)
        self._strike("clear", person, When.AFTER)
        return Written(NO_PICTURE, self._place(row), row.sync_off)

    async def aclose(self) -> None:
        """Nothing to give back."""

    # Within.

    def _store(self, row: Row, renditions: tuple[Picture, ...], lag: timedelta) -> Stamp:
        self._stamps += 1
        now, stamp = self._now(), Stamp(f"v{self._stamps}")
        row.versions.append(Version(now + lag, now, stamp, renditions))
        return stamp

    def _guard(self, row: Row, replacing: PictureState, doing: str) -> None:
        """Refuse to lose what nobody has seen, as the profile promises."""
        if self.settings.replaces is Replaces.BLIND or replacing is NOT_TOLD:
            return
        atomic = self.settings.replaces is Replaces.ATOMIC
        found = row.latest if atomic else row.shown(self._now())
        state = NO_PICTURE if found is None else found.state
        if state != replacing:
            raise PictureMoved(self.settings.name, doing, f"{state} where {replacing} was expected")

    def _lists(self, row: Row) -> bool:
        if self.settings.lists_people:
            return True
        shown = row.shown(self._now())
        return self.settings.looks is Looks.IN_LISTING and shown is not None and bool(shown.renditions)

    def _listed(self, row: Row, by_name: bool = False) -> Listed:
        told = self.settings.looks is Looks.IN_LISTING
        shown = row.shown(self._now())
        state: PictureState = (NO_PICTURE if shown is None else shown.state) if told else NOT_TOLD
        if self.settings.lists_people or by_name:
            return Listed(row.keys, row.id, state, self._place(row) if told else None, row.person)
        return Listed(row.keys, None, state, self._place(row))

    def _sighting(self, person: PersonId) -> Sighting:
        row = self._rows.get(person)
        if row is None:
            return Sighting(person, GONE)
        shown = row.shown(self._now())
        return Sighting(
            person,
            NO_PICTURE if shown is None else shown.state,
            self._place(row),
            row.not_eligible,
            row.sync_off,
            row.blanked_by_system,
            None if shown is None else shown.changed_at,
        )

    def _place(self, row: Row) -> Place | None:
        return Place(f"memory:{row.id}") if row.latest is not None and row.latest.renditions else None

    def _rendition(self, at_least_px: int | None, held: int) -> int:
        edges = [r.edge_px for r in self.settings.renditions][:held]
        big_enough = [e for e in edges if at_least_px is not None and e >= at_least_px]
        return edges.index(min(big_enough) if big_enough else max(edges))

    def _known(self, person: PersonId, doing: str) -> Row:
        row = self._rows.get(person)
        if row is None:
            raise PersonGone(self.settings.name, doing, "no such person")
        return row

    def _call(self, operation: str, person: PersonId | None) -> None:
        self._requests += 1
        self._strike(operation, person, When.BEFORE)

    def _strikes(self, operation: str, person: PersonId | None, when: When) -> Fault | None:
        return next((f for f in self.faults if f.strikes(operation, person, when)), None)

    def _strike(self, operation: str, person: PersonId | None, when: When) -> None:
        fault = self._strikes(operation, person, when)
        if fault is not None:
            raise fault.error


def _as_picture(data: bytes) -> Picture:
    return Picture(data, format_of(data) or PictureFormat.JPEG)


def _nothing(person: PersonId) -> None:
    """Nothing happens while a picture is read."""
