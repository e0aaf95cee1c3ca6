"""Each sentence is there in three languages, is used, and counts as the language does."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from string import Formatter

import pytest
from babel import Locale
from tests.portal.running import Portal

from samepic.imaging import Fault
from samepic.model.audit import OF_PEOPLE, Deed
from samepic.model.decision import Action, Reason
from samepic.model.held import Standing
from samepic.model.person import NotEligible
from samepic.model.sayings import SAYINGS
from samepic.planning.hold_words import HOLDS
from samepic.portal.admin.standing import GROUPS
from samepic.portal.answers import _PAGES
from samepic.portal.pages.language import LANGUAGES, Speaker, words
from samepic.portal.pages.particulars import BY_POLICY

NOTHING_TO_DO = {Reason.IN_STEP.value, Reason.KEPT.value, Reason.NOT_ELIGIBLE.value}
CAN = {one.value for every in (Reason, NotEligible) for one in every} - NOTHING_TO_DO
CAN |= {f"{reason.value}_done" for reason in BY_POLICY}
PAGES = files("samepic.portal.pages")
SOURCES = files("samepic.portal")


def forms(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    assert isinstance(said, dict)
    return list(said.values())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_nothing_is_missing_left_over_or_left_in_english(language: str) -> None:
    english, own = words("en"), words(language)
    assert english.keys() == own.keys()
    for name, said in own.items():
        assert set().union(*map(fields, forms(said))) == set().union(*map(fields, forms(english[name]))), name
        assert all(text.strip() == text and text for text in forms(said)), name
        if language != "en":
            assert said != english[name] or not re.search(r"[a-z]{4} [a-z]{2}", str(said)), f"{name} is in English"
        if not isinstance(said, str):
            wanted = set(Locale(language).plural_form.tags) | {"other"}
            assert set(said) == wanted, f"{name} counts otherwise in {language}"


def test_every_sentence_is_used() -> None:
    texts = [
        file.read_text(encoding="utf-8")
        for folder in (SOURCES, *(one for one in SOURCES.iterdir() if one.is_dir()))
        for file in folder.iterdir()
        if file.name.endswith(".py")
    ]
    templates = PAGES / "templates"
    texts += [
        file.read_text(encoding="utf-8")
        for folder in (templates, *(one for one in templates.iterdir() if one.is_dir()))
        for file in folder.iterdir()
        if file.name.endswith(".html")
    ]
    together = "\n".join(texts)
    spoken = set(re.findall(r"""\bt\(\s*["']([a-z_]+\.[a-z_]+)["']""", together))
    spoken |= set(re.findall(r"""part\(\s*request, "[^"]+", "([a-z_]+\.[a-z_]+)\"""", together))
    spoken |= set(re.findall(r"""["']((?:why|home)\.(?!html)[a-z_]+)["']""", together))
    by_part = {
        "reason.": {reason.value for reason in Reason},
        "error.": {*_PAGES.values(), "nobody", "away", "broken", "stale"},
        "not_eligible.": {one.value for one in NotEligible},
        "fault.": {*(fault.value for fault in Fault), "blank", "small"},
        "why.": {"samepic", "profile", "browser"},
        "upload.": {"no_file", "no_numbers"},
        "done.": {"failed", "refused", "not_eligible"},
        "sign_in.": {"stale", "declined", "refused", "unreachable", "unknown"},
        "system.": {"entra_id", "exchange_online", "portal", "sharepoint_online", "sign-in"},
        "looks.": set(OF_PEOPLE),
        "role.": {"helpdesk", "administrator", "program"},
        "given.": {"waits", "shown", "taken_away"},
        "state.": {reason.value for reason in Reason},
        "group.": set(GROUPS),
        "left_out.": {one.value for one in NotEligible},
        "deed.": {deed.value for deed in Deed},
        "standing.": {one.value for one in Standing},
        "action.": {one.value for one in Action},
        "run_kind.": {"plan", "sync", "incremental_plan", "incremental", "request", "restore_plan", "restore"},
        "run_state.": {"running", "done", "held", "failed", "interrupted"},
        "need.": {"plan_waits", "run_failed", "never_run", "long_ago", "unfinished", "people_failed", "unwell"},
        "hold.": set(HOLDS),
        "plan.": {"why_missing", "not_waiting"},
        "said.": set(SAYINGS),
        "next.": {"leave", "write", "write_over", "clear", "wait", "alone", "finish"},
        "shown.": {"not_told", "gone", "placeholder"},
        "can.": CAN,
        "bulk.": {"nobody_chosen", "too_many"},
    }
    for part, names in by_part.items():
        spoken |= {part + name for name in names} | {f"{part}{name}_title" for name in names if part == "error."}
    assert spoken == set(words("en"))


def test_numbers_and_counts_follow_the_language() -> None:
    assert [Speaker(one).number(12345.5) for one in LANGUAGES] == ["12,345.5", "12\xa0345,5", "12\xa0345,5"]
    at = datetime(2026, 11, 5, 14, 20, tzinfo=UTC)
    told = ["5 Nov 2026, 14:20", "5. nov. 2026, 14:20", "2026. gada 5. nov. 14:20"]
    assert [Speaker(one).moment(at) for one in LANGUAGES] == told


@pytest.mark.parametrize(
    ("language", "count", "says"),
    [
        ("en", 1.0, "1 second."),
        ("en", 0.4, "0.4 seconds."),
        ("nb", 1, "1 sekund."),
        ("nb", 0.4, "0,4 sekunder."),
        ("lv", 0.1, "0,1 sekundi."),
        ("lv", 0.4, "0,4 sekundes."),
        ("lv", 1.0, "1 sekundi."),
        ("lv", 11, "11 sekunžu."),
        ("lv", 21, "21 sekundi."),
    ],
)
def test_seconds_agree_with_their_number(language: str, count: float, says: str) -> None:
    assert Speaker(language)("home.brought", n=count).endswith(says)


def test_quotation_marks_are_the_languages_own() -> None:
    marks = {"en": "“”", "nb": "«»", "lv": "„”"}
    every = set("".join(marks.values()) + '"')
    for language, own in marks.items():
        for name, said in words(language).items():
            assert every & set("".join(forms(said))) <= set(own), f"{name} in {language}"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb"),
        ("nn", "nb"),
        ("no", "nb"),
        ("lv;q=0.2, de, en;q=0.1", "lv"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        ("en;q=0, lv;q=x, nb", "nb"),
        (",;=" * 2000, "en"),
        ("../../etc", "en"),
    ],
)
def test_a_page_speaks_what_the_browser_asks_for(portal: Portal, accepted: str, language: str) -> None:
    seen = portal.visit(None).ask("/signed-out", Accept_Language=accepted)
    assert seen.soup.html is not None and seen.soup.html["lang"] == language


def test_a_choice_is_remembered(portal: Portal) -> None:
    guest = portal.visit(None)
    assert "Du er logget av" in guest.ask("/signed-out?lang=nb").text
    assert "Du er logget av" in guest.ask("/signed-out").text


def test_what_others_wrote_is_as_they_wrote_it() -> None:
    folder = PAGES / "static" / "vendor"
    listed = tomllib.loads((folder / "vendored.toml").read_text(encoding="utf-8"))["files"]
    assert {one["name"] for one in listed} == {
        one.name for one in folder.iterdir() if one.name.endswith((".js", ".css"))
    }
    for one in listed:
        assert sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"], one["name"]
        assert (folder / (one["name"].split(".")[0] + ".LICENSE")).is_file(), one["name"]
