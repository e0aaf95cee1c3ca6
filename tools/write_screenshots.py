"""Write docs/start/*.png: the local tenant's pages as Debian's Chromium shows them.

Run it after a change of the pages' look: `.venv/bin/python tools/write_screenshots.py`.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from localtenant.founding import Options
from localtenant.serve import running

FOLDER = Path(__file__).parents[1] / "docs" / "start"
LOCALES = {"en": "en-GB", "nb": "nb-NO", "lv": "lv-LV"}
SIZE = {"width": 1120, "height": 720}


def main() -> None:
    """Follow the vendor's advice once for each language, and keep what one sees on the way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for language, locale in LOCALES.items():
            with running(Options(people=60, seed=1)) as (said, _):
                page = browser.new_context(locale=locale, viewport=SIZE).new_page()
                page.goto(said.url)
                keep(page, f"sign-in-{language}")
                page.fill("#name", said.sign_in["name"])
                page.fill("#password", said.sign_in["password"])
                page.click("main button")
                keep(page, f"home-{language}")
                page.click(".tile.sharepoint")
                keep(page, f"sharepoint-{language}")
        browser.close()


def keep(page: Page, name: str) -> None:
    """One picture of the window, in few colours, so that the repository stays small."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(192, dither=Image.Dither.FLOYDSTEINBERG).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
