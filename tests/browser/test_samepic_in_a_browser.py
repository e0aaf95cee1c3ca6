"""`samepic sync PERSON`, and what a colleague then sees in SharePoint: as after the vendor's advice, without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.window import OTHER, SAME, apart, open_tile, window
from tests.tenant_process import SAMEPIC, tenant_process

pytestmark = pytest.mark.xdist_group("browser-samepic")


def test_a_colleague_sees_the_picture_after_a_sync(browser: Browser, tmp_path: Path) -> None:
    config = tmp_path / "samepic.toml"
    with tenant_process("--people", "60", "--seed", "1", "--write-config", str(config)) as running:
        control = running.control
        # The announced person and her colleague of the same department, neither of whom has opened SharePoint.
        looking, shown = control.people("never_visited")[0], control.people("never_visited")[2]
        exchange = control.picture(shown["id"], "exchange")
        assert exchange is not None
        with window(browser) as page:
            assert apart(colleague(page, running.said, shown["display_name"]), exchange) > OTHER
        done = subprocess.run(
            [SAMEPIC, "sync", shown["upn"], "--config", str(config)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        with window(browser) as page:
            assert apart(colleague(page, running.said, shown["display_name"]), exchange, 0.08) < SAME
        assert looking["upn"] == running.said["sign_in"]["name"]


def colleague(page: Page, said: dict[str, dict[str, str]], name: str) -> bytes:
    """Somebody's face among the colleagues on SharePoint's page of the person who tries the tenant."""
    page.goto(str(said["url"]))
    page.fill("#name", said["sign_in"]["name"])
    page.fill("#password", said["sign_in"]["password"])
    page.click("main button")
    open_tile(page, "sharepoint")
    card = page.locator(".people li").filter(has_text=name)
    card.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    return card.locator("img").screenshot()
