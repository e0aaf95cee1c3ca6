"""Templates to answers, in the visitor's language, everything in them escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request
from litestar.datastructures import Cookie
from litestar.response import Response

from samepic.engine.served import Side
from samepic.model.outcome import Explanation, GivenLately, SystemView
from samepic.portal.cookies import SESSION, named
from samepic.portal.headers import nonce_of
from samepic.portal.pages.assets import address_of
from samepic.portal.pages.language import COOKIE, LANGUAGES, Speaker, chosen, language_of
from samepic.portal.pages.particulars import particulars
from samepic.portal.pages.sayings import as_named, spoken
from samepic.portal.person.pictures import address_of as served_at
from samepic.portal.person.pictures import version_of
from samepic.portal.roles import Role
from samepic.portal.same_origin import FIELD, masked
from samepic.portal.sessions import Visitor
from samepic.portal.site import Site

_YEAR_SECONDS = 365 * 24 * 3600
_AREAS = ("/admin", "/my")
"""Where a page that a form led to cannot be asked for again."""


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("samepic.portal.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # else each answer asks the disk whether its templates have changed
    )
    made.globals |= {
        "asset": address_of,
        "Role": Role,
        "FIELD": FIELD,
        "picture_of": picture_of,
        "why": why,
        "given_words": given_words,
        "spoken": spoken,
        "as_named": as_named,
        "particulars": particulars,
    }
    made.filters |= {"version": lambda stamp: version_of("", stamp), "moments": _moments}
    return made


def page(request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: object) -> Response[str]:
    """A whole page, or for htmx a part of one: a template that extends nothing."""
    site: Site = request.app.state.site
    html = rendered(request, template, **values)
    picked = chosen(request)
    cookies = [] if picked is None else [_remembering(picked, site.secure)]
    headers = {"vary": "Accept-Language, Cookie", "content-language": language_of(request)}
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers, cookies=cookies)


def rendered(request: Request[Any, Any, Any], template: str, **values: object) -> str:
    """A template in the visitor's language, for a page or a part of one."""
    site: Site = request.app.state.site
    language, session = language_of(request), site.sessions.of(request.cookies.get(named(SESSION, site.secure), ""))
    return (
        _templates()
        .get_template(template)
        .render(
            t=Speaker(language),
            lang=language,
            languages=[(code, name, _in_language(request, code)) for code, name in LANGUAGES.items()],
            visitor=session and session.visitor,
            form_word=masked(session.form_word) if session else "",
            nonce=nonce_of(request),
            path=request.url.path,
            now=site.clock.now(),
            **values,
        )
    )


def _moments(fields: Mapping[str, object], t: Speaker) -> dict[str, object]:
    """A sentence's fields: times, and `system`, as the language has them."""
    said = {name: t.moment(one) if isinstance(one, datetime) else one for name, one in fields.items()}
    return said | ({"system": t(f"system.{said['system']}")} if "system" in said else {})


def picture_of(visitor: Visitor, route: str, view: SystemView) -> str | None:
    """Where the target's picture of the visitor is served; None where none is shown."""
    of = visitor.object_id
    return served_at(of, route, Side.TARGET, view.state) if isinstance(view.state, str) and not view.blanked else None


def why(t: Speaker, explanation: Explanation) -> str:
    """The reason in a sentence; of who takes no part, by which rule; of who just gave a picture, what they wait for."""
    if explanation.not_eligible is not None:
        return t(f"not_eligible.{explanation.not_eligible.value}")
    source = explanation.systems[0]
    if source.given is not None and not source.given.shown:
        return given_words(t, source.system, source.given)
    return t(f"reason.{explanation.reason.value}")


def given_words(t: Speaker, system: str, given: GivenLately) -> str:
    """What somebody who gave a picture a moment ago may see of it meanwhile."""
    name = "shown" if given.shown else "waits" if given.picture is not None else "taken_away"
    return t(f"given.{name}", system=t(f"system.{system}"), at=t.clock(given.at), until=t.clock(given.until))


def _remembering(language: str, secure: bool) -> Cookie:
    return Cookie(
        key=COOKIE, value=language, path="/", max_age=_YEAR_SECONDS, httponly=True, secure=secure, samesite="lax"
    )


def _in_language(request: Request[Any, Any, Any], code: str) -> str:
    """This address in another language, everything else of its query kept; after a form, the area's first page."""
    if request.method != "GET":
        areas = (area for area in _AREAS if request.url.path.startswith(area))
        return f"{next(areas, '/')}?{urlencode({'lang': code})}"
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"?{urlencode([*pairs, ('lang', code)])}"
