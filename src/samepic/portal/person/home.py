"""The first page: a tile for each system that shows people's pictures, and the word that brings one's own there."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.engine.served import Side
from samepic.model.decision import Reason
from samepic.model.outcome import Explanation, RunOutcome, SystemView
from samepic.model.timing import Starts
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.pictures import address_of
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site


@dataclass(frozen=True, slots=True)
class Shown:
    """One side of a tile: the system, and where its picture is served; None where it shows none."""

    system: str
    picture: str | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One route, as it stands for the visitor. reason: what is told; can_bring: whether asking is any use."""

    route: str
    source: Shown
    target: Shown
    reason: Reason
    explanation: Explanation
    can_bring: bool


@get("/", opt=open_to(Role.PERSON))
async def home(site: TheSite, request: Asked) -> Response[str]:
    """The tiles, empty: what each shows comes by itself, so that nobody waits for a slow system."""
    return page(request, "home.html", routes=_named(site))


@get("/tiles/{route:str}", opt=open_to(Role.PERSON))
async def tile(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """One tile, filled; a whole page where no script asked for it."""
    return await _answer(site, request, await _tile(site, request, route), None, 0.0)


@post("/tiles/{route:str}", opt=open_to(Role.PERSON), status_code=200)
async def bring(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """Bring the visitor's picture along a route, now."""
    _known(site, route)
    began = perf_counter()
    outcome = await site.routes[route].engine.sync([request.user.object_id])
    took = perf_counter() - began
    return await _answer(site, request, await _tile(site, request, route), outcome, took)


async def _answer(site: Site, request: Asked, filled: Tile, outcome: RunOutcome | None, took_s: float) -> Response[str]:
    template = "person/tile.html" if request.headers.get("hx-request") == "true" else "person/tile_page.html"
    return page(request, template, tile=filled, outcome=outcome, took=round(took_s, 1))


async def _tile(site: Site, request: Asked, route: str) -> Tile:
    _known(site, route)
    explanation = await site.routes[route].engine.explain(request.user.object_id)
    source, target = explanation.systems
    starts = site.starts[route]
    return Tile(
        route,
        _shown(route, Side.SOURCE, source),
        _shown(route, Side.TARGET, target),
        explanation.reason,
        explanation,
        starts is not Starts.ON_SCHEDULE and explanation.eligible,
    )


def _shown(route: str, side: Side, view: SystemView) -> Shown:
    return Shown(view.system, address_of(route, side, view.state) if isinstance(view.state, str) else None)


def _known(site: Site, route: str) -> None:
    if route not in site.routes:
        raise NotFoundException


def _named(site: Site) -> list[tuple[str, str]]:
    """Routes with their target systems."""
    return [(name, assembly.route.target.profile.name) for name, assembly in site.routes.items()]
