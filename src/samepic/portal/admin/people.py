"""People: found by name, address or how they stand; one person's page; several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import QueryParameter
from litestar.response import Response

from samepic.engine.person import UnknownPerson
from samepic.engine.served import Side
from samepic.model.audit import Deed
from samepic.model.decision import Reason
from samepic.model.outcome import Explanation, RunOutcome, RunRecord
from samepic.model.past import Past
from samepic.model.picture import Answer
from samepic.model.plan import Step
from samepic.model.remembered import PersonGlance, Row
from samepic.portal.admin.entering import enter, enter_list, enter_look, enter_person
from samepic.portal.admin.standing import GROUPS
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.standing import Apart, told
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.portal.whom import people_of, person_of
from samepic.ports.people import PersonAt
from samepic.ports.progress import Silent

A_PAGE = 48
MOST_AT_ONCE = 50
"""People of one bulk action: what one request can do while somebody looks at it."""
MOST_PAST = 30

Words = Annotated[str, QueryParameter(max_length=100)]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of people. run: whose rows they are; more: what the next page begins after."""

    run: RunRecord | None
    rows: Sequence[PersonGlance]
    more: PersonAt | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for. state: a reason, a group of them, or `failed`."""

    words: str
    state: str
    route: str


class Told(Silent):
    """Keeps the steps of a request for a few people."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def decided(self, step: Step) -> None:
        """One more."""
        self.steps.append(step)


@get("/admin/people", opt=open_to(Role.HELPDESK))
async def people(
    site: TheSite,
    request: Asked,
    q: Words = "",
    standing: Annotated[str, QueryParameter(name="state", max_length=40)] = "",
    route: Annotated[str, QueryParameter(max_length=200)] = "",
    name: Annotated[str, QueryParameter(max_length=1_000)] = "",
    key: Annotated[str, QueryParameter(max_length=200)] = "",
) -> Response[str]:
    """A page of those who are looked for. name, key: the last one of the page before."""
    chosen = route if route in site.routes else next(iter(site.routes))
    wanted = Sought(q, standing if standing in _states() else "", chosen)
    found = await asyncio.to_thread(_found, site, wanted, (name, key))
    if found.run is not None:
        await enter_list(
            site, request, said_of(wanted, len(found.rows), further=bool(key)), [row.key for row in found.rows]
        )
    return page(
        request, "admin/people.html", found=found, wanted=wanted, groups=GROUPS, routes=list(site.routes), said=""
    )


@get("/admin/people/{key:str}", opt=open_to(Role.HELPDESK))
async def person(site: TheSite, request: Asked, key: PathText) -> Response[str]:
    """One person: who it is and what was done; what each system shows comes by itself."""
    whom = await person_of(site, key)
    known, remembered = await asyncio.to_thread(_known, site, whom)  # of others only the directory could tell
    pasts = [await _past(site, route, whom) for route in site.routes] if remembered or not known else []
    named = next((row.person.display_name for row in known if row.person.display_name), "")
    named = named or next((past.display_name for past in pasts if past and past.display_name), "")
    if not named and not known and not any(past and (past.kept or past.changes) for past in pasts):
        listed = await site.census.find(whom)
        if listed is None:
            raise UnknownPerson([key], site.census.profile.name)
        named = (listed.census.display_name if listed.census else "") or listed.keys.upn or key
    await enter_person(site, request, whom)
    return page(
        request,
        "admin/person.html",
        key=whom,
        name=named or whom,
        upn=next((row.person.keys.upn for row in known if row.person.keys.upn), ""),
        pasts=[past for past in pasts if past is not None],
        routes=[
            (of.route.name, of.route.source.profile.name, of.route.target.profile.name) for of in site.routes.values()
        ],
        most=MOST_PAST,
    )


@get("/admin/people/{key:str}/routes/{route:str}", opt=open_to(Role.HELPDESK))
async def doctor(site: TheSite, request: Asked, key: PathText, route: PathText) -> Response[str]:
    """What both sides of a route show of a person now, and why."""
    await enter_look(site, request, key)
    one = await _told(site, key, route)
    return await _side_by_side(site, request, key, route, one, None)


@post("/admin/people/{key:str}/routes/{route:str}", opt=open_to(Role.HELPDESK), status_code=200)
async def resync(site: TheSite, request: Asked, key: PathText, route: PathText) -> Response[str]:
    """Bring one person's picture, as they could themselves."""
    whom = await person_of(site, key)
    await _told(site, whom, route)  # nobody is entered of whom nobody knows
    await enter(site, request, Deed.RESYNCED, whom, route)
    outcome = await site.routes[route].engine.sync([whom])
    return await _side_by_side(site, request, whom, route, await _told(site, whom, route, fresh=True), outcome)


@post("/admin/bulk/{route:str}", opt=open_to(Role.ADMINISTRATOR), status_code=200)
async def bulk(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """Several people: what would be done; or, where the form says so, do it."""
    if route not in site.routes:
        raise NotFoundException
    form = await request.form()
    keys = list(dict.fromkeys(str(one) for one in form.getall("person", []) if len(str(one)) <= 200))
    if not keys or len(keys) > MOST_AT_ONCE:
        said = "nobody_chosen" if not keys else "too_many"
        return page(request, "admin/bulk.html", status=400, said=said, most=MOST_AT_ONCE, route=route)
    keys, doing, told = await people_of(site, keys), form.get("do") == "yes", Told()
    await enter(site, request, Deed.BULK_DONE if doing else Deed.BULK_TRIED, " ".join(keys), f"{route}: {len(keys)}")
    outcome = await site.routes[route].engine.sync(keys, dry_run=not doing, progress=told)
    return page(
        request,
        "admin/bulk.html",
        said="",
        most=MOST_AT_ONCE,
        route=route,
        keys=keys,
        steps=told.steps,
        outcome=outcome,
        done=doing,
    )


async def _side_by_side(
    site: Site, request: Asked, key: str, route: str, one: Explanation | Apart, outcome: RunOutcome | None
) -> Response[str]:
    """Both systems; of one that does not answer that, and what the other one shows."""
    part = request.headers.get("hx-request") == "true"
    template = "admin/side_by_side.html" if part else "admin/side_by_side_page.html"
    explanation, silent = (None, one.silent) if isinstance(one, Apart) else (one, ())
    name = (explanation.display_name or explanation.person) if explanation is not None else ""
    name = name or await asyncio.to_thread(_named, site, key) or key
    views = one.views if isinstance(one, Apart) else one.systems
    of = site.routes[route].route
    sides = [
        (side.value, system.profile.name, view, view is not None and not isinstance(view.state, Answer))
        for side, system, view in zip(Side, (of.source, of.target), views, strict=True)
    ]
    return page(
        request, template, key=key, route=route, name=name, one=explanation, silent=silent, sides=sides, outcome=outcome
    )


async def _told(site: Site, key: str, route: str, *, fresh: bool = False) -> Explanation | Apart:
    """Raises NotFoundException, UnknownPerson."""
    if route not in site.routes:
        raise NotFoundException
    return await told(site, key, route, fresh=fresh)


async def _past(site: Site, route: str, key: str) -> Past | None:
    try:
        return await site.routes[route].engine.keeper.past(key)
    except UnknownPerson:
        return None


def _known(site: Site, key: str) -> tuple[list[Row], bool]:
    """How the last run over everybody left somebody, on each route; and whether anything is remembered of them."""
    found = []
    for route in site.routes:
        run = site.state.people.met_by(route)
        row = site.state.people.of(run.run, key.casefold()) if run is not None else None
        if row is not None:
            found.append(row)
    return found, site.state.changes.known_as(key) is not None


def _named(site: Site, key: str) -> str:
    """As the last run over everybody, or what is remembered, has somebody; nothing where neither does."""
    whom = site.state.changes.known_as(key) or key.casefold()
    known, _ = _known(site, whom)
    memories = (site.state.memories.of(route, [whom]).get(whom) for route in site.routes)
    names = (*(row.person.display_name for row in known), *(one.display_name for one in memories if one is not None))
    return next((name for name in names if name), "")


def said_of(wanted: Sought, shown: int, *, further: bool) -> str:
    """What was looked for, without the words: they are a name, mostly."""
    said = [f"{shown} people of {wanted.route}"]
    said += ["by words"] if wanted.words.strip() else []
    said += [wanted.state] if wanted.state else []
    said += ["a further page"] if further else []
    return ", ".join(said)


def _states() -> set[str]:
    return {*GROUPS, *(reason.value for reason in Reason), "failed"}


def _found(site: Site, wanted: Sought, after: PersonAt) -> Found:
    run = site.state.people.met_by(wanted.route)
    if run is None:
        return Found(None, [], None)
    single = tuple(reason for reason in Reason if reason.value == wanted.state)
    reasons = GROUPS.get(wanted.state, ()) or single
    failed = wanted.state == "failed"
    rows = site.state.people.search(run.run, wanted.words, reasons, failed, after, A_PAGE + 1)
    last = rows[A_PAGE - 1] if len(rows) > A_PAGE else None
    return Found(run, rows[:A_PAGE], (last.stands_at, last.key) if last is not None else None)
