"""A fresh window of a browser, signing in, and how far apart two pictures look."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from urllib.parse import quote

from PIL import Image, ImageChops, ImageOps, ImageStat
from playwright.sync_api import Browser, Locator, Page, Playwright, ViewportSize
from tests.conftest import RunningTenant

LANGUAGES = {"en": "en-GB", "nb": "nb-NO", "lv": "lv-LV"}
NARROW, WIDE = ViewportSize(width=360, height=780), ViewportSize(width=1280, height=800)
SAME, OTHER = 12.0, 20.0
"""Under the first, two pictures show the same; over the second, something else.

Measured: 2 at most between the same (8 at the corner's 40 px), 29 at least between others.
"""


def chromium(playwright: Playwright) -> Browser:
    """Debian's Chromium, best the one without windows, or whatever of its kind the machine has."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    assert found, "Chromium is missing: sudo apt-get install chromium-headless-shell"
    quiet = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
    return playwright.chromium.launch(executable_path=found, args=[*quiet])


@contextlib.contextmanager
def window(browser: Browser, language: str = "en", **options: object) -> Iterator[Page]:
    """A private window: no cookies, nothing cached. Scripts are off, so that nothing can hang on one."""
    settings: dict[str, object] = {"locale": LANGUAGES[language], "java_script_enabled": False, "viewport": WIDE}
    context = browser.new_context(**(settings | options))  # type: ignore[arg-type]  # of thirty types, one for each option
    context.set_default_timeout(20_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def account(running: RunningTenant, person: str) -> dict[str, str]:
    """The name and the password with which somebody signs in."""
    found: dict[str, str] = running.control.json("GET", f"/people/{quote(person)}/sign-in")
    return found


def sign_in(page: Page, running: RunningTenant, person: str) -> None:
    """From Office home through the form and back to it."""
    who = account(running, person)
    page.goto(running.url)
    page.fill("#name", who["name"])
    page.fill("#password", who["password"])
    page.click("main button")
    page.wait_for_url(f"{running.url}/")


def somebody(running: RunningTenant, case: str, number: int = 0) -> str:
    """The id of a person of a case."""
    return str(running.control.people(case)[number]["id"])


def open_tile(page: Page, name: str) -> Locator:
    """Click OneDrive's or SharePoint's tile; the person's own large picture, loaded."""
    page.click(f".tile.{name}")
    page.wait_for_url(f"**/_layouts/15/{name}.aspx")
    return page.locator("img.own")


def framed(own: Locator, frame_px: int = 6) -> bytes:
    """What a window shows of a picture, without its frame."""
    seen = Image.open(io.BytesIO(own.screenshot()))
    out = io.BytesIO()
    seen.crop((frame_px, frame_px, seen.width - frame_px, seen.height - frame_px)).save(out, "PNG")
    return out.getvalue()


def as_colleagues_see(page: Page, running: RunningTenant, person: str, when: str) -> bytes:
    """SharePoint's medium picture of somebody as the window shows it. Asking for that size pulls nothing.

    when: makes another address, so that the picture does not come from the window's own memory (facts §1).
    """
    user = running.tenant.store.user(person)
    assert user is not None
    page.goto(f"{running.url}/_layouts/15/userphoto.aspx?size=M&accountname={quote(user.upn)}&t={when}")
    return page.locator("img").screenshot()


def apart(seen: bytes, other: bytes, edge: float = 0.0) -> float:
    """Mean difference of two pictures' pixels, 0 to 255, both upright, cut square and brought to 32 px.

    edge: the share on each side that is left out of both, for round pictures and corners.
    """
    small = []
    for data in (seen, other):
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        square = ImageOps.fit(upright, (320, 320), Image.Resampling.LANCZOS)
        cut = round(320 * edge)
        small.append(square.crop((cut, cut, 320 - cut, 320 - cut)).resize((32, 32), Image.Resampling.BOX))
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3
