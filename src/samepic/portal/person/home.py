"""The first page: a tile for each system that shows people's pictures, and the word that brings one's own there."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.model.decision import Reason
from samepic.model.outcome import Explanation
from samepic.model.timing import Starts
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.bringing import Brought
from samepic.portal.person.bringing import bring as along
from samepic.portal.person.part import part
from samepic.portal.person.standing import Apart, Showing, shown_or_silent, told
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site


@dataclass(frozen=True, slots=True)
class Tile:
    """One route, as it stands for the visitor. can_bring: whether asking is any use; acts: whether it ever is.

    explanation: None where it could not be told; then silent has the systems that did not answer.
    """

    route: str
    source: Showing
    target: Showing
    explanation: Explanation | None
    can_bring: bool
    acts: bool
    silent: tuple[str, ...] = ()

    @property
    def reason(self) -> Reason | None:
        """What is told; None where nobody knows."""
        return self.explanation.reason if self.explanation is not None else None


@get("/", opt=open_to(Role.PERSON))
async def home(site: TheSite, request: Asked) -> Response[str]:
    """The tiles, empty: what each shows comes by itself, so that nobody waits for a slow system."""
    return page(request, "home.html", tiles=_coming(site))


@get("/tiles/{route:str}", opt=open_to(Role.PERSON))
async def tile(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """One tile, filled; a whole page where no script asked for it."""
    _known(site, route)
    person = request.user.object_id
    return _answer(request, _tile(site, person, route, await told(site, person, route)), None)


@post("/tiles/{route:str}", opt=open_to(Role.PERSON), status_code=200)
async def bring(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """Bring the visitor's picture along a route, now."""
    _known(site, route)
    person = request.user.object_id
    brought = await site.errands.change(person, f"bring {route}", lambda: along(site, request.auth, route))
    one = brought.explanation or await told(site, person, route, fresh=True)
    return _answer(request, _tile(site, person, route, one), brought)


def _answer(request: Asked, filled: Tile, brought: Brought | None) -> Response[str]:
    return part(request, "person/tile.html", "home.title", tile=filled, brought=brought)


def _tile(site: Site, person: str, route: str, one: Explanation | Apart) -> Tile:
    source, target = shown_or_silent(site, person, route, one)
    acts = _acts(site, route)
    if isinstance(one, Apart):
        return Tile(route, source, target, None, can_bring=False, acts=acts, silent=one.silent)
    return Tile(route, source, target, one, acts and one.eligible, acts)


def _acts(site: Site, route: str) -> bool:
    return site.starts[route] is not Starts.ON_SCHEDULE


def _known(site: Site, route: str) -> None:
    if route not in site.routes:
        raise NotFoundException


def _coming(site: Site) -> list[Tile]:
    """What is known of each before anybody is asked: its page keeps room for the rest."""
    return [
        Tile(
            name,
            Showing(one.route.source.profile.name, is_source=True),
            Showing(one.route.target.profile.name, opens=site.opens.get(one.route.target.profile.name)),
            None,
            can_bring=False,
            acts=_acts(site, name),
        )
        for name, one in site.routes.items()
    ]
