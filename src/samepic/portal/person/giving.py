"""A picture that the visitor gives, or takes again: into the source, and from there everywhere; and the way back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from samepic.engine import Wanted
from samepic.imaging import scaled_alike
from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.model.past import Past
from samepic.model.picture import NO_PICTURE, CropBox, distance
from samepic.model.remembered import Change, Kept
from samepic.portal.person.bringing import Brought, everywhere
from samepic.portal.sessions import Session
from samepic.portal.site import Site

_ONE_ACT = timedelta(minutes=15)
"""What was brought so soon after a picture was given belongs to it, and is undone with it; later the picture tells."""

_COPY_BITS = 8
"""Two fingerprints this near are of one file in two sizes; another cut of a photograph is further off."""

_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Given:
    """What came of it. taken: whether the source has it; why: where not, `refused`, `not_eligible` or `failed`.

    already: the source showed it, or somebody was quicker.
    """

    taken: bool
    why: str = ""
    already: bool = False
    brought: list[Brought] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Earlier:
    """One picture of the visitor's past. route: the name under which it is kept."""

    name: str
    route: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Undoable:
    """The latest change. to: the vault's name of what was there before; None for no picture."""

    route: str
    change: Change
    to: str | None

    @property
    def mark(self) -> str:
        """A word for a form, so that only this change is undone."""
        return f"{self.change.run} {self.change.at.isoformat()}"


async def give(site: Site, session: Session, name: str) -> Given:
    """Put a picture of the vault into the source, then bring it everywhere. name: kept under the giving route."""
    assembly = site.giving
    assert assembly is not None
    given = _given([await assembly.engine.restore(Wanted((session.visitor.object_id,), picture=name))])
    return replace(given, brought=await everywhere(site, session)) if given.taken else given


async def take_in(site: Site, session: Session, data: bytes, crop: CropBox | None) -> str:
    """The vault's name of what was cut of an uploaded file. Raises PictureFault, NotTaken, VaultUnusable."""
    assert site.giving is not None
    return await site.giving.engine.take_in(session.visitor.object_id, data, crop)


async def back_to(site: Site, session: Session, kept: Kept) -> Given:
    """An earlier picture: in the source where we may write it, else in each target."""
    person = session.visitor.object_id
    if site.giving is not None:
        await site.giving.engine.keeper.adopt(person, kept)
        return await give(site, session, kept.sha256)
    wanted = Wanted((person,), picture=kept.sha256)
    done = []
    for assembly in site.routes.values():
        await assembly.engine.keeper.adopt(person, kept)
        done.append(await assembly.engine.restore(wanted))
    return _given(done)


async def undo(site: Site, session: Session, last: Undoable) -> Given:
    """Take the latest change back, where it went on to as well."""
    person = session.visitor.object_id
    if site.giving is None or last.route != site.giving.route.name:
        return _given([await site.routes[last.route].engine.restore(Wanted((person,)))])
    done = _given([await site.giving.engine.restore(Wanted((person,)))])
    if not done.taken:
        return done
    if last.to is None:  # a source that has none again takes none away elsewhere
        before = Wanted((person,), at=last.change.at - _A_MOMENT)
        await asyncio.gather(*(one.engine.restore(before) for one in site.routes.values()))
    return replace(done, brought=await everywhere(site, session))


async def pasts(site: Site, person: str) -> dict[str, Past]:
    """What is remembered of the visitor, by route; that of giving first."""
    every = ([site.giving] if site.giving is not None else []) + list(site.routes.values())
    return {one.route.name: await one.engine.keeper.past(person) for one in every}


def earlier(found: dict[str, Past], most: int = 24) -> list[Earlier]:
    """Each picture that is kept and shows no more, once, the latest first; of copies in several sizes the largest."""
    kept = [(one, route) for route, past in found.items() for one in past.kept if one.sha256 in past.present]
    shown = {past.changes[0].after for past in found.values() if past.changes}
    listed = [one.fingerprint for one, _ in kept if one.sha256 in shown and one.fingerprint is not None]
    every: list[Earlier] = []
    for one, route in sorted(kept, key=lambda each: -each[0].edge_px):
        if one.fingerprint is not None and all(distance(one.fingerprint, known) > _COPY_BITS for known in listed):
            listed.append(one.fingerprint)
            every.append(Earlier(one.sha256, route, one.kept_at))
    return sorted(every, key=lambda one: one.at, reverse=True)[:most]


def undoable(found: dict[str, Past], giving: str | None) -> Undoable | None:
    """The latest change of ours, where what was there before is still kept. giving: the name of that route."""
    latest = {route: past.changes[0] for route, past in found.items() if past.changes}
    if not latest:
        return None
    route = max(latest, key=lambda name: latest[name].at)
    given = latest.get(giving or "")
    if given is not None and giving is not None:
        carried = _is_copy(found[route].named(latest[route].after), found[giving].named(given.after))
        route = giving if carried or latest[route].at - given.at <= _ONE_ACT else route
    change = latest[route]
    if change.before is NO_PICTURE:
        return Undoable(route, change, None)
    kept = isinstance(change.before, str) and change.before in found[route].present
    return Undoable(route, change, str(change.before)) if kept else None


def _is_copy(one: Kept | None, other: Kept | None) -> bool:
    """Whether they are one file in two sizes: what a system comes for days after it was given is that gift still."""
    if one is None or other is None or one.fingerprint is None or other.fingerprint is None:
        return False
    return scaled_alike(one.fingerprint, other.fingerprint)


def _given(outcomes: list[RunOutcome]) -> Given:
    if any(one.failed or one.stopped for one in outcomes):
        return Given(False, "failed")
    if any(one.skipped for one in outcomes):
        return Given(False, "refused")
    if any(reason in one.counts for one in outcomes for reason in (Reason.NOT_ELIGIBLE, Reason.UNMATCHED)):
        return Given(False, "not_eligible")
    return Given(True, already=not any(one.written or one.cleared for one in outcomes))
