"""What helpdesk and administrators do in the portal, by keyboard alone, with the page's scripts and without any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from tests.browser.visiting import Hands, visiting
from tests.portal.administered import ROUTE, Administered, Clock

from samepic.model.plan import PlanId
from samepic.model.sweeping import Going
from samepic.portal.roles import Role

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])


@pytest.fixture(autouse=True)
def waiting(at: Administered) -> Iterator[None]:
    """Each test finds the plan unsaid of."""
    yield
    at.wait_anew()


@WITH_AND_WITHOUT
@pytest.mark.parametrize("word", ["approve", "reject"])
def test_a_held_plan_has_its_word(browser: Browser, at: Administered, scripts: bool, word: str) -> None:
    admin = at.portal.somebody(Role.ADMINISTRATOR)
    with visiting(browser, at.portal, admin, java_script_enabled=scripts) as page:
        page.goto(at.portal.url)
        hands = Hands(page)
        hands.press("nav a[href='/admin']")
        hands.press(".need a")
        page.wait_for_url("**/admin/plans/**", wait_until="domcontentloaded")  # its faces come later
        hands.write("#why", "A new photographer")
        hands.press("button[formaction$=approve]" if word == "approve" else "form.word button.grave")
        said = {"approve": "approved", "reject": "rejected"}[word]
        page.wait_for_selector(f".tag.{said}")
        assert "A new photographer" in page.locator(".events").inner_text()
    record = at.state.plans.of(ROUTE, PlanId(at.plan))
    assert record is not None and (record.standing.value, record.said.why) == (said, "A new photographer")


@WITH_AND_WITHOUT
def test_somebody_is_found_understood_and_resynced(browser: Browser, at: Administered, scripts: bool) -> None:
    person = at.newcomer()
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    desk = at.portal.somebody(Role.HELPDESK)
    with visiting(browser, at.portal, desk, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/admin")
        hands = Hands(page)
        hands.press(".areas a[href='/admin/people']")
        hands.write("input[name=q]", user.upn)
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        hands.press(".who a")
        page.wait_for_url("**/admin/people/*")
        if not scripts:
            hands.press("section a")
        page.wait_for_selector("section .pair img.face, section .pair .none")  # both sides, and why
        hands.press("section summary")
        hands.press("section button")
        page.wait_for_selector(".good")
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


@WITH_AND_WITHOUT
def test_several_are_tried_then_done(browser: Browser, at: Administered, scripts: bool) -> None:
    person = at.newcomer()
    admin = at.portal.somebody(Role.ADMINISTRATOR)
    with visiting(browser, at.portal, admin, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/admin/people?q={person}")
        hands = Hands(page)
        hands.press("input[name=person]", "Space")
        hands.press(".bulk button")
        page.wait_for_url("**/admin/bulk/**")
        assert at.portal.at.control.picture(person, "sharepoint-l") is None, "first it is tried"
        hands.press("main form button")
        page.wait_for_selector(".good")
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


@WITH_AND_WITHOUT
def test_a_run_is_cancelled(browser: Browser, at: Administered, scripts: bool) -> None:
    admin = at.portal.somebody(Role.ADMINISTRATOR)
    with at.sweep() as run, visiting(browser, at.portal, admin, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/admin")
        hands = Hands(page)
        hands.press(".areas a[href='/admin/runs']")
        hands.press(f"a[href='/admin/runs/{run}']")
        hands.press("form[action$=cancel] button")
        page.wait_for_selector(".tag.running")
        page.wait_for_selector("form[action$=cancel]", state="detached")
        sweep = at.state.sweeps.of(run)
        assert sweep is not None and sweep.going is Going.ENDING


@WITH_AND_WITHOUT
def test_a_system_is_tried(browser: Browser, at: Administered, scripts: bool) -> None:
    desk = at.portal.somebody(Role.HELPDESK)
    with visiting(browser, at.portal, desk, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/admin")
        hands = Hands(page)
        hands.press(".areas a[href='/admin/systems']")
        hands.press("form[action$=sharepoint_online] button")
        page.wait_for_selector(".good")


def test_a_run_is_watched_while_it_goes_on(browser: Browser, at: Administered) -> None:
    """By the script and its stream; the plain page has a link that looks again."""
    desk = at.portal.somebody(Role.HELPDESK)
    with at.sweep() as run, visiting(browser, at.portal, desk) as page:
        record = at.state.runs.of(run)
        assert record is not None
        page.goto(f"{at.portal.url}/admin/runs/{run}")
        assert page.locator("#progress .tag.running").count() == 1
        assert page.locator(f"a[href='/admin/runs/{run}']").count() == 1
        at.state.sweeps.over(run)
        at.state.runs.end(replace(record, state="interrupted", ended_at=Clock().now()), {}, None, None)
        page.wait_for_selector("#progress .tag.interrupted")
