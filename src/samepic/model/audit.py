"""Who did what to other people's pictures, and when: entries that are chained by their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

BEGINNING = ""
"""What the first entry names as the hash before it."""


class Deed(StrEnum):
    """What is entered. Each before it is done, so that nothing is done without being here."""

    SIGNED_IN = "signed_in"  # somebody with a role
    LOOKED = "looked"  # at one person's page
    RESYNCED = "resynced"  # brought somebody else's picture
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    BULK_TRIED = "bulk_tried"  # several people, as a dry run
    BULK_DONE = "bulk_done"
    GIVEN = "given"  # put a picture in for somebody else
    TURNED_BACK = "turned_back"  # to an earlier picture of somebody else's; `words` is its name in the vault
    UNDONE = "undone"  # the latest change of somebody else's picture
    TAKEN_AWAY = "taken_away"  # everything that is held about one person
    SESSIONS_ENDED = "sessions_ended"  # signed somebody out of every browser
    SEARCHED = "searched"  # saw a list of people with their faces; how many, and whom where they were few
    FACES_LISTED = "faces_listed"  # the faces of a plan were seen, or taken away
    AUDIT_EXPORTED = "audit_exported"
    PROGRAM_LET_IN = "program_let_in"  # for a program; `about` is its role, `words` its name
    PROGRAM_SHUT_OUT = "program_shut_out"
    CUT = "cut"  # older entries were taken away; `about` is how many there were, `words` the hash of the last


OF_PEOPLE = (
    Deed.LOOKED,
    Deed.SEARCHED,
    Deed.RESYNCED,
    Deed.BULK_TRIED,
    Deed.BULK_DONE,
    Deed.GIVEN,
    Deed.TURNED_BACK,
    Deed.UNDONE,
    Deed.TAKEN_AWAY,
    Deed.SESSIONS_ENDED,
)
"""Whose `about` are people, by object id."""


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, before it has its place in the chain.

    who: an object id, or the operating system's account. account: the name that they sign in with. about: an object id,
    a plan, or a run. from_where: an address of the network. Of people whom it is about it keeps the id and no name.
    """

    who: str
    account: str
    role: str
    what: Deed
    about: str = ""
    words: str = ""
    from_where: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed in its place. number: from 1, without a gap. before: the hash of the entry before it."""

    number: int
    at: datetime
    done: Done
    before: str
    hash: str

    def holds(self) -> bool:
        """Whether it says what it said when it was entered."""
        return self.hash == digest(self.number, self.at, self.done, self.before)

    def held_as(self, number: int) -> bool:
        """Whether it would hold under another number: it was moved."""
        return self.hash == digest(number, self.at, self.done, self.before)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: the number and the hash of its last entry."""

    number: int = 0
    hash: str = BEGINNING


class Fault(StrEnum):
    """What is wrong at a place of the chain."""

    CHANGED = "changed"
    MOVED = "moved"  # it is another entry, which stood elsewhere
    REMOVED = "removed"  # entries are missing before this one
    UNCHAINED = "unchained"  # it holds, but the one before it is another than it was
    CUT_OFF = "cut_off"  # the chain ends before its last entry
    ANOTHER = "another"  # it does not go on from the entry that was noted earlier


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault, and at which entry; until: the last that is concerned."""

    number: int
    fault: Fault
    until: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along the chain found. first: the first entry that is kept; broken: the first hundred faults."""

    entries: int
    first: int
    head: Head
    broken: Sequence[Broken]


def digest(number: int, at: datetime, done: Done, before: str) -> str:
    """SHA-256 of an entry's content and of the hash before it, in hex."""
    content = [number, at.astimezone(UTC).isoformat(timespec="microseconds"), asdict(done), before]
    told = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
