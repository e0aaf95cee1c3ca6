"""How a route of the API is declared: its least role, the faults that it may answer with, and its parameters' types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK

from samepic.portal.api.shapes import Fault
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.wiring import Assembly

Key = Annotated[str, PathParameter(min_length=1, max_length=320, description="an object id, UPN or mail address")]
Name = Annotated[str, PathParameter(min_length=1, max_length=100)]
OneRoute = Annotated[str | None, QueryParameter(name="route", max_length=100, description="all of them if left out")]
HowMany = Annotated[int, QueryParameter(ge=1, le=200)]

Handler = Callable[..., Any]
Declared = Callable[[Handler], HTTPRouteHandler]

_WORDS = {202: "under way, and not done yet: ask for what came of it", 400: "not understood"}
_WORDS |= {401: "no token that holds", 403: "not this token's to do", 404: "no such thing", 409: "not as it stands"}
_WORDS |= {413: "larger than any such request", 429: "too often", 503: "a system, or the state, does not answer"}


def _faults(*statuses: int) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(Fault, generate_examples=False, description=_WORDS[status])
        for status in (400, 401, 403, 429, 503, *statuses)
    }


def looks(path: str, role: Role, *statuses: int, **more: Any) -> Declared:
    """A route that changes nothing. more: what else the framework is to know of it."""
    small = str(more.get("media_type", "")).startswith(("image/", "application/zip"))
    opt = open_to(role) | (AS_IT_IS if small else {})
    return get(path, opt=opt, include_in_schema=True, responses=_faults(*statuses), **more)


def does(path: str, role: Role, *statuses: int, **more: Any) -> Declared:
    """A route that does something, with a body of bounded size."""
    faults = _faults(413, *statuses)
    return post(path, opt=open_to(role), include_in_schema=True, status_code=HTTP_200_OK, responses=faults, **more)


def chosen(site: Site, only: str | None) -> list[Assembly]:
    """The one route that is named, or all. Raises NotFoundException."""
    if only is not None and only not in site.routes:
        raise NotFoundException(f"there is no route {only}; there are: {', '.join(site.routes)}")
    return [site.routes[only]] if only is not None else list(site.routes.values())
