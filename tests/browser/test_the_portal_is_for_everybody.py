"""The portal in a browser: each page by WCAG, by day on a phone and by night at a desk, and the task by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.test_the_pages_are_for_everybody import examine
from tests.browser.window import LANGUAGES, NARROW, WIDE, window
from tests.conftest import tenant_of
from tests.portal.running import Portal, portal_of
from tests.portal.sending import face

PAGES = (
    "/",
    "/tiles/exchange-to-sharepoint",
    "/my",
    "/my/upload",
    "/my/why",
    "/help",
    "/help/add-your-picture",
    "/nowhere",
)
ARRIVES = {"/": ".pair", "/my": ".systems", "/my/why": ".way"}
"""What comes after the page itself."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with tenant_of() as tenant, portal_of(tenant, tmp_path_factory.mktemp("portal")) as running:
        yield running


def enter(page: Page, portal: Portal, person: str) -> None:
    name, password = portal.account(person)
    page.goto(portal.url)
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url(f"{portal.url}/")


@pytest.mark.parametrize(("scheme", "size"), [("light", NARROW), ("dark", WIDE)], ids=["light", "dark"])
def test_no_page_breaks_a_rule_of_wcag(browser: Browser, portal: Portal, scheme: str, size: dict[str, int]) -> None:
    foreign: list[str] = []
    complaints: list[str] = []
    with window(browser, java_script_enabled=True, color_scheme=scheme, viewport=size) as page:
        page.goto(f"{portal.url}/signed-out")
        examine(page, "signed out")
        enter(page, portal, portal.somebody())
        page.on(
            "request", lambda r: foreign.append(r.url) if not r.url.startswith((portal.url, "data:", "blob:")) else None
        )
        page.on("console", lambda message: complaints.append(message.text))
        for path in PAGES:
            page.goto(portal.url + path)
            if path in ARRIVES:
                page.wait_for_selector(ARRIVES[path])
            if path == "/my/upload":
                page.set_input_files("#picture", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": face(1)})
                page.wait_for_selector(".cropper-container")
            examine(page, path)
    assert not foreign, "no request leaves for another origin"
    assert [text for text in complaints if "404" not in text] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_somebody_brings_their_picture_by_keyboard(browser: Browser, portal: Portal, scripts: bool) -> None:
    person = portal.somebody(number=2 + scripts)
    assert portal.at.control.picture(person, "sharepoint-l") is None
    with window(browser, java_script_enabled=scripts) as page:
        enter(page, portal, person)
        if scripts:
            page.wait_for_selector(".pair")
        for _ in range(20):
            page.keyboard.press("Tab")
            where = page.locator(":focus")
            if where.count() and page.locator("main :focus").count():
                is_button = page.locator("button:focus").count() == 1
                page.keyboard.press("Enter")
                page.wait_for_selector(".good" if is_button else ".tile button")
                if is_button:
                    break
        assert "by itself" in page.locator(".good").inner_text(), "SharePoint was asked as the person"
        assert page.locator(".tile .face").count() == 2, "before and now"
        assert page.locator(".opens a").get_attribute("href") == f"{portal.at.url}/_layouts/15/onedrive.aspx"
    assert portal.at.control.picture(person, "sharepoint-l") is not None


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_it_speaks_the_browsers_language(browser: Browser, portal: Portal, language: str) -> None:
    with window(browser, language) as page:
        page.goto(f"{portal.url}/signed-out")
        assert page.locator("html").get_attribute("lang") == language
