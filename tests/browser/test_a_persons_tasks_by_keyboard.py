"""What a person does in the portal, by keyboard alone, with the page's scripts and without any."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page
from tests.browser.visiting import Hands, visiting
from tests.browser.window import NARROW, window
from tests.portal.administered import ROUTE, Administered
from tests.portal.sending import face, same

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])


def file(number: int) -> FilePayload:
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": face(number)}


def upper_left(number: int, edge_px: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(face(number))).crop((0, 0, edge_px, edge_px)).save(out, "PNG")
    return out.getvalue()


@WITH_AND_WITHOUT
def test_in_and_out(browser: Browser, at: Administered, scripts: bool) -> None:
    name, password = at.portal.account(at.newcomer())
    with window(browser, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my/why")
        page.wait_for_selector("#name:focus")  # the provider's page has it there
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{at.portal.url}/my/why")
        hands = Hands(page)
        hands.press(".account button")
        page.wait_for_url(f"{at.portal.url}/signed-out")
        hands.press("main a[href='/sign-in']")
        page.wait_for_selector("#password")


@WITH_AND_WITHOUT
def test_past_the_bar_to_the_content(browser: Browser, at: Administered, scripts: bool) -> None:
    with visiting(browser, at.portal, at.newcomer(), java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        hands.wait()
        page.keyboard.press("Tab")
        box = page.locator(".skip:focus").bounding_box()
        assert box is not None and box["y"] >= 0, "the first stop leads past the bar, and is seen"
        page.keyboard.press("Enter")
        assert page.locator("main:focus").count() == 1
        page.keyboard.press("Tab")
        assert page.locator("main :focus").count() == 1
        hands.to("footer a")


@WITH_AND_WITHOUT
def test_a_tile_brings_the_picture(browser: Browser, at: Administered, scripts: bool) -> None:
    person = at.newcomer()
    assert at.portal.at.control.picture(person, "sharepoint-l") is None
    with visiting(browser, at.portal, person, java_script_enabled=scripts) as page:
        page.goto(at.portal.url)
        hands = Hands(page)
        if scripts:
            page.wait_for_selector(".pair .face:not(.coming)")
        else:
            hands.press(".tile a")
        hands.press(".tile button")
        page.wait_for_selector(".good")
        assert "by itself" in page.locator(".good").inner_text(), "SharePoint was asked as the person"
        assert page.locator(".tile .face").count() == 2, "before and now"
        hands.to(".opens a")
        assert page.locator(":focus").get_attribute("href") == f"{at.portal.at.url}/_layouts/15/onedrive.aspx"
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


@WITH_AND_WITHOUT
def test_a_picture_is_given_cut_exchanged_for_an_earlier_one_and_back(
    browser: Browser, at: Administered, scripts: bool
) -> None:
    person, control = at.newcomer(), at.portal.at.control
    before = control.picture(person, "exchange")
    with visiting(browser, at.portal, person, java_script_enabled=scripts, viewport=NARROW) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        hands.press('a[href="/my/upload"]')
        hands.choose("#picture", file(41))
        edge = cut_by_keys(page) if scripts else cut_by_numbers(hands)
        hands.press("#upload p button")
        page.wait_for_selector(".done .good")
        given = upper_left(41, edge)
        assert same(control.picture(person, "sharepoint-l"), given)

        hands.press(".done a")
        if not scripts:
            hands.press('a[href="/my/past"]')
        hands.press(".past button")
        page.wait_for_selector(".done .good")
        assert same(control.picture(person, "exchange"), before), "back to an earlier one"

        hands.press(".done a")
        if not scripts:
            hands.press('a[href="/my/past"]')
        hands.press(".undo button")
        page.wait_for_selector(".done .good")
    assert same(control.picture(person, "exchange"), given), "and that is undone"


def cut_by_keys(page: Page) -> int:
    """To the upper left corner; the edge of the square."""
    page.wait_for_selector("#stage:focus")
    for _ in range(60):
        page.keyboard.press("-")
    for key in ("ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        for _ in range(40):
            page.keyboard.press(f"Shift+{key}")
    left, top, edge = (int(page.input_value(f"[name={name}]")) for name in ("left", "top", "width"))
    assert (left, top) == (0, 0) and 48 <= edge < 200
    assert page.locator(".preview canvas").count() == 3
    return edge


def cut_by_numbers(hands: Hands) -> int:
    """The same where nothing draws the square."""
    assert hands.page.locator("#stage").is_hidden()
    hands.press("#upload summary")
    for name, number in {"left": 0, "top": 0, "width": 120, "height": 120}.items():
        hands.write(f"[name={name}]", str(number))
    return 120


@WITH_AND_WITHOUT
def test_everywhere_at_once(browser: Browser, at: Administered, scripts: bool) -> None:
    person = at.newcomer()
    with visiting(browser, at.portal, person, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        if scripts:
            page.wait_for_selector(".systems .mark")
        else:
            hands.press("#now a")
        hands.press("form[action='/my/everywhere'] button")
        page.wait_for_selector(".done .good")
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


@WITH_AND_WITHOUT
def test_the_doctor_has_the_button_that_mends(browser: Browser, at: Administered, scripts: bool) -> None:
    person = at.newcomer()
    with visiting(browser, at.portal, person, java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        hands.press("main a[href='/my/why']")
        if not scripts:
            hands.press(f"main a[href='/my/why/{ROUTE}']")
        page.wait_for_selector(".way .wrong")
        hands.press("main .actions button")
        page.wait_for_selector(".good")
        page.goto(f"{at.portal.url}/my/why/{ROUTE}")
        assert page.locator(".way .wrong").count() == 0, "the picture arrives"
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None


@WITH_AND_WITHOUT
def test_everything_is_taken_away(browser: Browser, at: Administered, scripts: bool, tmp_path: Path) -> None:
    with visiting(browser, at.portal, at.newcomer(), java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        hands.to("a[download]")
        with page.expect_download() as begun:
            page.keyboard.press("Enter")
        begun.value.save_as(tmp_path / "all.zip")
    assert "samepic.json" in zipfile.ZipFile(tmp_path / "all.zip").namelist()


@WITH_AND_WITHOUT
def test_another_language_and_help_in_it(browser: Browser, at: Administered, scripts: bool) -> None:
    with visiting(browser, at.portal, at.newcomer(), java_script_enabled=scripts) as page:
        page.goto(f"{at.portal.url}/my")
        hands = Hands(page)
        hands.press(".languages a[lang=lv]")
        page.wait_for_selector("html[lang=lv]")
        hands.press("footer a[href='/help']")
        page.wait_for_url("**/help")
        hands.press("main a[href='/help/add-your-picture']")
        page.wait_for_url("**/help/add-your-picture")
        assert page.locator("html").get_attribute("lang") == "lv", "once chosen it is kept"
        hands.press("main a[href='/my/upload']")
        page.wait_for_selector("#picture")
