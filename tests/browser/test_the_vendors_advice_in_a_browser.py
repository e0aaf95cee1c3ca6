"""The advice of "Sync a user's profile picture", followed in Debian's Chromium; what counts are the pixels it shows.

A private window, Office home, the work account, the OneDrive or SharePoint tile.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.window import OTHER, SAME, apart, as_colleagues_see, framed, open_tile, sign_in, somebody, window
from tests.conftest import RunningTenant, StartTenant

PLACEHOLDER = "/_layouts/15/images/PersonPlaceholder.96x96x32.png"
ROUND = 0.15
"""What a round picture hides, on each side."""


def exchange_picture(running: RunningTenant, person: str) -> bytes:
    found = running.control.picture(person, "exchange")
    assert found is not None
    return found


def own_in_sharepoint(page: Page, running: RunningTenant, person: str) -> bytes:
    """The whole advice in one window, to what one sees of oneself behind the SharePoint tile."""
    sign_in(page, running, person)
    return framed(open_tile(page, "sharepoint"))


@pytest.mark.parametrize(
    ("language", "tile", "words"),
    [
        ("en", "sharepoint", "Your picture in SharePoint"),
        ("nb", "onedrive", "Bildet ditt i OneDrive"),
        ("lv", "sharepoint", "Jūsu attēls pakalpojumā SharePoint"),
    ],
)
def test_it_brings_the_picture(
    browser: Browser, start_tenant: StartTenant, language: str, tile: str, words: str
) -> None:
    running = start_tenant()
    person = somebody(running, "never_visited")
    exchange = exchange_picture(running, person)
    with window(browser, language) as page:
        sign_in(page, running, person)
        assert page.locator("html").get_attribute("lang") == language
        assert apart(page.locator(".bar .face").screenshot(), exchange, ROUND) < SAME, "her picture in the corner"
        assert apart(as_colleagues_see(page, running, person, "before"), exchange) > OTHER
        assert running.control.picture(person, "sharepoint-l") is None, "neither home nor a small picture pulls"
        page.goto(running.url)
        own = open_tile(page, tile)
        assert own.get_attribute("alt") == words
        assert apart(framed(own), exchange, ROUND) < SAME
        assert apart(as_colleagues_see(page, running, person, "after"), exchange) < SAME
    strangers = [exchange_picture(running, somebody(running, "plain", number)) for number in range(3)]
    large = running.control.picture(person, "sharepoint-l")
    assert large is not None
    assert min(apart(large, stranger) for stranger in strangers) > OTHER, "and nobody else's"


def test_an_old_picture_gives_way(browser: Browser, start_tenant: StartTenant) -> None:
    running = start_tenant()
    person = somebody(running, "changed_since_pull")
    old, new = running.control.picture(person, "sharepoint-l"), exchange_picture(running, person)
    assert old is not None
    with window(browser) as page:
        sign_in(page, running, person)
        before = as_colleagues_see(page, running, person, "before")
        assert apart(before, old) < SAME
        assert apart(before, new) > OTHER
        page.goto(running.url)
        assert apart(framed(open_tile(page, "sharepoint")), new, ROUND) < SAME


def test_a_second_visit_helps_after_a_day_only(browser: Browser, start_tenant: StartTenant) -> None:
    running = start_tenant()
    person = somebody(running, "never_visited")
    first, second = exchange_picture(running, person), exchange_picture(running, somebody(running, "plain"))
    with window(browser) as page:
        assert apart(own_in_sharepoint(page, running, person), first, ROUND) < SAME
    running.control.put_picture(person, "exchange", second)
    running.control.advance(hours=23)
    with window(browser) as page:
        assert apart(own_in_sharepoint(page, running, person), first, ROUND) < SAME, "asked for once a day at most"
    running.control.advance(hours=2)
    with window(browser) as page:
        assert apart(own_in_sharepoint(page, running, person), second, ROUND) < SAME


def test_a_picture_of_the_directory_stays_there(browser: Browser, start_tenant: StartTenant) -> None:
    """The rule of the advice: SharePoint's pictures come from Exchange Online, not from Azure Active Directory."""
    running = start_tenant()
    person = somebody(running, "directory_only")
    directory = running.control.picture(person, "directory")
    assert directory is not None
    for hours in (0, 25):
        running.control.advance(hours=hours)
        with window(browser) as page:
            seen = own_in_sharepoint(page, running, person)
            assert apart(seen, directory, ROUND) > OTHER
            placeholder = page.context.request.get(running.url + PLACEHOLDER).body()
            assert apart(seen, placeholder, ROUND) < SAME


def test_it_holds_under_the_vendors_own_names(browser: Browser, start_tenant: StartTenant) -> None:
    """office.com, the work account, the SharePoint tile on its own host; signing out there ends it on both."""
    running = start_tenant(tls=True)
    who = running.said.sign_in
    # Chromium trusts the system's authorities only; that the certificate is right is tested with the tenant's TLS.
    proxy = {"server": running.said.proxy, "bypass": ""}
    with window(browser, proxy=proxy, ignore_https_errors=True) as page:
        page.goto("https://www.office.com/")
        assert page.url.startswith("https://login.microsoftonline.com/")
        page.fill("#name", who["name"])
        page.fill("#password", who["password"])
        page.click("main button")
        page.wait_for_url("https://www.office.com/")
        own = open_tile(page, "sharepoint")
        assert page.url == "https://fjordlys.sharepoint.com/_layouts/15/sharepoint.aspx"
        assert apart(framed(own), exchange_picture(running, who["name"]), ROUND) < SAME
        page.click("summary")
        page.click(".menu button")
        page.wait_for_url("https://fjordlys.sharepoint.com/signed-out")
        page.goto("https://www.office.com/")
        assert page.locator("#password").count() == 1
