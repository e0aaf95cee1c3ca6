"""What each system shows of the visitor now."""

from __future__ import annotations

import asyncio
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


@dataclass(frozen=True, slots=True)
class Apart:
    """What a route's systems say each by itself, where they could not be told together. views: None of one that is
    silent. silent: names of systems that did not answer, the census among them; none where each did, alone."""

    views: tuple[SystemView | None, SystemView | None]
    silent: tuple[str, ...]


async def told(site: Site, person: str, route: str, *, fresh: bool = False) -> Explanation | Apart:
    """How a route stands for somebody; where that cannot be told, each system by itself. Raises UnknownPerson."""
    try:
        return await explained(site, person, route, fresh=fresh)
    except SystemFault:
        return await apart(site, person, route)


async def standing(site: Site, person: str) -> tuple[list[Showing], list[Explanation]]:
    """What every system shows, each once, sources first; and the explanations of the routes that answered."""
    names = list(site.routes)
    every = await asyncio.gather(*(told(site, person, name) for name in names))
    found: dict[str, Showing] = {}
    for name, one in zip(names, every, strict=True):
        past = await past_of(site, person, name)
        for side in shown_or_silent(site, person, name, one, past):
            known = found.get(side.system)
            if side.silent:
                found.setdefault(side.system, side)
            elif known is None or known.silent or (known.is_source and not side.is_source):
                found[side.system] = side
    return sorted(found.values(), key=lambda one: not one.is_source), [
        one for one in every if isinstance(one, Explanation)
    ]


def coming(site: Site) -> list[Showing]:
    """Of whom `standing` tells, in its order, before anybody is asked: a page keeps room for them."""
    found: dict[str, Showing] = {}
    for assembly in site.routes.values():
        for side, of in zip(Side, (assembly.route.source, assembly.route.target), strict=True):
            name, known = of.profile.name, found.get(of.profile.name)
            if known is None or (known.is_source and side is Side.TARGET):
                found[name] = Showing(name, opens=site.opens.get(name), is_source=side is Side.SOURCE)
    return sorted(found.values(), key=lambda one: not one.is_source)


async def apart(site: Site, person: str, route: str) -> Apart:
    """Each of a route's systems asked by itself. Raises UnknownPerson."""
    engine, of = site.routes[route].engine, site.routes[route].route
    known = {system.profile.name for system in (of.census, of.source, of.target)}

    async def alone(side: Side, system: str) -> tuple[SystemView | None, str]:
        what = f"{person} {side.value} of {route}"
        try:
            return await site.errands.look(what, lambda: engine.shown_by(person, side), within_s=ALONE_S), ""
        except SystemFault as fault:  # of the portal's own patience it is no other's name
            return None, fault.system if fault.system in known else system

    source, target = await asyncio.gather(
        alone(Side.SOURCE, of.source.profile.name), alone(Side.TARGET, of.target.profile.name)
    )
    silent = dict.fromkeys(name for _, name in (source, target) if name)
    return Apart((source[0], target[0]), tuple(silent))


async def past_of(site: Site, person: str, route: str) -> Past | None:
    """Somebody of whom nothing is remembered is looked for in the census, which may be what is silent."""
    try:
        return await site.routes[route].engine.keeper.past(person)
    except SystemFault:
        return None


def shown_or_silent(
    site: Site, person: str, route: str, one: Explanation | Apart, past: Past | None = None
) -> tuple[Showing, Showing]:
    """Both sides of a route as a page shows them, though one does not answer."""
    views = one.systems if isinstance(one, Explanation) else one.views
    of = site.routes[route].route

    def shown(side: Side, system: str, view: SystemView | None) -> Showing:
        if view is None:
            return Showing(system, opens=site.opens.get(system), is_source=side is Side.SOURCE, silent=True)
        return showing(site, person, route, side, view, past)

    source, target = of.source.profile.name, of.target.profile.name
    return shown(Side.SOURCE, source, views[0]), shown(Side.TARGET, target, views[1])


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
