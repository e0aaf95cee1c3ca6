"""Somebody chooses a picture and the square of it: with a mouse, with the keyboard alone, and without a script."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page
from tests.browser.test_the_portal_is_for_everybody import enter
from tests.browser.window import NARROW, window
from tests.conftest import tenant_of
from tests.portal.running import Portal, portal_of
from tests.portal.sending import face, same


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with tenant_of() as tenant, portal_of(tenant, tmp_path_factory.mktemp("portal")) as running:
        yield running


def file(number: int) -> FilePayload:
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": face(number)}


def upper_left(number: int, edge_px: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(face(number))).crop((0, 0, edge_px, edge_px)).save(out, "PNG")
    return out.getvalue()


def press_until(page: Page, selector: str, key: str = "Tab") -> None:
    """Walk by keyboard until the focus is there."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_the_square_is_chosen_and_undone_by_keyboard(browser: Browser, portal: Portal) -> None:
    person = portal.somebody(case="changed_since_pull")
    before = portal.at.control.picture(person, "exchange")
    with window(browser, java_script_enabled=True, viewport=NARROW) as page:
        enter(page, portal, person)
        page.goto(f"{portal.url}/my")
        press_until(page, 'a[href="/my/upload"]')
        page.keyboard.press("Enter")
        page.set_input_files("#picture", file(41))  # the one thing that only the browser's own dialog can do
        page.wait_for_selector(".cropper-container")
        page.wait_for_selector("#stage:focus")
        for _ in range(60):
            page.keyboard.press("-")
        for _ in range(100):
            page.keyboard.press("Shift+ArrowLeft")
            page.keyboard.press("Shift+ArrowUp")
        left, top, edge = (int(page.input_value(f"[name={name}]")) for name in ("left", "top", "width"))
        assert (left, top) == (0, 0) and 48 <= edge < 200
        assert page.locator(".preview canvas").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out at 360 px"
        press_until(page, "#upload p button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".done .good")
        assert same(portal.at.control.picture(person, "sharepoint-l"), upper_left(41, edge))
        page.goto(f"{portal.url}/my")
        page.wait_for_selector(".undo")
        press_until(page, ".undo button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".done .good")
    assert same(portal.at.control.picture(person, "exchange"), before)


def test_a_picture_is_pasted_or_dropped(browser: Browser, portal: Portal) -> None:
    with window(browser, java_script_enabled=True) as page:
        enter(page, portal, portal.somebody())
        for event in ("paste", "drop"):
            page.goto(f"{portal.url}/my/upload")
            page.evaluate(
                """([event, bytes]) => {
                    const holder = new DataTransfer();
                    holder.items.add(new File([new Uint8Array(bytes)], "me.jpg", { type: "image/jpeg" }));
                    const about = { bubbles: true, cancelable: true };
                    (event === "paste" ? document : document.getElementById("drop")).dispatchEvent(
                        event === "paste" ? new ClipboardEvent("paste", { ...about, clipboardData: holder })
                                          : new DragEvent("drop", { ...about, dataTransfer: holder }));
                }""",
                [event, list(face(42))],
            )
            page.wait_for_selector(".cropper-container")
            assert page.input_value("[name=width]") == "400", event


def test_without_a_script_numbers_say_the_square(browser: Browser, portal: Portal) -> None:
    person = portal.somebody(number=2)
    with window(browser) as page:
        enter(page, portal, person)
        page.goto(f"{portal.url}/my/upload")
        assert page.locator("#stage").is_hidden()
        page.set_input_files("#picture", file(43))
        page.click("summary")
        for name, number in {"left": 0, "top": 0, "width": 120, "height": 120}.items():
            page.fill(f"[name={name}]", str(number))
        page.click("#upload p button")
        page.wait_for_selector(".done .good")
        page.click(".done a")
        page.click('a[href="/my/now"]')
        assert page.locator(".systems img").count() == 2
    assert same(portal.at.control.picture(person, "exchange"), upper_left(43, 120))
