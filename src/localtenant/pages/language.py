"""Which language a page speaks, and its words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from starlette.requests import Request

LANGUAGES = {"en": "English", "nb": "Norsk bokmål", "lv": "Latviešu"}
"""By the code that the page's `lang` says; the first is everybody else's."""

SAME_AS = {"no": "nb", "nn": "nb"}
"""Who asks for Norwegian, or for Nynorsk, reads Bokmål with less trouble than English."""

COOKIE = "localtenant-language"
CATALOGUES = Path(__file__).parent / "catalogues"

Say = Callable[..., str]


def chosen(request: Request) -> str | None:
    """The language that this very request chooses, to be remembered; None where it chooses none."""
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in LANGUAGES else None


def language_of(request: Request) -> str:
    """By choice now, by choice before, by what the browser asks for, in that order."""
    remembered = request.cookies.get(COOKIE, "")
    return (
        chosen(request)
        or (remembered if remembered in LANGUAGES else None)
        or _preferred(request.headers.get("accept-language", ""))
    )


@cache
def words(language: str) -> dict[str, str]:
    """A language's sentences by `section.name`."""
    loaded = tomllib.loads((CATALOGUES / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, entries in loaded.items() for name, text in entries.items()}


def speaker(language: str) -> Say:
    """`say("section.name", field=value)`; an unknown name is an error, never an empty place on a page."""
    catalogue = words(language)

    def say(name: str, /, **fields: object) -> str:
        return catalogue[name].format(**fields)

    return say


def _preferred(header: str) -> str:
    """The first language that we have, by the browser's own weights (RFC 9110 §12.5.4)."""
    weighed = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        code = tag.split("-")[0].casefold()
        if weight > 0:
            weighed.append((-weight, place, SAME_AS.get(code, code)))
    return next((code for _, _, code in sorted(weighed) if code in LANGUAGES), "en")
