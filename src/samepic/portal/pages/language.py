"""Which language a page speaks, its words, and its way with numbers and dates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError, dates, negotiate_locale, numbers
from litestar import Request

LANGUAGES = {"en": "English", "nb": "Norsk bokmål", "lv": "Latviešu"}
"""By the code that the page's `lang` says; the first is everybody else's."""

COOKIE = "samepic-language"
_SAME_AS = {"no": "nb", "nn": "nb"}  # who asks for Nynorsk reads Bokmål with less trouble than English
_LOCALES = {"en": Locale("en", "GB"), "nb": Locale("nb"), "lv": Locale("lv")}  # the day before the month

Words = Mapping[str, str | Mapping[str, str]]


def chosen(request: Request[Any, Any, Any]) -> str | None:
    """The language that this very request chooses, to be remembered; None where it chooses none."""
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in LANGUAGES else None


def language_of(request: Request[Any, Any, Any]) -> str:
    """By choice now, by choice before, by what the browser asks for, in that order."""
    remembered = request.cookies.get(COOKIE, "")
    return chosen(request) or (remembered if remembered in LANGUAGES else _preferred(request))


def _preferred(request: Request[Any, Any, Any]) -> str:
    accepted = [one for one, _ in _weighed(request.headers.get("accept-language", ""))]
    return negotiate_locale(accepted, list(LANGUAGES), sep="-") or "en"


def _weighed(header: str) -> list[tuple[str, float]]:
    """Tags with their weights, the heaviest first (RFC 9110 §12.5.4); of a hostile header the beginning only."""
    found = []
    for part in header[:500].split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        code = tag.split("-")[0].casefold()
        try:
            Locale.parse(code)
        except (UnknownLocaleError, ValueError, TypeError):
            continue
        if weight > 0:
            found.append((_SAME_AS.get(code, code), weight))
    return sorted(found, key=lambda one: -one[1])


@cache
def words(language: str) -> Words:
    """A language's sentences by `section.name`; those that count something, by plural form."""
    text = files("samepic.portal.pages").joinpath(f"catalogues/{language}.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": said for section, entries in tomllib.loads(text).items() for name, said in entries.items()
    }


class Speaker:
    """Speaks one language: `say("section.name", field=value)`; an unknown name is an error, never an empty place."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = _LOCALES[language]
        self._words = words(language)

    def __call__(self, name: str, /, **fields: object) -> str:
        """A sentence; where it counts, by `n`, which may have a fraction: Latvian counts 0,1 and 0,4 differently."""
        said = self._words[name]
        if not isinstance(said, str):
            count = fields["n"]
            if not isinstance(count, int | float):
                raise TypeError(f"{name} counts n")
            forms = said
            said = forms.get(self.locale.plural_form(count)) or forms["other"]
        shown = {key: self.number(value) if isinstance(value, int | float) else value for key, value in fields.items()}
        return said.format(**shown)

    def knows(self, name: str) -> bool:
        """Whether there is such a sentence."""
        return name in self._words

    def number(self, value: float) -> str:
        """1,234 or 1 234."""
        return _number(self.language, value)

    def share(self, value: float) -> str:
        """0.5 as 50%."""
        return _share(self.language, value)

    def moment(self, at: datetime) -> str:
        """A day and a time, in UTC, which the page says; in the order that the language has them in."""
        return _moment(self.language, at.astimezone(UTC).replace(second=0, microsecond=0))

    def clock(self, at: datetime) -> str:
        """A time of today's, in UTC, which the page says."""
        return dates.format_time(at.astimezone(UTC), "HH:mm", locale=self.locale)

    def day(self, at: datetime) -> str:
        """A day, in UTC."""
        return _day(self.language, at.astimezone(UTC).date())

    def ago(self, at: datetime, now: datetime) -> str:
        """`3 days ago`."""
        return dates.format_timedelta(at - now, add_direction=True, locale=self.locale)


_LATELY_SAID = 4_096
"""Of each kind, so many are remembered: Babel takes 30 µs for one, and a page has hundreds."""


@lru_cache(_LATELY_SAID)
def _number(language: str, value: float) -> str:
    return numbers.format_decimal(value, locale=_LOCALES[language])


@lru_cache(_LATELY_SAID)
def _share(language: str, value: float) -> str:
    return numbers.format_percent(value, locale=_LOCALES[language])


@lru_cache(_LATELY_SAID)
def _moment(language: str, at: datetime) -> str:
    told = dates.format_time(at, "short", locale=_LOCALES[language])
    together = str(dates.get_datetime_format("medium", locale=_LOCALES[language]))
    return together.replace("{0}", told).replace("{1}", _day(language, at.date()))


@lru_cache(_LATELY_SAID)
def _day(language: str, day: date) -> str:
    return dates.format_date(day, "medium", locale=_LOCALES[language])
