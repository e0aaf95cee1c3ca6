"""Write docs/start/*.png: the local tenant's pages as Debian's Chromium shows them.

`make screenshots` runs it, after a change of the pages' look; the tests leave these files alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, ".")
from tests.browser.window import chromium

FOLDER = Path(__file__).parents[1] / "docs" / "start"
SAMEPIC = [sys.executable, "-m", "samepic"]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 780}


def main() -> None:
    """Follow the vendor's advice once for each language, and keep what one sees on the way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        in_english(browser)
        in_another(browser, "nb", "nb-NO")
        in_another(browser, "lv", "lv-LV")
        browser.close()


def in_english(browser: Browser) -> None:
    """Every page of the walk, home on a phone, and SharePoint once more after `samepic sync`."""
    with tenant() as (url, who, config):
        page = window(browser, "en-GB")
        page.goto(url)
        keep(page, "sign-in")
        sign_in(page, url, who)
        keep(page, "home")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict serves
        keep(page, "home-phone")
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict serves
        page.goto(f"{url}/account/picture")
        keep(page, "change-picture")
        page.goto(f"{url}/help/picture-sync")
        keep(page, "help")
        page.goto(url)
        page.click(".tile.sharepoint")
        keep(page, "sharepoint")
        subprocess.run([*SAMEPIC, "sync", "--config", str(config)], check=True, capture_output=True)  # noqa: S603
        page = window(browser, "en-GB")
        page.goto(url)
        sign_in(page, url, who)
        page.click(".tile.sharepoint")
        keep(page, "sharepoint-after-sync")


def in_another(browser: Browser, language: str, locale: str) -> None:
    """Home and what SharePoint shows."""
    with tenant() as (url, who, _):
        page = window(browser, locale)
        page.goto(url)
        sign_in(page, url, who)
        keep(page, f"home-{language}")
        page.click(".tile.sharepoint")
        keep(page, f"sharepoint-{language}")


@contextlib.contextmanager
def tenant() -> Iterator[tuple[str, dict[str, str], Path]]:
    """One as docs/start/first-steps.md starts it: its address, who signs in, and a samepic.toml that points at it."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "samepic.toml"
        command = [*SAMEPIC, "tenant", "serve", "--port", "0", "--budget", "all=off", "--write-config", str(config)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            said = json.loads(process.stdout.readline() if process.stdout else "")
            yield said["url"], said["sign_in"], config
        finally:
            process.terminate()
            process.wait(20)


def window(browser: Browser, locale: str) -> Page:
    """A private window."""
    return browser.new_context(locale=locale, viewport=WIDE).new_page()  # type: ignore[arg-type]  # a plain dict serves


def sign_in(page: Page, url: str, who: dict[str, str]) -> None:
    """As the person that the tenant announces."""
    page.fill("#name", who["name"])
    page.fill("#password", who["password"])
    page.click("main button")
    page.wait_for_url(f"{url}/")


def keep(page: Page, name: str) -> None:
    """One picture of the window in 256 colours, chosen by k-means: in any others, small faces look ill."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = shot.quantize(256, kmeans=3, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
