"""What each system shows of the visitor now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from samepic.engine.served import Side
from samepic.model.outcome import Explanation, GivenLately, SystemView
from samepic.model.past import Past
from samepic.portal.person.pictures import address_of
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault


@dataclass(frozen=True, slots=True)
class Showing:
    """One system. picture: where it is served, None where it shows none. silent: it did not answer.

    since: when the picture is known to be there; at_least: it may have been there before. same: as the source's.
    given: where the person gave a picture so lately that not every part of the system may show it; what it will show
    is shown in its stead.
    """

    system: str
    picture: str | None = None
    same: bool | None = None
    since: datetime | None = None
    at_least: bool = False
    opens: str | None = None
    is_source: bool = False
    silent: bool = False
    given: GivenLately | None = None


async def explained(site: Site, person: str, route: str, *, fresh: bool = False) -> Explanation:
    """As the engine explains it, within a page's patience. Raises what `explain` raises, Busy among it."""
    engine = site.routes[route].engine
    return await site.errands.look(f"{person} explain {route}", lambda: engine.explain(person), fresh=fresh)


ALONE_S = 3.0
"""So long a system is waited for that is asked by itself, after a page has waited for it and another together."""


async def standing(site: Site, person: str) -> tuple[list[Showing], list[Explanation]]:
    """What every system shows, each once, sources first; and the explanations of the routes that answered."""
    names = list(site.routes)
    told = await asyncio.gather(*(_told(site, person, name) for name in names))
    found: dict[str, Showing] = {}
    for name, one in zip(names, told, strict=True):
        route = site.routes[name].route
        views = one.systems if one is not None else await _each_alone(site, person, name)
        past = await _past(site, person, name)
        for side, system, view in zip(Side, (route.source, route.target), views, strict=True):
            named, is_source = system.profile.name, side is Side.SOURCE
            known = found.get(named)
            if view is None:
                found.setdefault(named, Showing(named, opens=site.opens.get(named), is_source=is_source, silent=True))
            elif known is None or known.silent or (known.is_source and not is_source):
                found[named] = showing(site, person, name, side, view, past)
    return sorted(found.values(), key=lambda one: not one.is_source), [one for one in told if one is not None]


async def _each_alone(site: Site, person: str, route: str) -> Sequence[SystemView | None]:
    """What each of a route's systems says where they could not be told together; None of one that does not answer."""
    engine = site.routes[route].engine

    async def alone(side: Side) -> SystemView | None:
        what = f"{person} {side.value} of {route}"
        try:
            return await site.errands.look(what, lambda: engine.shown_by(person, side), within_s=ALONE_S)
        except SystemFault:
            return None

    return await asyncio.gather(*(alone(side) for side in Side))


async def _past(site: Site, person: str, route: str) -> Past | None:
    """Somebody of whom nothing is remembered is looked for in the census, which may be what is silent."""
    try:
        return await site.routes[route].engine.keeper.past(person)
    except SystemFault:
        return None


async def _told(site: Site, person: str, route: str) -> Explanation | None:
    try:
        return await explained(site, person, route)
    except SystemFault:
        return None


def showing(site: Site, person: str, route: str, side: Side, view: SystemView, past: Past | None = None) -> Showing:
    """One side of a route, as a page shows it."""
    shown = view.state if isinstance(view.state, str) and not view.blanked else None
    since, at_least, given = view.changed_at, False, view.given
    picture = None if shown is None else address_of(person, route, side, shown)
    if given is not None and not given.shown:
        since, picture, past = given.at, _given_at(site, given), None
    if since is None and shown is not None and past is not None:
        kept = [one.kept_at for one in past.kept if one.system == view.system and one.stamp == shown]
        since, at_least = min(kept, default=None), True
    return Showing(
        view.system,
        picture,
        view.same_as_source if side is Side.TARGET else None,
        since if picture is not None else None,
        at_least,
        site.opens.get(view.system),
        side is Side.SOURCE,
        given=given,
    )


def _given_at(site: Site, given: GivenLately) -> str | None:
    """Where the vault's copy of it is served; None where it is none, or the portal takes none any more."""
    if site.giving is None or given.picture is None:
        return None
    return f"/my/past/{site.giving.route.name}/{given.picture}"
