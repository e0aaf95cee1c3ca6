"""The administration in a browser: each page by WCAG, on a phone by night, at a desk by day; its tasks by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.test_the_pages_are_for_everybody import examine
from tests.browser.test_the_portal_is_for_everybody import enter
from tests.browser.window import NARROW, WIDE, window
from tests.portal.administered import Administered, Clock, administered

from samepic.engine.engine import new_run
from samepic.jobs import Sweeps
from samepic.model.plan import PlanId
from samepic.portal.roles import Role

ROUTE = "exchange-to-sharepoint"


@pytest.fixture(scope="module", autouse=True)  # before the browser, whose loop would be in the way of a command's
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    with administered(tmp_path_factory.mktemp("administration")) as made:
        yield made


def pages(at: Administered) -> list[str]:
    run = at.state.runs.latest_sweep(ROUTE)
    assert run is not None
    areas = ["/admin", "/admin/runs", "/admin/plans", "/admin/people", "/admin/systems", "/admin/audit"]
    single = [f"/admin/runs/{run.run}", f"/admin/plans/{ROUTE}/{at.plan}"]
    return [*areas, *single, f"/admin/people/{at.odd[0]}", f"/admin/people/{at.odd[-1]}"]


@pytest.mark.parametrize(("scheme", "size"), [("dark", NARROW), ("light", WIDE)], ids=["dark phone", "light desk"])
def test_no_page_breaks_a_rule_of_wcag(browser: Browser, at: Administered, scheme: str, size: dict[str, int]) -> None:
    foreign: list[str] = []
    complaints: list[str] = []
    url = at.portal.url
    with window(browser, java_script_enabled=True, color_scheme=scheme, viewport=size) as page:
        enter(page, at.portal, at.portal.somebody(Role.ADMINISTRATOR))
        page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith((url, "data:")) else None)
        page.on("console", lambda message: complaints.append(message.text))
        for path in pages(at):
            page.goto(url + path)
            if "/admin/people/" in path:
                page.wait_for_selector(".pair")
            examine(page, path)
    assert not foreign, "no request leaves for another origin"
    assert complaints == [], "nothing is blocked by our own policy"


def tab_to(page: Page, selector: str) -> None:
    """With the Tab key alone."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the Tab key does not lead to {selector}")


def test_a_held_plan_is_approved_by_keyboard_without_scripts(browser: Browser, at: Administered) -> None:
    with window(browser) as page:
        enter(page, at.portal, at.portal.somebody(Role.ADMINISTRATOR, number=1))
        tab_to(page, "a[href='/admin']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin")
        tab_to(page, ".need a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/admin/plans/**")
        tab_to(page, "#why")
        page.keyboard.type("A new photographer")
        tab_to(page, "button[formaction$=approve]")
        page.keyboard.press("Enter")
        page.wait_for_selector(".tag.approved")
        assert "A new photographer" in page.locator(".events").inner_text()
    record = at.state.plans.of(ROUTE, PlanId(at.plan))
    assert record is not None and (record.standing.value, record.said.why) == ("approved", "A new photographer")


def test_somebody_is_found_and_resynced_by_keyboard(browser: Browser, at: Administered) -> None:
    person = at.portal.somebody(number=1)
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    with window(browser, java_script_enabled=True) as page:
        enter(page, at.portal, at.portal.somebody(Role.HELPDESK))
        page.goto(f"{at.portal.url}/admin/people")
        tab_to(page, "input[name=q]")
        page.keyboard.type(user.upn)
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        tab_to(page, ".who a")
        page.keyboard.press("Enter")
        page.wait_for_selector("section .pair")
        tab_to(page, "section button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".good")
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


def test_a_run_is_watched_while_it_goes_on(browser: Browser, at: Administered) -> None:
    """By the script and its stream; the plain page has a link that looks again."""
    run = Sweeps(at.state, Clock(), new_run, "a test").start(ROUTE, why="a test")
    record = at.state.runs.of(run)
    assert record is not None
    with window(browser, java_script_enabled=True) as page:
        enter(page, at.portal, at.portal.somebody(Role.HELPDESK))
        page.goto(f"{at.portal.url}/admin/runs/{run}")
        assert page.locator("#progress .tag.running").count() == 1
        assert page.locator(f"a[href='/admin/runs/{run}']").count() == 1
        at.state.sweeps.over(run)
        at.state.runs.end(replace(record, state="interrupted", ended_at=Clock().now()), {}, None, None)
        page.wait_for_selector("#progress .tag.interrupted")
