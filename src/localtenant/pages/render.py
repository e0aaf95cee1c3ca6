"""Templates to answers: the words of the visitor's language, escaped, under a strict content policy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from localtenant.pages.language import COOKIE, LANGUAGES, chosen, language_of, speaker
from localtenant.tenant import Tenant

YEAR_SECONDS = 365 * 24 * 3600


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("localtenant.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    tenant: Tenant,
    request: Request,
    template: str,
    *,
    status: int = 200,
    posts_to: Sequence[str] = (),
    script: str = "",
    **values: object,
) -> HTMLResponse:
    """A page in the visitor's language.

    posts_to: origins beside our own that a form's answer may lead to (browsers hold redirects to it).
    script: the CSP source of the page's one inline script, if it has one.
    """
    language = language_of(request)
    html = (
        _templates()
        .get_template(template)
        .render(
            t=speaker(language),
            lang=language,
            languages=[(code, name, _in_language(request, code)) for code, name in LANGUAGES.items()],
            organisation=organisation(tenant),
            **values,
        )
    )
    response = HTMLResponse(html, status, headers=_headers(tenant, posts_to, script))
    picked = chosen(request)
    if picked is not None:
        response.set_cookie(
            COOKIE, picked, max_age=YEAR_SECONDS, path="/", httponly=True, samesite="lax", secure=tenant.tls
        )
    return response


def organisation(tenant: Tenant) -> str:
    """The organisation's name as people say it: `fjordlys.example` is Fjordlys."""
    return tenant.domain.split(".", maxsplit=1)[0].capitalize()


def _in_language(request: Request, code: str) -> str:
    """This address in another language, everything else of its query kept."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"?{urlencode([*pairs, ('lang', code)])}"


def _headers(tenant: Tenant, posts_to: Sequence[str], script: str) -> dict[str, str]:
    policy = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action " + " ".join(("'self'", *posts_to)),
        "base-uri 'none'",
        "frame-ancestors 'none'",
        *([f"script-src {script}"] if script else []),
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Vary": "Accept-Language, Cookie",
        **({"Strict-Transport-Security": "max-age=3600"} if tenant.tls else {}),
    }
