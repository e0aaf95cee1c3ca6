"""The sentences of the pages: there in each language, used, none missing, true where a translation once was not."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from starlette.requests import Request
from tests.conftest import RunningTenant
from tests.visitor import Visitor

import localtenant
from localtenant.pages.language import COOKIE, LANGUAGES, language_of, words

SOURCES = Path(localtenant.__file__).parent
SECTION = "|".join(sorted({name.split(".")[0] for name in words("en")}))
NAME = re.compile(rf"""["']((?:{SECTION})\.(?!html|svg|aspx|css)[a-z_0-9]+)["']""")


def used() -> set[str]:
    files = [
        *(SOURCES / "pages" / "templates").glob("*.html"),
        *SOURCES.glob("home/*.py"),
        *SOURCES.glob("authority/*.py"),
    ]
    return {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_and_used(language: str) -> None:
    assert set(words(language)) == used()


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_have_the_same_places_to_fill_in(language: str) -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for name, text in words(language).items():
        assert places(text) == places(words("en")[name]), name
        assert text == text.strip(), name
        assert text, name


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    same = {name for name, text in words(language).items() if text == words("en")[name]}
    assert not same


@pytest.mark.parametrize(
    ("language", "negation"),
    [
        ("en", ", not from the directory (Azure Active Directory"),
        ("nb", ", ikke fra katalogen (Azure Active Directory"),
        ("lv", ", nevis no direktorija (Azure Active Directory"),
    ],
)
def test_each_language_says_that_pictures_do_not_come_from_the_directory(
    shared_tenant: RunningTenant, language: str, negation: str
) -> None:
    page = Visitor(shared_tenant.url, language).ask("/help/picture-sync")
    marked = page.soup.select_one("[data-fact=source]")
    assert marked is not None
    assert "Exchange Online" in marked.text
    assert negation in marked.text
    html = page.soup.html
    assert html is not None
    assert html["lang"] == language


def asked(header: str = "", query: str = "", cookie: str = "") -> Request:
    headers = [(b"accept-language", header.encode()), (b"cookie", f"{COOKIE}={cookie}".encode() if cookie else b"")]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "en"),
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("no", "nb"),
        ("nn-NO, en;q=0.5", "nb"),
        ("lv", "lv"),
        ("en;q=0.5, lv;q=0.9", "lv"),
        ("lv;q=0, nb;q=0.1", "nb"),
        ("de, lv;q=x, nb", "nb"),
        ("LV-LV", "lv"),
    ],
)
def test_the_browser_says_which_language(header: str, language: str) -> None:
    assert language_of(asked(header)) == language


def test_a_choice_beats_the_browser_and_is_remembered() -> None:
    assert language_of(asked("nb", query="lang=lv")) == "lv"
    assert language_of(asked("nb", cookie="lv")) == "lv"
    assert language_of(asked("nb", query="lang=en", cookie="lv")) == "en"
    assert language_of(asked("nb", query="lang=../../x", cookie="y")) == "nb"


def test_a_choice_keeps_the_rest_of_the_address(shared_tenant: RunningTenant) -> None:
    visitor = Visitor(shared_tenant.url)
    door = visitor.follow(visitor.ask("/"))
    link = door.soup.select_one(".languages a[hreflang=lv]")
    assert link is not None
    latvian = visitor.ask(door.url.split("?")[0] + str(link["href"]))
    heading = latvian.soup.select_one("h1")
    assert heading is not None
    assert heading.text == "Pierakstīties"
    assert "state=" in latvian.url
    assert "Kā pievienot savu attēlu" in visitor.ask("/help/add-your-picture").text
