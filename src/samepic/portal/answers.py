"""What people see where something is not as they asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from litestar import MediaType
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect, Response

from samepic.engine import NotTaken
from samepic.engine.person import UnknownPerson
from samepic.imaging import PictureFault
from samepic.model.text import one_line
from samepic.portal.api.shapes import Fault
from samepic.portal.asked import Asked
from samepic.portal.authentication import API
from samepic.portal.pages.language import Speaker, language_of
from samepic.portal.pages.render import page
from samepic.portal.person.errands import GoesOn, TooMany
from samepic.portal.person.part import part
from samepic.portal.person.upload import NotSaid, Refusal, problem_of
from samepic.portal.person.upload import refused as not_taken_page
from samepic.ports.errors import SystemFault
from samepic.ports.state import StateUnusable
from samepic.ports.vault import VaultUnusable

_log = logging.getLogger("samepic.portal")

_CODES = {400: "bad", 403: "forbidden", 404: "nothing", 405: "nothing", 409: "conflict", 413: "large", 429: "often"}
_PAGES = {400: "bad", 403: "forbidden", 404: "nothing", 405: "nothing", 413: "large", 429: "often"}


def not_signed_in(request: Asked, error: NotAuthorizedException) -> Response[Any]:
    """A page leads to the sign-in and back; what changes something does not: its form is gone by then."""
    if _of_the_api(request):
        words = "send Authorization: Bearer with a token that holds; `samepic token create` makes one"
        return _fault(401, "not_signed_in", words, {"www-authenticate": "Bearer"})
    if request.headers.get("hx-request") == "true":
        return Response("", status_code=401, headers={"hx-redirect": "/"})
    if request.method != "GET":
        return Redirect("/sign-in", status_code=303)
    query = f"?{request.url.query}" if request.url.query else ""
    return Redirect("/sign-in", query_params={"to": f"{request.url.path}{query}"})


def refused(request: Asked, error: HTTPException) -> Response[Any]:
    """Anything that the visitor, or the address, is at fault for."""
    status = error.status_code
    if status >= 500:
        return broken(request, error)
    if _of_the_api(request):
        return _fault(status, _CODES.get(status, "bad"), _told(error), error.headers)
    shown = page(request, "error.html", status=status, kind=_PAGES.get(status, "bad"))
    shown.headers.update(error.headers or {})
    return shown


def unknown(request: Asked, error: UnknownPerson) -> Response[Any]:
    """The census knows nobody so."""
    if _of_the_api(request):
        return _fault(404, "nobody", str(error))
    return page(request, "error.html", status=404, kind="nobody")


def unreachable(request: Asked, error: SystemFault | StateUnusable | VaultUnusable) -> Response[Any]:
    """A system, or the state, does not answer; it is not the visitor's fault, and may be over in a minute."""
    _log.warning("a page could not be shown", extra={"facts": {"path": one_line(request.url.path), "saw": str(error)}})
    if _of_the_api(request):
        return _fault(503, "away", str(error))
    return page(request, "error.html", status=503, kind="away")


def broken(request: Asked, error: Exception) -> Response[Any]:
    """Our fault: the log says what, the page says nothing of it."""
    _log.error("a page is broken", exc_info=error, extra={"facts": {"path": one_line(request.url.path)}})
    if _of_the_api(request):
        return _fault(500, "broken", "the log says what")
    return page(request, "error.html", status=500, kind="broken")


def going_on(request: Asked, error: GoesOn) -> Response[Any]:
    """What was asked for is under way, and nobody is to look at an empty window meanwhile."""
    if _of_the_api(request):
        return _fault(202, "goes_on", "it is under way, and goes on; GET …/going-on tells what came of it")
    return part(request, "person/going_on.html", "my.title", status=202)


def too_many(request: Asked, error: TooMany) -> Response[Any]:
    """Everybody comes at once."""
    if _of_the_api(request):
        return _fault(503, "often", "more is under way than this portal takes on; try again in a minute")
    return page(request, "error.html", status=503, kind="often")


def not_taken(request: Asked, error: Refusal) -> Response[Any]:
    """A file that is no picture, or no good as one."""
    problem = problem_of(error)
    if _of_the_api(request):
        return _fault(400, problem.replace(".", "_"), Speaker(language_of(request))(problem))
    return not_taken_page(request, error)


def _of_the_api(request: Asked) -> bool:
    return request.url.path.startswith(API)


def _fault(status: int, code: str, words: str, headers: Mapping[str, str] | None = None) -> Response[Any]:
    return Response(Fault(code, words), status_code=status, media_type=MediaType.JSON, headers=dict(headers or {}))


def _told(error: HTTPException) -> str:
    """The framework's words, and what they are about where it says that."""
    faults = error.extra if isinstance(error.extra, list) else []
    about = [f"{one.get('key', '')}: {one.get('message', '')}" for one in faults if isinstance(one, dict)]
    return "; ".join([error.detail, *about])


HANDLERS: dict[int | type[Exception], Callable[[Any, Any], Response[Any]]] = {
    NotAuthorizedException: not_signed_in,
    HTTPException: refused,
    UnknownPerson: unknown,
    SystemFault: unreachable,
    StateUnusable: unreachable,
    VaultUnusable: unreachable,
    GoesOn: going_on,
    TooMany: too_many,
    PictureFault: not_taken,
    NotTaken: not_taken,
    NotSaid: not_taken,
    Exception: broken,
}
"""By the most general exception that each is for."""
