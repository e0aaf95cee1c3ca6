"""What systems show comes a moment after its page: there is room for it, and what is below stays where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize
from tests.browser import looks
from tests.browser.visiting import visiting
from tests.browser.window import NARROW, WIDE
from tests.conftest import RunningTenant, tenant_of
from tests.portal.running import Portal, portal_of

from samepic.portal.roles import Role

MOST_SHIFT, MOST_PX = 0.05, 8
"""By the Layout Instability API's measure, of which people do not mind 0.1; and where something stands."""

LATE = {"/": ("/tiles/**",), "/my": ("/my/now", "/my/past"), "/my/why": ("/my/why/**",)}
"""What comes by itself, by its page."""

_WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; })
    .observe({ type: "layout-shift", buffered: true });
"""
_DRAWN = "new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(heard, 50))))"
_PLACES = """(screens) => [...document.querySelectorAll("main section, .tiles > li, footer")].map(
    (one) => Math.round(one.getBoundingClientRect().top)).filter((top) => top < screens * innerHeight)"""
AGAIN = '\n[[routes]]\nname = "once-more"\nsource = "exchange_online"\ntarget = "sharepoint_online"\n'


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with tenant_of(60) as running:
        yield running


@pytest.fixture(scope="module", params=["", AGAIN], ids=["one route", "two routes"])
def portal(
    request: pytest.FixtureRequest, tenant: RunningTenant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with portal_of(tenant, tmp_path_factory.mktemp("portal"), more=request.param) as running:
        yield running


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
@pytest.mark.parametrize("case", ["plain", "no_mailbox"])
def test_what_comes_late_pushes_nothing(browser: Browser, portal: Portal, case: str, size: ViewportSize) -> None:
    """Of somebody whose pictures show, and of somebody of whom there is little but a long sentence."""
    with visiting(browser, portal, portal.newcomers(case)[0], viewport=size) as page:
        page.add_init_script(_WATCH)
        for address, late in LATE.items():
            screens = 1 if address == "/my/why" else 9  # how much there is to say at each stop nobody knows before
            before, after, shift = arrived(page, portal.url, address, late, screens)
            moved = [now - then for then, now in zip(before, after, strict=False)]
            assert shift <= MOST_SHIFT and all(abs(one) <= MOST_PX for one in moved), (address, before, after, shift)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["phone", "desk"])
def test_nor_does_it_on_a_persons_page(browser: Browser, portal: Portal, size: ViewportSize) -> None:
    helps = portal.somebody(Role.HELPDESK)
    with visiting(browser, portal, helps, viewport=size) as page:
        page.add_init_script(_WATCH)
        for case in ("plain", "no_mailbox"):
            address = f"/admin/people/{portal.newcomers(case)[0]}"
            before, after, shift = arrived(page, portal.url, address, (f"{address}/routes/**",), 9)
            moved = [now - then for then, now in zip(before, after, strict=True)]
            assert shift <= MOST_SHIFT and all(abs(one) <= MOST_PX for one in moved), (case, before, after, shift)


@pytest.mark.parametrize(("address", "late", "named"), [("/my", "/my/now", "bring"), ("/", "/tiles/**", "bring-")])
def test_who_waits_at_it_by_keyboard_finds_the_focus_there(
    browser: Browser, portal: Portal, address: str, late: str, named: str
) -> None:
    with visiting(browser, portal, portal.newcomers("plain")[0]) as page:
        held: list[Route] = []
        page.route(portal.url + late, lambda route: held.append(route))
        page.goto(portal.url + address)
        while len(held) < page.locator(f"[id^={named}]").count():
            page.wait_for_timeout(20)
        page.locator(f"a[id^={named}]").first.focus()
        for route in held:
            route.continue_()
        page.locator(f"button[id^={named}]:focus").wait_for()


def arrived(page: Page, url: str, address: str, late: tuple[str, ...], screens: int) -> tuple[Any, Any, float]:
    """Where things stand when a page is there, and when what comes late is: that is held back until then."""
    held: list[Route] = []
    for one in late:
        page.route(url + one, lambda route: held.append(route))
    page.goto(url + address)
    while len(held) < page.locator("[hx-trigger=load]").count():
        page.wait_for_timeout(20)
    page.evaluate(_DRAWN)
    assert looks.too_wide(page) == [], f"{address}, while it is still to come"
    before = page.evaluate(_PLACES, screens)
    for route in held:
        route.continue_()
    while page.locator(".htmx-request, [aria-busy=true]").count():
        page.wait_for_timeout(20)
    page.evaluate(_DRAWN)
    for one in late:
        page.unroute(url + one)
    return before, page.evaluate(_PLACES, screens), float(page.evaluate("window.shifts"))
