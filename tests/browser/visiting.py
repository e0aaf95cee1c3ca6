"""Coming to the portal in a browser, and a person's hands where there is a keyboard and nothing else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page
from tests.browser.window import window
from tests.portal.running import Portal

MOST_STOPS = 250
SETTLES_S = 3.0

_STOP = """(wanted) => {
    const at = document.activeElement, before = window.stoppedBefore;
    if (!at || at === document.body || at === document.documentElement) {
        window.stoppedBefore = null;
        return null;
    }
    window.stoppedBefore = at;
    const parts = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map(
        (one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4
    ).reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const ground = parts(getComputedStyle(document.documentElement).backgroundColor);
    const [red, green, blue, part = 1] = parts(style.outlineColor);
    const drawn = [red, green, blue].map((one, index) => one * part + ground[index] * (1 - part));
    const [dark, bright] = [light(drawn), light(ground)].sort((a, b) => a - b);
    const known = before && before.isConnected && before !== at;
    const was = known ? before.getBoundingClientRect() : null;
    const first = at.getClientRects()[0] || box;
    const seen = document.elementFromPoint(
        (Math.max(0, first.left) + Math.min(innerWidth, first.right)) / 2,
        (Math.max(0, first.top) + Math.min(innerHeight, first.bottom)) / 2);
    return {
        name: `${at.tagName} "${(at.getAttribute("aria-label") || at.innerText || at.name || "").slice(0, 40)}"`,
        there: at.matches(wanted),
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        contrast: (bright + 0.05) / (dark + 0.05),
        covered: !seen || !(at.contains(seen) || seen.contains(at)),
        backwards: Boolean(known && !(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)),
        upwards: Boolean(was && box.bottom < was.top - 4 && box.left < was.right - 4),
    };
}"""


_HERE = "document.readyState === 'complete' && !document.querySelector('.htmx-request')"


@contextlib.contextmanager
def visiting(browser: Browser, portal: Portal, person: str, **options: Any) -> Iterator[Page]:
    """A private window of somebody who has signed in. With scripts, unless said otherwise."""
    with window(browser, **({"java_script_enabled": True} | options)) as page:
        admit(page, portal, person)
        yield page


def admit(page: Page, portal: Portal, person: str) -> None:
    """Sign in past the form: tests of other things begin behind it."""
    guest = portal.visit(person)
    own = [one for one in guest.jar if one.name.startswith("samepic-")]
    page.context.add_cookies([{"name": one.name, "value": str(one.value), "url": portal.url} for one in own])


class Hands:
    """Every stop on the way can be seen, is not covered, and comes after the one before, as eyes and documents go."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda _: None)  # from now on the browser asks us, and opens no dialog of its own

    def wait(self) -> None:
        """Until the page's late parts have come: what has the focus is not taken away then."""
        while not self.page.evaluate(_HERE):
            self.page.wait_for_timeout(20)

    def to(self, selector: str) -> None:
        """Walk on with the Tab key until the focus is there.

        Parts that come by themselves have come: one that comes late, above, pushes out of sight where the focus is.
        """
        self.page.wait_for_selector(selector, state="attached")
        self.wait()
        ends, passed = 0, list[str]()
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self._stop(selector)
            if stop is None:
                ends += 1
                assert ends < 3, f"the Tab key does not lead to {selector}, only to {passed}"
                continue
            name = stop["name"]
            passed.append(name)
            assert stop["outline"] >= 2, f"{name} does not show that it has the focus"
            assert stop["contrast"] >= 3, f"the mark of the focus at {name} can hardly be seen: {stop['contrast']:.1f}"
            assert not stop["covered"], f"something covers {name}"
            assert not stop["backwards"] and not stop["upwards"], f"the way jumps back to {name}: {passed[-3:]}"
            if stop["there"]:
                return
        raise AssertionError(f"{selector} is too far away: {passed}")

    def _stop(self, selector: str) -> Any:
        """Where the focus is. A page that is still being laid out may have something else there for a moment."""
        deadline = time.monotonic() + SETTLES_S
        while True:
            stop = self.page.evaluate(_STOP, selector)
            if stop is None or not stop["covered"] or time.monotonic() > deadline:
                return stop
            self.page.wait_for_timeout(50)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Walk there and press."""
        self.to(selector)
        self.page.keyboard.press(key)

    def write(self, selector: str, text: str) -> None:
        """Walk there and type, instead of what stands there."""
        self.to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, selector: str, file: FilePayload) -> None:
        """Open the browser's own dialog for files; what happens in there is the browser's."""
        self.to(selector)
        with self.page.expect_file_chooser() as dialog:
            self.page.keyboard.press("Enter")
        dialog.value.set_files(file)
