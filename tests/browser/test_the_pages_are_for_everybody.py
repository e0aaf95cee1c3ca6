"""What every page keeps, whoever reads it and with what: a phone, a keyboard, a screen reader, tired eyes.

axe-core checks each page against WCAG 2.2 A and AA; what it cannot decide about contrast counts as wrong.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.window import LANGUAGES, NARROW, WIDE, account, sign_in, somebody, window
from tests.conftest import RunningTenant

ROOMS = (
    "/",
    "/account/picture",
    "/account/picture?saved=1",
    "/_layouts/15/sharepoint.aspx",
    "/_layouts/15/onedrive.aspx",
    "/help/add-your-picture",
    "/help/picture-sync",
)
DOORS = ("/", "/devicelogin", "/signed-out", "/help/picture-sync")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NOT_FROM_THE_DIRECTORY = {
    "en": "The pictures come from Exchange Online, not from the directory (Azure Active Directory",
    "nb": "ikke fra katalogen (Azure Active Directory",
    "lv": "nevis no direktorija (Azure Active Directory",
}

LOST_RACE = "Autofocus processing was blocked"
"""A slow browser says so where the examination has moved the focus before the page's own wish had its turn."""


@pytest.mark.parametrize(("scheme", "size"), [("light", NARROW), ("dark", WIDE)], ids=["light", "dark"])
def test_no_page_breaks_a_rule_of_wcag(
    browser: Browser, tenant: RunningTenant, scheme: str, size: dict[str, int]
) -> None:
    """By day on a phone, in the dark at a desk; also with a complaint shown, and with the account's menu open."""
    foreign: list[str] = []
    complaints: list[str] = []

    def complained(words: str) -> None:
        if not words.startswith(LOST_RACE):
            complaints.append(words)

    with window(browser, java_script_enabled=True, color_scheme=scheme, viewport=size) as page:
        page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith(tenant.url) else None)
        page.on("console", lambda message: complained(message.text))
        for path in DOORS:
            page.goto(tenant.url + path)
            examine(page, f"{path}, signed out")
        page.goto(tenant.url)
        page.fill("#name", "nobody@fjordlys.example")
        page.fill("#password", "nothing")
        page.click("main button")
        examine(page, "the sign-in page's complaint")
        assert [text for text in complaints if "400 (Bad Request)" not in text] == []
        complaints.clear()
        sign_in(page, tenant, somebody(tenant, "plain"))
        for path in ROOMS:
            page.goto(tenant.url + path)
            examine(page, path)
        page.click("summary")
        examine(page, "the account's menu", ".menu")
    assert not foreign
    assert not complaints


def examine(page: Page, where: str, part: str = "html") -> None:
    """Whatever axe-core finds in a part of the page; nothing is wider than the screen."""
    asked = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
    found = Axe().run(page, part, asked).response
    unsure = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
    broken = [f"{rule['id']}: {at['html'][:120]}" for rule in [*found["violations"], *unsure] for at in rule["nodes"]]
    assert not broken, f"{where}: {broken}"
    looked_at = {rule["id"] for answer in ("passes", "inapplicable") for rule in found[answer]}
    assert {"color-contrast", "label", "target-size"} <= looked_at, "the rules that matter most were tried"
    fits(page, where)


def fits(page: Page, where: str) -> None:
    """No sideways scrolling."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{where} is {wide[0]} px wide on a screen of {wide[1]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_fit_a_phone_without_scripts(browser: Browser, tenant: RunningTenant, language: str) -> None:
    """In each language, the longest name among them; fingers find the buttons, and help says whence pictures come."""
    longest = max(tenant.control.people("plain"), key=lambda person: len(person["display_name"]))
    with window(browser, language, viewport=NARROW) as page:
        page.goto(tenant.url)
        fits(page, "the sign-in page")
        sign_in(page, tenant, longest["id"])
        for path in ROOMS:
            page.goto(tenant.url + path)
            fits(page, path)
            assert page.locator("h1").count() == 1, path
            for button in page.locator("button:visible, .button:visible, .tile:visible").all():
                assert (button.bounding_box() or {"height": 0})["height"] >= 44, path
        page.goto(f"{tenant.url}/help/picture-sync")
        assert NOT_FROM_THE_DIRECTORY[language] in page.locator("[data-fact=source]").inner_text()
        page.click("summary")
        fits(page, "the account's menu")
        page.click(".menu button")
        page.wait_for_url("**/signed-out")
        fits(page, "the page after signing out")


def test_from_the_sign_in_to_the_tile_by_keyboard(browser: Browser, tenant: RunningTenant) -> None:
    """Where the keyboard is can be seen at every stop."""
    who = account(tenant, somebody(tenant, "plain"))
    with window(browser) as page:
        page.goto(tenant.url)
        seen(page, "#name")
        page.keyboard.type(who["name"])
        page.keyboard.press("Tab")
        seen(page, "#password")
        page.keyboard.type(who["password"])
        page.keyboard.press("Tab")
        seen(page, "main button")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{tenant.url}/")
        for stop in (".skip", ".brand", "summary", "main .button", ".tile.onedrive", ".tile.sharepoint"):
            page.keyboard.press("Tab")
            seen(page, stop)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sharepoint.aspx")
        page.keyboard.press("Tab")
        seen(page, ".skip")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        seen(page, "main a")


def seen(page: Page, stop: str) -> None:
    """The focus is there, on the screen, and marked: its picture differs from the one without focus."""
    at = page.locator(f"{stop}:focus")
    assert at.count() == 1, f"the keyboard is not at {stop}"
    box = at.bounding_box()
    assert box is not None
    assert box["y"] >= 0, f"{stop} is above the screen"
    style = at.evaluate("e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)] }")
    assert style[0] == "solid", stop
    assert style[1] >= 2, stop
