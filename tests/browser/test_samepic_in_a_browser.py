"""`samepic sync PERSON`, and what a colleague then sees in SharePoint: as after the vendor's advice, without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.browser.window import OTHER, SAME, apart, framed, open_tile, window
from tests.pictures import encoded, mosaic
from tests.tenant_process import SAMEPIC, tenant_process


def test_a_colleague_sees_the_picture_after_a_sync(browser: Browser, tmp_path: Path) -> None:
    config = tmp_path / "samepic.toml"
    with tenant_process("--people", "60", "--seed", "1", "--write-config", str(config)) as running:
        control = running.control
        # A colleague of the announced person's department; she has not opened SharePoint either.
        shown = control.people("never_visited")[2]
        exchange = control.picture(shown["id"], "exchange")
        assert exchange is not None
        with window(browser) as page:
            assert apart(colleague(page, running.said, shown["display_name"]), exchange) > OTHER
        sync(config, shown["upn"])
        with window(browser) as page:
            assert apart(colleague(page, running.said, shown["display_name"]), exchange, 0.08) < SAME


def test_a_second_picture_in_a_day_needs_no_waiting(browser: Browser, tmp_path: Path) -> None:
    """docs/start/first-steps.md: SharePoint has asked today and shows the old one; Samepic brings the new one."""
    config, file = tmp_path / "samepic.toml", tmp_path / "new.jpg"
    file.write_bytes(encoded(mosaic(3, 700, 700)))
    with tenant_process("--people", "60", "--seed", "1", "--write-config", str(config)) as running:
        who = running.said["sign_in"]["name"]
        with window(browser) as page:
            enter(page, running.said)
            open_tile(page, "sharepoint")
            sync(config, who)
            page.goto(f"{running.said['url']}/account/picture")
            page.set_input_files("#file", file)
            page.click("main button")
            page.wait_for_selector("[role=status]")
        assert apart(own_face(browser, running.said), file.read_bytes(), 0.05) > OTHER
        sync(config, who)
        assert apart(own_face(browser, running.said), file.read_bytes(), 0.05) < SAME


def sync(config: Path, person: str) -> None:
    """`samepic sync PERSON`, as one types it."""
    command = [SAMEPIC, "sync", person, "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def enter(page: Page, said: dict[str, dict[str, str]]) -> None:
    """Sign in as the announced person."""
    page.goto(str(said["url"]))
    page.fill("#name", said["sign_in"]["name"])
    page.fill("#password", said["sign_in"]["password"])
    page.click("main button")
    page.wait_for_url(f"{said['url']}/")


def own_face(browser: Browser, said: dict[str, dict[str, str]]) -> bytes:
    """What she sees of herself behind the tile, in a private window."""
    with window(browser) as page:
        enter(page, said)
        return framed(open_tile(page, "sharepoint"))


def colleague(page: Page, said: dict[str, dict[str, str]], name: str) -> bytes:
    """Somebody's face among the colleagues on SharePoint's page of the person who tries the tenant."""
    enter(page, said)
    open_tile(page, "sharepoint")
    card = page.locator(".people li").filter(has_text=name)
    card.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    return card.locator("img").screenshot()
