"""The visitor's picture along one route, or along all: by the system's own way where there is one, else by a write."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter

from samepic.engine import Wanted
from samepic.model.decision import REPLACES_NOTHING, Reason
from samepic.model.outcome import Explanation, RunOutcome
from samepic.model.picture import NO_PICTURE
from samepic.model.timing import Starts
from samepic.portal.person.standing import explained
from samepic.portal.sessions import Session
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault

PULL_S = 3.0
"""So long SharePoint is given to fetch by itself; then Samepic writes."""

_log = logging.getLogger("samepic.portal")


class Came(StrEnum):
    """What became of it."""

    WRITTEN = "written"  # by Samepic
    PULLED = "pulled"  # by the system itself, which the person asked
    NOTHING = "nothing"  # there was nothing to bring; the reason says why
    FAILED = "failed"
    LATER = "later"  # the route works by the clock only


@dataclass(frozen=True, slots=True)
class Brought:
    """One route. before: the vault's name of what the target showed, None where that was no picture or is not kept."""

    route: str
    system: str
    came: Came
    took_s: float
    explanation: Explanation | None = None
    before: str | None = None

    @property
    def reason(self) -> Reason | None:
        """Why it stands as it does; None where nobody told."""
        return self.explanation.reason if self.explanation is not None else None


async def everywhere(site: Site, session: Session) -> list[Brought]:
    """All routes at once. One that fails keeps no other from arriving."""
    return list(await asyncio.gather(*(bring(site, session, route) for route in site.routes)))


async def bring(site: Site, session: Session, route: str) -> Brought:
    """One route; what a system refuses is told in what comes back. Raises UnknownPerson."""
    began, target = perf_counter(), site.routes[route].route.target.profile.name
    person = session.visitor.object_id

    def brought(came: Came, explanation: Explanation | None, before: str | None = None) -> Brought:
        return Brought(route, target, came, round(perf_counter() - began, 1), explanation, before)

    if site.starts[route] is Starts.ON_SCHEDULE:
        return brought(Came.LATER, await _explained(site, person, route))
    try:
        pulled = await _pulled(site, session, route)
        if pulled is not None:
            return brought(Came.PULLED, pulled)
        outcome, explanation = await by_samepic(site, person, route)
        came = _came(outcome)
        before = await _before(site, person, route) if came is Came.WRITTEN else None
        return brought(came, explanation, before)
    except (SystemFault, OSError) as fault:
        _log.warning("a picture was not brought", extra={"facts": {"route": route, "saw": type(fault).__name__}})
        return brought(Came.FAILED, None)


async def by_samepic(site: Site, person: str, route: str) -> tuple[RunOutcome, Explanation | None]:
    """As a request, without the system's own way; and how it stands then. Raises UnknownPerson, SystemFault."""
    outcome = await site.routes[route].engine.sync([person])
    explanation = await _explained(site, person, route)
    carried = await _carried(site, person, route, explanation)
    return (outcome, explanation) if carried is None else (carried, await _explained(site, person, route))


def _came(outcome: RunOutcome) -> Came:
    if outcome.failed or outcome.stopped:
        return Came.FAILED
    return Came.WRITTEN if outcome.written or outcome.cleared else Came.NOTHING


async def _explained(site: Site, person: str, route: str) -> Explanation | None:
    try:
        return await explained(site, person, route, fresh=True)
    except SystemFault:
        return None


async def _carried(site: Site, person: str, route: str, explanation: Explanation | None) -> RunOutcome | None:
    """The picture that the person gave a moment ago, brought out of the vault where the source does not show it yet.

    Else the earlier one would be brought, or nothing. It stands there as a person's word until the source changes.
    """
    given = explanation.systems[0].given if explanation is not None else None
    if site.giving is None or given is None or given.shown or given.picture is None:
        return None
    past = await site.giving.engine.keeper.past(person)
    kept = next((one for one in past.kept if one.sha256 == given.picture), None)
    if kept is None:
        return None
    engine = site.routes[route].engine
    await engine.keeper.adopt(person, kept)
    return await engine.restore(Wanted((person,), picture=kept.sha256))


async def _before(site: Site, person: str, route: str) -> str | None:
    past = await site.routes[route].engine.keeper.past(person)
    before = past.changes[0].before if past.changes else NO_PICTURE
    return str(before) if isinstance(before, str) and before in past.present else None


async def _pulled(site: Site, session: Session, route: str) -> Explanation | None:
    """How it stands where the system has fetched the picture by itself; None where Samepic has to write it.

    Only where nothing is there that would be lost: the system's own way keeps no copy of what it replaces.
    """
    of = site.routes[route].route
    sides = (of.source.profile.name, of.target.profile.name)
    if site.pull is None or session.refresh_token is None or sides != ("exchange_online", "sharepoint_online"):
        return None
    person = session.visitor.object_id
    before = await explained(site, person, route, fresh=True)
    if before.reason not in REPLACES_NOTHING or before.systems[1].sync_off:
        return None
    try:
        async with asyncio.timeout(PULL_S):
            await site.pull(session, session.visitor.address)
    except (SystemFault, TimeoutError) as fault:
        _log.info("SharePoint did not fetch a picture by itself", extra={"facts": {"saw": type(fault).__name__}})
        return None
    after = await explained(site, person, route, fresh=True)
    return after if after.reason is Reason.IN_STEP else None
