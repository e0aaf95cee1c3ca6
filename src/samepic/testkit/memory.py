"""A bench of memory: the contract's own proof, and the ground that planted connectors fail on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from samepic.model.person import Keys, Person, PersonId
from samepic.model.system import Grant
from samepic.ports.errors import AccessDenied, Busy, OutOfContract
from samepic.systems.memory import Fault, MemorySettings, MemorySystem, When
from samepic.testkit.bench import Trouble
from samepic.testkit.pictures import jpeg

Make = Callable[[MemorySettings, Callable[[], datetime]], MemorySystem]


def _id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


class MemoryBench:
    """Five people, three of them pictured, in a group of groups; time that stands still until it is moved."""

    def __init__(self, settings: MemorySettings | None = None, make: Make = MemorySystem) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.settings = settings or MemorySettings(page_size=2, look_batch=4)
        self._system = make(self.settings, lambda: self.now)
        people = [self._system.add(self._person(n), jpeg(n) if n <= 3 else None) for n in range(1, 6)]
        self.pictured = tuple(people[:3])
        self.bare = people[3]
        self.everybody = frozenset(people)
        self.group, self.group_members = "Everybody with a face", frozenset(people[:4])
        self._system.groups[self.group] = people[:4]
        stranger = self._person(99).keys
        self.stranger = PersonId(str(getattr(stranger, self.settings.addressed_by.value)))

    @property
    def system(self) -> MemorySystem:
        """The connector under test."""
        return self._system

    def keys(self, person: PersonId) -> Keys:
        """See the protocol."""
        return self._system.row(person).keys

    async def come(self) -> PersonId:
        """See the protocol."""
        return self._system.add(self._person(6))

    async def rename(self, person: PersonId) -> None:
        """See the protocol."""
        self._system.change(person, replace(self._system.row(person).person, display_name="Somebody Else"))

    async def leave(self, person: PersonId) -> None:
        """See the protocol."""
        self._system.drop(person)

    async def put(self, person: PersonId, data: bytes) -> None:
        """See the protocol."""
        self._system.put(person, data)

    async def take(self, person: PersonId) -> None:
        """See the protocol."""
        self._system.take(person)

    async def held(self, person: PersonId) -> bytes:
        """See the protocol."""
        return self._system.pictures(person)[-1]

    async def settle(self) -> None:
        """See the protocol."""
        self.now += self.settings.settles_within + timedelta(seconds=1)

    async def cut_listing(self) -> None:
        """See the protocol."""
        self._system.cut_listing_after = 1

    async def trouble(self, operation: str, trouble: Trouble) -> None:
        """See the protocol."""
        name = self.settings.name
        errors = {
            Trouble.BUSY: Busy(name, operation, "503"),
            Trouble.DENIED: AccessDenied(name, operation, "403", (Grant("Memory.Use", "to use memory"),)),
            Trouble.GARBLED: OutOfContract(name, operation, "rubbish"),
            Trouble.MIDWAY: Busy(name, operation, "cut"),
        }
        when = When.MIDWAY if trouble is Trouble.MIDWAY else When.BEFORE
        self._system.fail(Fault(operation, errors[trouble], when=when, times=None))

    async def heal(self) -> None:
        """See the protocol."""
        self._system.faults.clear()

    @asynccontextmanager
    async def changed_while_read(self, person: PersonId, data: bytes) -> AsyncIterator[None]:
        """See the protocol."""

        def change(_: PersonId) -> None:
            self._system.while_reading = lambda _: None
            self._system.put(person, data)

        self._system.while_reading = change
        yield

    def _person(self, number: int) -> Person:
        upn = f"person{number}@memory.example"
        mangled = upn.replace("@", "_").replace(".", "_")
        return Person(Keys(_id(number), upn, f"mail{number}@memory.example", mangled), f"Person {number}")
