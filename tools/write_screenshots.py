"""Write docs/start/*.png: the local tenant's pages as Debian's Chromium shows them.

`make screenshots` runs it, after a change of the pages' look; the tests leave these files alone.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from localtenant.announcement import Announcement
from localtenant.founding import Options
from localtenant.serve import running

FOLDER = Path(__file__).parents[1] / "docs" / "start"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 780}


def main() -> None:
    """Follow the vendor's advice once for each language, and keep what one sees on the way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        in_english(browser)
        in_another(browser, "nb", "nb-NO")
        in_another(browser, "lv", "lv-LV")
        browser.close()


def in_english(browser: Browser) -> None:
    """Every page of the walk, and home on a phone."""
    with running(Options(people=200, seed=1)) as (said, _):
        page = window(browser, "en-GB")
        page.goto(said.url)
        keep(page, "sign-in")
        sign_in(page, said)
        keep(page, "home")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict serves
        keep(page, "home-phone")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict serves
        page.goto(f"{said.url}/account/picture")
        keep(page, "change-picture")
        page.goto(f"{said.url}/help/picture-sync")
        keep(page, "help")
        page.goto(said.url)
        page.click(".tile.sharepoint")
        keep(page, "sharepoint")


def in_another(browser: Browser, language: str, locale: str) -> None:
    """Home and what SharePoint shows."""
    with running(Options(people=200, seed=1)) as (said, _):
        page = window(browser, locale)
        page.goto(said.url)
        sign_in(page, said)
        keep(page, f"home-{language}")
        page.click(".tile.sharepoint")
        keep(page, f"sharepoint-{language}")


def window(browser: Browser, locale: str) -> Page:
    """A private window."""
    return browser.new_context(locale=locale, viewport=WIDE).new_page()  # type: ignore[arg-type]  # a plain dict serves


def sign_in(page: Page, said: Announcement) -> None:
    """As the person that the tenant announces."""
    page.fill("#name", said.sign_in["name"])
    page.fill("#password", said.sign_in["password"])
    page.click("main button")
    page.wait_for_url(f"{said.url}/")


def keep(page: Page, name: str) -> None:
    """One picture of the window in 256 colours, chosen by k-means: in any others, small faces look ill."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = shot.quantize(256, kmeans=3, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
