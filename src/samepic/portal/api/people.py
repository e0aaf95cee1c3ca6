"""One person: found, explained, brought; their past, and everything that is held about them. Several at once."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Response, Stream

from samepic.engine.served import Side
from samepic.model.audit import Deed
from samepic.model.decision import Reason
from samepic.model.text import keepable
from samepic.portal.admin.entering import enter, enter_list
from samepic.portal.admin.faces import LARGE_PX
from samepic.portal.admin.people import Sought, Told, said_of
from samepic.portal.admin.sessions import end_all
from samepic.portal.admin.standing import GROUPS
from samepic.portal.api.declared import HowMany, Key, Name, OneRoute, chosen, does, looks
from samepic.portal.api.shapes import Brought, Explained
from samepic.portal.api.shapes_of_people import Bulk, BulkOutcome, EndedSessions, FoundPeople, Group, Past, WayShown
from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.language import Speaker, language_of
from samepic.portal.person.giving import pasts, undoable
from samepic.portal.person.standing import explained
from samepic.portal.person.takeaway import zipped
from samepic.portal.person.way import way
from samepic.portal.roles import Role
from samepic.portal.sessions import Visitor
from samepic.portal.whom import people_of, person_of

Within = Annotated[str, QueryParameter(max_length=100, description="within a name or address, case aside")]
AfterName = Annotated[str, QueryParameter(max_length=1_000, description="`next.after_name` of the page before")]
AfterKey = Annotated[str, QueryParameter(max_length=320, description="`next.after_key` of the page before")]


@looks("/api/v1/people", Role.HELPDESK, 404)
async def search(
    site: TheSite,
    request: Asked,
    only: OneRoute = None,
    q: Within = "",
    reason: FromQuery[Reason | None] = None,
    group: FromQuery[Group | None] = None,
    failed: FromQuery[bool] = False,
    after_name: AfterName = "",
    after_key: AfterKey = "",
    limit: HowMany = 50,
) -> FoundPeople:
    """People by name, as they stand on a route; on the first if none is named. No system is asked.

    Those of a reason, of a group of reasons, or whose turn failed. `next` is what the next page is asked with.
    """
    assembly = chosen(site, only)[0]
    run = await asyncio.to_thread(site.state.people.met_by, assembly.route.name)
    if run is None:
        return FoundPeople(assembly.route.name, None, [], None)
    reasons = (reason,) if reason is not None else GROUPS[group] if group is not None else ()
    after = (keepable(after_name), keepable(after_key))
    wanted = (run.run, keepable(q), reasons, failed, after, limit + 1)
    rows = await asyncio.to_thread(site.state.people.search, *wanted)
    said = "failed" if failed else reason.value if reason is not None else group or ""
    sought = Sought(q, said, assembly.route.name)
    shown = [row.key for row in rows[:limit]]
    await enter_list(site, request, said_of(sought, len(shown), further=bool(after_key)), shown)
    return FoundPeople.of(assembly.route.name, run.run, rows, limit)


@looks("/api/v1/people/{person:str}", Role.HELPDESK, 404)
async def person(site: TheSite, request: Asked, person: Key, only: OneRoute = None) -> list[Explained]:
    """What each system shows of a person, and why, on each route. The systems are asked; nothing is written."""
    routes, whom = chosen(site, only), await person_of(site, person)
    await enter(site, request, Deed.LOOKED, whom)
    return [Explained.of(await explained(site, whom, assembly.route.name)) for assembly in routes]


@does("/api/v1/people/{person:str}/bring", Role.HELPDESK, 404)
async def bring(site: TheSite, request: Asked, person: Key, only: OneRoute = None) -> list[Brought]:
    """Bring a person's picture along each route, now. Never held."""
    routes, whom = chosen(site, only), await person_of(site, person)
    await enter(site, request, Deed.RESYNCED, whom)
    return [Brought.of(await assembly.engine.sync([whom])) for assembly in routes]


@looks("/api/v1/people/{person:str}/way", Role.HELPDESK, 404)
async def ways(site: TheSite, request: Asked, person: Key, only: OneRoute = None) -> list[WayShown]:
    """Why a picture is not showing: the way from its source to the screen, stop by stop, on each route.

    The sentences are in the language that Accept-Language asks for: English, Norwegian or Latvian.
    """
    routes, whom = chosen(site, only), await person_of(site, person)
    await enter(site, request, Deed.LOOKED, whom)
    t, now, found = Speaker(language_of(request)), site.clock.now(), []
    for assembly in routes:
        name = assembly.route.name
        told, past = await explained(site, whom, name), await assembly.engine.keeper.past(whom)
        found.append(WayShown.of(way(site, whom, name, told, past, now), t, now))
    return found


@looks("/api/v1/people/{person:str}/shown/{route:str}/{side:str}", Role.HELPDESK, 404, media_type="image/jpeg")
async def shown(site: TheSite, request: Asked, person: Key, route: Name, side: FromPath[Side]) -> Response[bytes]:
    """What one side of a route shows of a person at this moment: a square JPEG, drawn anew."""
    [assembly], whom = chosen(site, route), await person_of(site, person)
    await enter(site, request, Deed.LOOKED, whom)
    found = await assembly.engine.served(whom, side, LARGE_PX)
    if found is None:
        raise NotFoundException("it shows none")
    return Response(found[1].data, media_type="image/jpeg")


@looks("/api/v1/people/{person:str}/history", Role.HELPDESK, 404)
async def history(site: TheSite, request: Asked, person: Key) -> Past:
    """What was done to a person's picture, what is kept of it, and whether the latest change can be undone.

    Of whoever has left the directory too, as long as they are remembered.
    """
    whom = await person_of(site, person)
    await enter(site, request, Deed.LOOKED, whom)
    found = await pasts(site, whom)
    giving = site.giving.route.name if site.giving is not None else None
    return Past.of(whom, found, undoable(found, giving))


@looks("/api/v1/people/{person:str}/kept/{picture:str}", Role.ADMINISTRATOR, 404, media_type="image/jpeg")
async def kept(site: TheSite, request: Asked, person: Key, picture: Name) -> Response[bytes]:
    """One picture of a person's history: a square JPEG, drawn anew. Nobody else's, whatever its name."""
    whom = await person_of(site, person)
    await enter(site, request, Deed.LOOKED, whom)
    giving = [site.giving] if site.giving is not None else []
    for assembly in (*giving, *site.routes.values()):
        found = await assembly.engine.keeper.drawn(whom, picture, LARGE_PX) if len(picture) == 64 else None
        if found is not None:
            return Response(found.data, media_type="image/jpeg")
    raise NotFoundException("no such picture of theirs is kept")


@looks("/api/v1/people/{person:str}/takeaway", Role.ADMINISTRATOR, 404, media_type="application/zip")
async def takeaway(site: TheSite, request: Asked, person: Key) -> Stream:
    """Everything that is held about a person, as a zip."""
    whom = await person_of(site, person)
    await enter(site, request, Deed.TAKEN_AWAY, whom)
    found, listed = await pasts(site, whom), await site.census.find(whom)
    keys = listed.keys if listed is not None else None
    known = next((past.display_name for past in found.values() if past.display_name), "")
    name = listed.census.display_name if listed is not None and listed.census is not None else known
    theirs = Visitor(whom, name, keys.upn or "" if keys else "", Role.PERSON, keys.mail if keys else None)
    return zipped(site, theirs, found, Speaker(language_of(request)))


@does("/api/v1/people/{person:str}/end-sessions", Role.ADMINISTRATOR, 404)
async def end_sessions(site: TheSite, request: Asked, person: Key) -> EndedSessions:
    """Sign a person out of the portal in every browser. Whoever may still sign in at the provider may come again."""
    return EndedSessions(*await end_all(site, request, person))


@does("/api/v1/bulk/{route:str}", Role.ADMINISTRATOR, 404)
async def bulk(site: TheSite, request: Asked, route: Name, data: JSONBody[Bulk]) -> BulkOutcome:
    """Several people's pictures: what would be done; or, with `"dry_run": false`, do it."""
    [assembly], whom = chosen(site, route), await people_of(site, list(data.people))
    told, deed = Told(), Deed.BULK_TRIED if data.dry_run else Deed.BULK_DONE
    await enter(site, request, deed, " ".join(whom), f"{route}: {len(whom)}")
    outcome = await assembly.engine.sync(whom, dry_run=data.dry_run, progress=told)
    return BulkOutcome.of(data.dry_run, outcome, told.steps)


ROUTES: tuple[HTTPRouteHandler, ...] = (search, person, bring, ways, shown, history, kept, takeaway, end_sessions, bulk)
