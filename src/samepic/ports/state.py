"""What Samepic remembers of each person on a route, and the rows of a run while it runs.

Everything is synchronous and speaks in batches: the engine calls it from one thread. Nothing here grows in memory
with the number of people; whatever is many is paged by the key it is ordered by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from samepic.model.decision import Reason
from samepic.model.lease import Lease
from samepic.model.person import Keys
from samepic.model.picture import Fingerprint, Place
from samepic.model.plan import RunId
from samepic.model.remembered import (
    Change,
    Closed,
    Footing,
    Intent,
    Kept,
    Memory,
    Refusal,
    Row,
    Seen,
    Settled,
    Stage,
    Unsettled,
)
from samepic.model.shard import EVERYBODY, Span
from samepic.model.system import Listed
from samepic.ports.audit import Audit
from samepic.ports.kept import Changes, KeptPictures
from samepic.ports.leases import Leases
from samepic.ports.news import News
from samepic.ports.people import People
from samepic.ports.runs import Plans, Runs
from samepic.ports.sweeping import SweepStore


class StateNewer(Exception):
    """The state was written by a newer Samepic; this one would not understand all of it."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(f"{where}: written by a newer Samepic (revision {revision})")
        self.where = where
        self.revision = revision


class StateOfAnother(Exception):
    """The state remembers a route of this name between other systems, or of another tenant."""

    def __init__(self, where: str, route: str, remembered: str, configured: str) -> None:
        super().__init__(
            f"{where} remembers route {route!r} as {remembered}, and it is configured as {configured}. What was "
            "remembered of other people must not be believed of these: give the route another name, or [state] "
            "another folder"
        )
        self.route = route


class StateUnusable(Exception):
    """The state cannot be read or kept: no room, no right to it, or a file that is none. `saw` is the system's word."""

    def __init__(self, where: str, saw: str) -> None:
        super().__init__(f"the state {where} cannot be used: {saw}. Nothing is written without it")
        self.where = where
        self.saw = saw


class StateAway(StateUnusable):
    """Nobody answers where the state is kept, or not yet: who is to be at work for long may wait for it."""


class RouteBusy(Exception):
    """Another run is at work on this route. `who` names its process, `since` is when it began."""

    def __init__(self, route: str, who: str, since: datetime | None) -> None:
        when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        super().__init__(f"{route}: another run is at work ({who}){when}; wait for it or end it")
        self.route = route
        self.who = who
        self.since = since


class Lately(Protocol):
    """What our writes changed lately. What counts leaves out requests, restores and runs that somebody approved."""

    def lost_since(self, route: str, since: datetime, but: RunId) -> int:
        """How many people's pictures were lost, but for those whom the plan of the run `but` changes."""
        ...

    def count_since(self, route: str, since: datetime) -> int:
        """To how many people a picture was written."""
        ...

    def changed_since(self, route: str, since: datetime) -> set[str]:
        """Whose picture anybody has changed, requests and all. For routes that no run goes over: these are few."""
        ...

    def not_carried_on(self, beside: str, route: str, since: datetime, until: datetime) -> list[str]:
        """Whose picture was changed by way of `beside`, and of whom the route has learnt nothing since; as few."""
        ...

    def prints_since(
        self, route: str, since: datetime, but: RunId, after: str, limit: int
    ) -> list[tuple[str, Fingerprint]]:
        """Whom a picture was written to and which, by key, but for those whom `but` writes to."""
        ...

    def unsettled(self, route: str, after: int, limit: int, key: str | None = None) -> list[Unsettled]:
        """Changes that no look has confirmed or refuted yet, by number, beginning after one; of one person or all."""
        ...

    def unsettled_of(self, route: str, keys: Collection[str]) -> list[Unsettled]:
        """The same of these people, in order."""
        ...

    def count_unsettled(self, route: str) -> int:
        """Of how many people there are such."""
        ...

    def settle(self, verdicts: Mapping[int, Settled]) -> None:
        """Enter what looks have shown, by a change's number."""
        ...


class Prints(Protocol):
    """The pictures of a plan beside each other, in buckets of those that may be one and the same."""

    def put(self, run: RunId, prints: Mapping[str, Fingerprint], *, before: bool = False) -> None:
        """Enter people's pictures; before: they were given it by an earlier run."""
        ...

    def buckets(self, run: RunId, more_than: int) -> list[tuple[int, int, int]]:
        """The buckets of more than so many people, the fullest first: two numbers that name it, and how many."""
        ...

    def bucket(
        self, run: RunId, bucket: tuple[int, int], after: str, limit: int
    ) -> list[tuple[str, Fingerprint, bool]]:
        """Those in a bucket, by key, beginning after one: person, picture, and whether it was given them before."""
        ...

    def identical(self, run: RunId, more_than: int) -> list[int]:
        """Marks of which more than so many people have the same, as they do whose pictures agree in every bit."""
        ...

    def marked(self, run: RunId, mark: int, after: str, limit: int) -> list[tuple[str, Fingerprint, bool]]:
        """Those of one mark, as `bucket` tells them."""
        ...

    def likely(self, run: RunId, more_than: int) -> list[str]:
        """People who share small buckets with at least so many others, though not all the same one: most first."""
        ...

    def around(self, run: RunId, key: str) -> list[tuple[str, Fingerprint, bool]]:
        """One person and those who share most buckets with them, as `bucket` tells them; the person comes first."""
        ...


class Rows(Protocol):
    """The people of one run."""

    def put(self, run: RunId, rows: Sequence[Row]) -> None:
        """Enter rows, or replace those of the same keys."""
        ...

    def page(
        self, run: RunId, after: str, limit: int, stage: Stage | None = None, upto: str | None = None
    ) -> list[Row]:
        """Rows of a stage by key, beginning after a key, up to and with another; "" and None leave an end open."""
        ...

    def count(self, run: RunId, stage: Stage | None = None, span: Span = EVERYBODY) -> int:
        """How many rows a stage has, of the people of a span."""
        ...

    def cut(self, run: RunId, people: int, *, even: bool = False) -> list[Span]:
        """The run's people in spans of so many; none where nobody is.

        Unless `even`, the last ones are finer (`samepic.model.shard`).
        """
        ...

    def counts(self, run: RunId) -> dict[Reason, int]:
        """Rows by the reason decided."""
        ...

    def sharing(self, run: RunId, keys: Collection[Keys]) -> dict[str, Keys]:
        """Everybody of the census, by key, who shares a key with any of these rows of a listing."""
        ...

    def forget(self, route: str, but: RunId | None = None) -> None:
        """Drop the rows, listings and groups of this route's earlier runs; of one the people are kept.

        Who was in the groups last heard of is kept too, for the next sweep to find who has come or gone.
        """
        ...


class Listings(Protocol):
    """What a run's listings said, to be matched with its people, and who is in the policy's groups."""

    def put(self, run: RunId, system: str, listed: Sequence[Listed]) -> None:
        """Enter a page as it came."""
        ...

    def candidates(self, run: RunId, system: str, keys: Collection[Keys], places: Collection[Place]) -> list[Listed]:
        """Every row that shares any key with any of these people, or lies at one of these places."""
        ...

    def put_members(self, run: RunId, group: str, people: Collection[str]) -> None:
        """Enter some of a group's members, by folded object id."""
        ...

    def members_among(self, run: RunId, group: str, people: Collection[str]) -> set[str]:
        """Which of these people are in the group."""
        ...

    def count_members(self, run: RunId) -> int:
        """How many are in all groups together; whoever is in two counts twice."""
        ...


class Memories(Protocol):
    """What lasts from run to run."""

    def of(self, route: str, keys: Collection[str]) -> dict[str, Memory]:
        """By key; nobody who was never met."""
        ...

    def remember(self, route: str, memories: Sequence[Memory]) -> None:
        """Replace what is remembered of these people, where what is there is of an earlier version."""
        ...

    def count(self, route: str) -> int:
        """How many people are remembered."""
        ...

    def refusals(self, route: str, keys: Collection[str]) -> dict[str, Refusal]:
        """Which source picture of a person was refused, and why; by key."""
        ...

    def refuse(self, route: str, key: str, refusal: Refusal) -> None:
        """Remember that this picture cannot be carried over, so that it is not fetched again."""
        ...

    def seen(self, system: str, people: Collection[str]) -> dict[str, Seen]:
        """The latest picture of each of these people that was read from a system; by key, not by the system's id."""
        ...

    def saw(self, system: str, pictures: Mapping[str, Seen]) -> None:
        """Remember what was found out; only the latest stamp of a person is kept."""
        ...


class Intents(Protocol):
    """Writes that have begun."""

    def open(self, route: str, intent: Intent, kept: Sequence[Kept] = ()) -> None:
        """Commit an intent before the first request of its write, with whose the pictures in the vault are."""
        ...

    def open_all(self, route: str, openings: Sequence[tuple[Intent, Sequence[Kept]]]) -> None:
        """The same for several people, in one commit."""
        ...

    def footing(self, route: str, keys: Collection[str]) -> dict[str, Footing]:
        """How each of these people stands, at one moment; everybody is in the answer."""
        ...

    def of(self, route: str, key: str) -> Intent | None:
        """A person's open intent."""
        ...

    def page(self, route: str, after: str, limit: int) -> list[str]:
        """The keys of those with an open intent, beginning after a key."""
        ...

    def count(self, route: str) -> int:
        """How many are open."""
        ...

    def close(
        self,
        route: str,
        key: str,
        remembered: Memory | None = None,
        pictures: Mapping[str, Seen] | None = None,
        change: Change | None = None,
    ) -> None:
        """Remember what the write left and close its intent, in one commit; None leaves the memory as it was.

        pictures: what each system shows of this person now, by the system's name. change: the write itself.
        """
        ...

    def close_all(self, route: str, closings: Sequence[Closed]) -> None:
        """The same for several people, in one commit; each is closed with all that is said of them, or none is."""
        ...


class State(Protocol):
    """One store for all routes; methods name the route they mean."""

    @property
    def runs(self) -> Runs:
        """The history."""
        ...

    @property
    def rows(self) -> Rows:
        """The people of a run."""
        ...

    @property
    def listings(self) -> Listings:
        """What was listed."""
        ...

    @property
    def memories(self) -> Memories:
        """What lasts."""
        ...

    @property
    def intents(self) -> Intents:
        """What has begun."""
        ...

    @property
    def kept(self) -> KeptPictures:
        """Whose the pictures in the vault are."""
        ...

    @property
    def plans(self) -> Plans:
        """What waits for a person's word."""
        ...

    @property
    def lately(self) -> Lately:
        """What was changed lately."""
        ...

    @property
    def prints(self) -> Prints:
        """What a plan's pictures are like."""
        ...

    @property
    def people(self) -> People:
        """How everybody stands."""
        ...

    @property
    def changes(self) -> Changes:
        """What our writes did."""
        ...

    @property
    def leases(self) -> Leases:
        """Who may write."""
        ...

    @property
    def audit(self) -> Audit:
        """What administrators did."""
        ...

    @property
    def sweeps(self) -> SweepStore:
        """What workers carry out."""
        ...

    @property
    def news(self) -> News:
        """Whom an incremental sweep looks at."""
        ...

    def held_by(self, lease: Lease) -> State:
        """The same state, in which nothing is committed unless the lease is its holder's at that moment.

        Whatever writes raises LeaseLost then.
        """
        ...

    def route_lock(self, route: str, who: str, since: datetime) -> AbstractContextManager[None]:
        """Keep other sweeps off this route while it is held; a dead process holds nothing. Raises RouteBusy at once."""
        ...

    def person_lock(self, route: str, key: str) -> PersonLock:
        """What keeps a sweep and a request from working on one person at the same time."""
        ...


class PersonLock(Protocol):
    """Held by at most one task of one process; a dead process holds nothing."""

    def take(self) -> bool:
        """Try to take it, without waiting."""
        ...

    def release(self) -> None:
        """Give it back; harmless where it was not taken."""
        ...
