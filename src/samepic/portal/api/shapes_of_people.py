"""What the API says of people: found, their past, the way of their picture, and several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from samepic.model import past
from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.model.picture import Answer, PictureState
from samepic.model.plan import Step
from samepic.model.remembered import PersonGlance
from samepic.portal.admin.people import MOST_AT_ONCE
from samepic.portal.api.shapes import Brought
from samepic.portal.pages.language import Speaker
from samepic.portal.person.giving import Undoable
from samepic.portal.person.way import Way

Group = Literal["in_step", "behind", "differs", "refused", "left_out"]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody, as they stand. reason: null where they are not decided yet. failed: what went wrong, or null."""

    person: str
    display_name: str
    upn: str | None
    mail: str | None
    reason: Reason | None
    failed: str | None


@dataclass(frozen=True, slots=True)
class Next:
    """What the next page begins after."""

    after_name: str
    after_key: str


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """A page of people, by name. run: the one that says so of everybody; null where none has yet."""

    route: str
    run: str | None
    people: list[FoundPerson]
    next: Next | None

    @classmethod
    def of(cls, route: str, run: str, rows: Sequence[PersonGlance], limit: int) -> FoundPeople:
        """rows: one more than the page has, where there are more."""
        people = [
            FoundPerson(one.key, one.display_name, one.upn, one.mail, one.reason, one.failed) for one in rows[:limit]
        ]
        last = rows[limit - 1] if len(rows) > limit else None
        return cls(route, run, people, None if last is None else Next(last.stands_at, last.key))


@dataclass(frozen=True, slots=True)
class ChangeMade:
    """One change of ours. before, after: a kept picture's name, or no_picture, not_told or gone."""

    at: datetime
    route: str
    run: str
    did: str
    reason: Reason
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PictureKept:
    """A picture in the vault. present: whether it can be brought back."""

    picture: str
    came_from: str
    kept_at: datetime
    last_seen_at: datetime | None
    width_px: int
    height_px: int
    bytes: int
    present: bool


@dataclass(frozen=True, slots=True)
class CanUndo:
    """The latest change. mark: the word with which it is undone. to: the picture before it; null for none."""

    mark: str
    route: str
    at: datetime
    to: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """A person's past, newest first. can_undo: null where there is nothing that could be undone."""

    person: str
    changes: list[ChangeMade]
    pictures: list[PictureKept]
    can_undo: CanUndo | None

    @classmethod
    def of(cls, person: str, found: Mapping[str, past.Past], last: Undoable | None) -> Past:
        """found: by route; a picture that several of them know is told once."""
        changes = [
            ChangeMade(one.at, route, one.run, one.action.value, one.reason, _named(one.before), _named(one.after))
            for route, of in found.items()
            for one in of.changes
        ]
        kept = {one.sha256: (one, one.sha256 in of.present) for of in found.values() for one in of.kept}
        pictures = [
            PictureKept(
                one.sha256, one.system, one.kept_at, one.seen_at, one.width_px, one.height_px, one.size_bytes, there
            )
            for one, there in kept.values()
        ]
        undo = None if last is None else CanUndo(last.mark, last.route, last.change.at, last.to)
        changes.sort(key=lambda one: one.at, reverse=True)
        return cls(person, changes, sorted(pictures, key=lambda one: one.kept_at, reverse=True), undo)


def _named(state: PictureState) -> str:
    return state.value if isinstance(state, Answer) else str(state)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that is said at a stop. code: stays the same. at: the time that it tells, or null."""

    code: str
    at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class StopShown:
    """One place on the way: mailbox, samepic, target, profile or browser. good: null where nobody can tell.

    shows: whether a picture is there; null where the place is none that shows pictures.
    """

    name: str
    system: str
    good: bool | None
    shows: bool | None
    since: datetime | None
    says: list[Sentence]


@dataclass(frozen=True, slots=True)
class WayShown:
    """The way of one route. broken_at: the first stop where something is wrong; null where the picture arrives.

    can_bring, can_give: what would mend it: to bring it, or to give another. ask: whether only somebody else can.
    """

    route: str
    target: str
    broken_at: str | None
    can_bring: bool
    can_give: bool
    ask: bool
    stops: list[StopShown]

    @classmethod
    def of(cls, way: Way, t: Speaker, now: datetime) -> WayShown:
        """In words of a language."""
        stops = []
        for stop in way.stops:
            says = [Sentence(name, at, _worded(t, name, at, now)) for name, at in stop.says]
            shows = None if stop.shown is None else stop.shown.picture is not None
            since = stop.shown.since if stop.shown is not None else None
            stops.append(StopShown(stop.name, stop.system, stop.good, shows, since, says))
        broken = way.broken_at
        mends = (way.can_bring, way.can_give, way.ask)
        return cls(way.route, way.target, broken.name if broken is not None else None, *mends, stops)


def _worded(t: Speaker, name: str, at: datetime | None, now: datetime) -> str:
    if at is None:
        return t(name)
    return t(name, ago=t.ago(at, now)) if at < now else t(name, moment=t.moment(at))


class Bulk(Struct, frozen=True):
    """Several people, by object id, UPN or mail address. dry_run: unless it is false, nothing is changed."""

    people: Annotated[list[str], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class PersonsStep:
    """What would be done, or was tried, for one person."""

    person: str
    display_name: str
    action: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """How many sessions of a person (object id) were ended."""

    person: str
    ended: int


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What came of it, or would."""

    dry_run: bool
    outcome: Brought
    steps: list[PersonsStep]

    @classmethod
    def of(cls, dry_run: bool, outcome: RunOutcome, steps: Sequence[Step]) -> BulkOutcome:
        """From a run's figures and its steps."""
        told = [
            PersonsStep(
                one.keys.object_id or one.keys.upn or one.keys.mail or "",
                one.display_name,
                one.action.value,
                one.reason,
                one.detail,
            )
            for one in steps
        ]
        return cls(dry_run, Brought.of(outcome), told)
