"""Whoever reads the portal in Norwegian or Latvian reads no sentence of it in English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from itertools import product

import pytest
from tests.portal.running import Guest, Portal

from samepic.model.decision import Action, Decision, Reason
from samepic.model.outcome import Explanation, SystemView
from samepic.model.person import NotEligible
from samepic.model.picture import GONE, NOT_TOLD, Stamp
from samepic.model.sayings import SAYINGS, saying
from samepic.planning.words import NOT_ELIGIBLE, REASONS, next_steps, words_for
from samepic.portal.pages.language import Speaker, words
from samepic.portal.pages.particulars import particulars
from samepic.portal.roles import Role

ROUTE = "exchange-to-sharepoint"
OTHERS = ("nb", "lv")
AS_IT_CAME = {"system.", "page."}
"""Names of products, and of languages."""


def english() -> set[str]:
    """Every sentence that is composed for a page, and is long enough to be one, up to where something fills it in."""
    said = [text for every in (REASONS, NOT_ELIGIBLE) for one in every.values() for text in astuple(one)]
    said += [text for reason in Reason for text in next_steps(reason)] + list(SAYINGS.values())
    for name, one in words("en").items():
        if not name.startswith(tuple(AS_IT_CAME)):
            said += [one] if isinstance(one, str) else list(one.values())
    return {start for text in said if len(start := text.split("{")[0].strip()) > 18}


ENGLISH = english()


def left_in_english(guest: Guest, address: str) -> set[str]:
    """What of a page is English: sentences of ours, and whatever says that it is."""
    seen = guest.ask(address)
    assert seen.status == 200 and seen.soup.main is not None, address
    told = " ".join(seen.soup.main.get_text(" ").split())
    return {one for one in ENGLISH if one in told} | {one.text for one in seen.soup.main.select("[lang=en]")}


@pytest.fixture(params=OTHERS)
def desk(request: pytest.FixtureRequest, portal: Portal) -> Guest:
    """Somebody of the helpdesk who reads another language."""
    return portal.visit(portal.somebody(Role.HELPDESK), request.param)


def one_of_each_case(portal: Portal) -> Iterator[tuple[str, str]]:
    """Somebody of every awkward sort that the world has."""
    cases = {str(one["case"]): str(one["id"]) for one in portal.at.control.people()}
    yield from sorted(cases.items())


def test_side_by_side(portal: Portal, desk: Guest) -> None:
    found = {}
    for case, person in one_of_each_case(portal):
        left = left_in_english(desk, f"/admin/people/{person}/routes/{ROUTE}")
        if left:
            found[case] = left
    assert found == {}


@pytest.mark.parametrize("system", ["entra_id", "exchange_online", "sharepoint_online"])
def test_a_system_that_is_tried_says_in_their_language_what_works(desk: Guest, system: str) -> None:
    seen = desk.post(f"/admin/systems/{system}")
    assert seen.status == 200 and seen.soup.main is not None
    told = [one.text for one in seen.soup.main.select("p, li")]
    assert len(told) > 2 and not seen.soup.main.select("[lang=en]"), told
    assert not {text for text in ENGLISH for one in told if text in one}


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_is_the_matter_with_somebody(language: str) -> None:
    t, told = Speaker(language), saying("put_back", run="r", at="2026-11-22 06:00")
    views = [
        SystemView("exchange_online", state, None, None, words="no picture") for state in (NOT_TOLD, GONE, Stamp("1"))
    ]
    left_out: list[NotEligible | None] = [None, *NotEligible]
    for reason, action, why, view in product(Reason, Action, left_out, views):
        said = words_for(Decision(action, reason), why)
        plain = astuple(said)[1:]
        one = Explanation("p", "P", ROUTE, (view, view), True, why, reason, action, told, *plain)
        shown = " ".join(map(str, particulars(t, one)))
        assert [text for text in ENGLISH if text in shown] == [], shown
        assert "lang=" not in shown, shown
