"""The pages in Debian's Chromium: the vendor's advice followed in a fresh session, and what every page must keep.

Scripts are off throughout, so that nothing can hang on one.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.conftest import RunningTenant, StartTenant, tenant_of

LANGUAGES = {"en": ("en-GB", "Your picture in SharePoint"), "nb": ("nb-NO", "Bildet ditt i SharePoint")}
LANGUAGES["lv"] = ("lv-LV", "Jūsu attēls pakalpojumā SharePoint")
NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1280, "height": 800}
PATHS = (
    "/",
    "/account/picture",
    "/_layouts/15/sharepoint.aspx",
    "/_layouts/15/onedrive.aspx",
    "/help/add-your-picture",
    "/help/picture-sync",
    "/devicelogin",
    "/signed-out",
)
MEASURE = (Path(__file__).parent / "measure_contrast.js").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((found for found in map(shutil.which, names) if found), None)
    assert chromium, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with tenant_of() as running:
        yield running


def session(browser: Browser, language: str = "en", **options: object) -> BrowserContext:
    settings: dict[str, object] = {"locale": LANGUAGES[language][0], "java_script_enabled": False, "viewport": WIDE}
    return browser.new_context(**(settings | options))  # type: ignore[arg-type]  # playwright's options are too many


def sign_in(page: Page, running: RunningTenant) -> None:
    page.goto(running.url)
    page.fill("#name", running.said.sign_in["name"])
    page.fill("#password", running.said.sign_in["password"])
    page.click("main button")
    page.wait_for_url(f"{running.url}/")


def apart(one: bytes, other: bytes) -> float:
    """Mean difference of two pictures' grey values, 0 to 255, at 64 px."""
    grey = [Image.open(io.BytesIO(data)).convert("L").resize((64, 64)) for data in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*grey)).mean[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vendors_advice_brings_the_picture(browser: Browser, start_tenant: StartTenant, language: str) -> None:
    """A private window, the home page, the work account, the SharePoint tile: then SharePoint shows the picture."""
    running = start_tenant()
    who = running.said.sign_in["name"]
    assert running.control.picture(who, "sharepoint-l") is None
    context = session(browser, language)
    page = context.new_page()
    sign_in(page, running)
    assert running.control.picture(who, "sharepoint-l") is None, "the home page pulls nothing"
    page.click(".tile.sharepoint")
    own = page.locator("img.own")
    own.wait_for()
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").inner_text() == LANGUAGES[language][1]
    assert page.locator("html").get_attribute("lang") == language
    shown, exchange = own.screenshot(), running.control.picture(who, "exchange")
    large = running.control.picture(who, "sharepoint-l")
    assert exchange is not None
    assert large is not None
    assert apart(large, exchange) < 6
    bare = Image.open(io.BytesIO(shown))
    inside = bare.crop((12, 12, bare.width - 12, bare.height - 12))
    expected = Image.open(io.BytesIO(large)).resize(bare.size).crop((12, 12, bare.width - 12, bare.height - 12))
    assert ImageStat.Stat(ImageChops.difference(inside.convert("L"), expected.convert("L"))).mean[0] < 16
    strangers = [p["id"] for p in running.control.people("plain")[:3]]
    others = [data for data in (running.control.picture(p, "exchange") for p in strangers) if data]
    assert min(apart(large, other) for other in others) > 12, "and nobody else's"
    context.close()


def test_the_advice_holds_under_the_vendors_own_names(browser: Browser, start_tenant: StartTenant) -> None:
    """office.com, the work account, the SharePoint tile on its own host; signing out there ends it on both."""
    running = start_tenant(tls=True)
    who = running.said.sign_in
    # Chromium trusts the system's authorities only; that the certificate is right is tested with the tenant's TLS.
    context = session(browser, proxy={"server": running.said.proxy, "bypass": ""}, ignore_https_errors=True)
    page = context.new_page()
    page.goto("https://www.office.com/")
    assert page.url.startswith("https://login.microsoftonline.com/")
    page.fill("#name", who["name"])
    page.fill("#password", who["password"])
    page.click("main button")
    page.wait_for_url("https://www.office.com/")
    page.click(".tile.sharepoint")
    page.wait_for_url("https://fjordlys.sharepoint.com/_layouts/15/sharepoint.aspx")
    page.wait_for_load_state("networkidle")
    assert running.control.picture(who["name"], "sharepoint-l") is not None
    page.click("summary")
    page.click(".menu button")
    page.wait_for_url("https://fjordlys.sharepoint.com/signed-out")
    page.goto("https://www.office.com/")
    assert page.locator("#password").count() == 1
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_fit_a_phone_and_can_be_read(browser: Browser, tenant: RunningTenant, language: str, scheme: str) -> None:
    context = session(browser, language, viewport=NARROW, color_scheme=scheme, java_script_enabled=True)
    page = context.new_page()
    foreign: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if not r.url.startswith(tenant.url) else None)
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(tenant.url)
    look(page, "the sign-in page")
    sign_in(page, tenant)
    for path in PATHS:
        page.goto(tenant.url + path)
        look(page, path)
    page.goto(tenant.url)
    page.click("summary")
    look(page, "the account's menu")
    context.close()
    assert not foreign
    assert not complaints


def look(page: Page, where: str) -> None:
    """No sideways scrolling, nothing under WCAG AA's contrast, every field labelled, every picture described."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{where} is wider than the screen"
    faint = page.evaluate(MEASURE)
    assert not faint, f"{where}: {faint}"
    unlabelled = "[...document.querySelectorAll('input:not([type=hidden])')].filter(i => !i.labels.length).length"
    assert page.evaluate(unlabelled) == 0, where
    assert page.evaluate("document.querySelectorAll('img:not([alt])').length") == 0, where
    assert page.evaluate("document.querySelectorAll('h1').length") == 1, where
    small = "[...document.querySelectorAll('button, .button, input:not([type=hidden])')]"
    assert page.evaluate(f"{small}.filter(b => b.offsetParent && b.offsetHeight < 44).length") == 0, where


def test_everything_is_reached_with_the_keyboard(browser: Browser, tenant: RunningTenant) -> None:
    context = session(browser)
    page = context.new_page()
    page.goto(tenant.url)
    page.keyboard.type(tenant.said.sign_in["name"])
    page.keyboard.press("Tab")
    page.keyboard.type(tenant.said.sign_in["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{tenant.url}/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip:focus")
    assert skip.count() == 1
    assert (skip.bounding_box() or {"y": -1})["y"] >= 0, "the way past the header shows when it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main a:focus").get_attribute("href") == "/account/picture"
    page.keyboard.press("Tab")
    assert page.locator(".tile.onedrive:focus").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/onedrive.aspx")
    context.close()


def test_a_new_picture_is_chosen_and_seen(browser: Browser, start_tenant: StartTenant, tmp_path: Path) -> None:
    running = start_tenant()
    file = tmp_path / "me.png"
    Image.radial_gradient("L").resize((500, 500)).convert("RGB").save(file)
    context = session(browser, viewport=NARROW)
    page = context.new_page()
    sign_in(page, running)
    page.goto(f"{running.url}/account/picture")
    page.set_input_files("#file", file)
    page.click("main button")
    assert page.locator("[role=status]").count() == 1
    page.wait_for_load_state("networkidle")
    shown = page.locator("figure .face").screenshot()
    middle = Image.open(io.BytesIO(shown)).convert("L").crop((60, 60, 120, 120))
    assert ImageStat.Stat(middle).mean[0] < 60, "dark in its middle, as the chosen one"
    assert running.control.picture(running.said.sign_in["name"], "exchange") == file.read_bytes()
    context.close()
