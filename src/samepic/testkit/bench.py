"""What a connector's own test file builds: the system, people in it, and another hand to change things with."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol

from samepic.model.person import Keys, PersonId
from samepic.ports.system import Census, PictureSource, PictureTarget


class Trouble(StrEnum):
    """What a bench makes go wrong, until it is told to heal."""

    BUSY = "busy"  # the operation is refused for the moment
    DENIED = "denied"  # the credentials do not allow the operation
    GARBLED = "garbled"  # the answer is none that the vendor documents
    MIDWAY = "midway"  # writing only: it stops half-way


class SourceBench(Protocol):
    """One system with a few people. Everything here goes past the connector, straight into the system.

    pictured: at least three people, each with another picture of their own. bare: somebody without one.
    stranger: a well-formed id that nobody has.
    """

    @property
    def system(self) -> PictureSource:
        """The connector under test, the same object for the whole test."""
        ...

    @property
    def pictured(self) -> tuple[PersonId, ...]: ...
    @property
    def bare(self) -> PersonId: ...
    @property
    def stranger(self) -> PersonId: ...

    def keys(self, person: PersonId) -> Keys:
        """By what the person is found."""
        ...

    async def put(self, person: PersonId, data: bytes) -> None:
        """Another hand gives a person a picture, or bytes that are none."""
        ...

    async def take(self, person: PersonId) -> None:
        """Another hand takes a person's picture away."""
        ...

    async def held(self, person: PersonId) -> bytes:
        """The picture that the system holds of somebody, as large as it holds it."""
        ...

    async def settle(self) -> None:
        """Let the time pass that the profile's settles_within asks for."""
        ...

    async def cut_listing(self) -> None:
        """Let the next listing lose its end, in the way that this system's listings lose theirs."""
        ...

    async def trouble(self, operation: str, trouble: Trouble) -> None:
        """From now on people, look, read or write goes wrong."""
        ...

    async def heal(self) -> None:
        """Nothing goes wrong any more."""
        ...

    def changed_while_read(self, person: PersonId, data: bytes) -> AbstractAsyncContextManager[None]:
        """Around one read: another hand changes the picture after its first step and before its last."""
        ...


class TargetBench(SourceBench, Protocol):
    """A bench whose system is written to."""

    @property
    def system(self) -> PictureTarget:
        """The connector under test."""
        ...


class CensusBench(SourceBench, Protocol):
    """A bench whose system says who exists.

    group, group_members: the name of a group and everybody in it, by way of a group within it, too.
    """

    @property
    def system(self) -> Census:
        """The connector under test."""
        ...

    @property
    def group(self) -> str: ...
    @property
    def group_members(self) -> frozenset[PersonId]: ...
    @property
    def everybody(self) -> frozenset[PersonId]: ...

    async def come(self) -> PersonId:
        """Somebody is new."""
        ...

    async def rename(self, person: PersonId) -> None:
        """Somebody is called differently."""
        ...

    async def leave(self, person: PersonId) -> None:
        """Somebody is there no more."""
        ...
