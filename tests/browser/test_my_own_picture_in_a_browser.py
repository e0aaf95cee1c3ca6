"""What a person does with the account and the picture, in Debian's Chromium, without scripts and on a phone's width."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from tests.browser.window import NARROW, OTHER, SAME, account, apart, framed, open_tile, sign_in, somebody, window
from tests.conftest import RunningTenant, StartTenant
from tests.pictures import encoded, mosaic


def choose(page: Page, running: RunningTenant, file: Path) -> None:
    page.goto(f"{running.url}/account/picture")
    page.set_input_files("#file", file)
    page.click("main button")
    page.wait_for_selector("[role=status], [role=alert]")
    page.wait_for_load_state()


def test_a_new_picture_is_chosen_and_seen(browser: Browser, start_tenant: StartTenant, tmp_path: Path) -> None:
    """By way of the corner: it shows there at once, in SharePoint after the tile."""
    running = start_tenant()
    person = somebody(running, "never_visited")
    file = tmp_path / "me.png"
    file.write_bytes(encoded(mosaic(7, 700, 700), "PNG"))
    with window(browser, viewport=NARROW) as page:
        sign_in(page, running, person)
        assert apart(page.locator(".bar .face").screenshot(), file.read_bytes(), 0.15) > OTHER
        page.click("summary")
        page.click(".menu a")
        choose(page, running, file)
        assert "saved" in page.locator("[role=status]").inner_text()
        assert apart(page.locator("figure .face").screenshot(), file.read_bytes(), 0.15) < SAME
        assert apart(page.locator(".bar .face").screenshot(), file.read_bytes(), 0.15) < SAME
        assert running.control.picture(person, "exchange") == file.read_bytes()
        page.goto(running.url)
        assert apart(framed(open_tile(page, "sharepoint")), file.read_bytes(), 0.15) < SAME


def test_a_wrong_file_is_refused_kindly(browser: Browser, tenant: RunningTenant, tmp_path: Path) -> None:
    """Each time with what to do instead; the picture stays, and a right file goes through afterwards."""
    person = somebody(tenant, "plain", 1)
    before = tenant.control.picture(person, "exchange")
    cut = encoded(mosaic(1, 300, 300))
    wrong = {
        "Choose a JPEG or PNG file": [b"Dear colleagues,\n", b"GIF89a" + bytes(40), cut[: len(cut) // 3]],
        "Choose a smaller one": [encoded(Image.frombytes("RGB", (1300, 1200), os.urandom(1300 * 1200 * 3)), "PNG")],
        "Choose a larger one": [encoded(mosaic(1, 20, 20))],
        "Choose a file first": [b""],
    }
    with window(browser) as page:
        sign_in(page, tenant, person)
        for words, files in wrong.items():
            for data in files:
                file = tmp_path / "me.jpg"
                file.write_bytes(data)
                choose(page, tenant, file)
                assert words in page.locator("[role=alert]").inner_text()
                assert page.locator("#file").get_attribute("aria-describedby") == "file-hint problem"
        assert tenant.control.picture(person, "exchange") == before


def test_signing_out_ends_it(browser: Browser, tenant: RunningTenant) -> None:
    with window(browser) as page:
        sign_in(page, tenant, somebody(tenant, "plain"))
        page.click("summary")
        page.click(".menu button")
        page.wait_for_url(f"{tenant.url}/signed-out")
        page.go_back()
        assert page.locator("#password").count() == 1, "the page before is not shown to the next person"
        photo = page.context.request.get(f"{tenant.url}/account/picture/image?size=96", max_redirects=0)
        assert photo.status == 302


def test_who_may_not_sign_in_is_told_why(browser: Browser, tenant: RunningTenant) -> None:
    left = account(tenant, somebody(tenant, "disabled"))
    with window(browser) as page:
        page.goto(tenant.url)
        for password, words in (("not-hers", "is not right"), (left["password"], "switched off")):
            page.fill("#name", left["name"])
            page.fill("#password", password)
            page.click("main button")
            assert words in page.locator("[role=alert]").inner_text()
            assert page.locator("#name").input_value() == left["name"]
            assert page.locator("#password").input_value() == ""
        page.goto(tenant.url)
        assert page.locator("#password").count() == 1


def test_a_language_once_chosen_is_kept(browser: Browser, tenant: RunningTenant) -> None:
    """Through the sign-in, on every page after it, and in the next tab."""
    with window(browser, "en") as page:
        page.goto(tenant.url)
        page.click(".languages [lang=lv]")
        assert page.locator("h1").inner_text() == "Pierakstīties"
        who = account(tenant, somebody(tenant, "plain"))
        page.fill("#name", who["name"])
        page.fill("#password", who["password"])
        page.click("main button")
        page.wait_for_url(f"{tenant.url}/")
        assert page.locator("html").get_attribute("lang") == "lv"
        other = page.context.new_page()
        other.goto(f"{tenant.url}/help/picture-sync")
        assert other.locator("html").get_attribute("lang") == "lv"
        assert other.locator(".languages [aria-current]").inner_text() == "Latviešu"


def test_a_picture_is_small_on_the_wire(browser: Browser, tenant: RunningTenant) -> None:
    """Faces first, but not at the cost of a slow line: what a window loads for the corner is a thumbnail."""
    with window(browser) as page:
        sign_in(page, tenant, somebody(tenant, "plain"))
        corner = page.locator(".bar .face").get_attribute("src")
        answer = page.context.request.get(f"{tenant.url}{corner}")
        assert max(Image.open(io.BytesIO(answer.body())).size) == 96
