"""Every page of the portal, whoever reads it and with what: dark or light, phone or wall, three languages, no motion.

With --screenshots each leaves its picture in that folder; those in docs/start/portal are chosen from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize
from tests.browser import every_page, looks
from tests.browser.every_page import Shown, Visit
from tests.browser.visiting import admit
from tests.browser.window import LANGUAGES, NARROW, WIDE, window
from tests.portal.administered import Administered

from samepic.portal import app
from samepic.portal.pages.language import COOKIE
from samepic.portal.roles import Role

ZOOMED = ViewportSize(width=320, height=256)
"""1280 by 1024 at 400 %, as WCAG 1.4.10 has it; narrower than 200 % of any screen on which one works."""

HALVED = ViewportSize(width=640, height=400)
"""A desk's screen at 200 % (WCAG 1.4.4)."""

WALL = ViewportSize(width=3840, height=2160)

_DRAWN = """Promise.all([...document.images].filter(
    (one) => one.getBoundingClientRect().top < 1600 && one.checkVisibility()
).map((one) => { one.loading = "eager"; return one.decode().catch(() => 0); }))"""
"""Pictures that come when somebody gets to them come now."""

Window = Callable[[Role], tuple[Page, str]]


def test_the_table_has_every_route_and_no_other() -> None:
    routes = {(str(method), path) for one in app.ROUTES for path in one.paths for method in one.http_methods}
    assert set(every_page.OF_ROUTES) == routes
    names = [one.name for one in every_page.EVERY]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def windows(browser: Browser, at: Administered) -> Iterator[Window]:
    """One window of each role, and whose it is."""
    with ExitStack() as stack:
        opened: dict[Role, tuple[Page, str]] = {}

        def of(role: Role) -> tuple[Page, str]:
            if role not in opened:
                page = stack.enter_context(window(browser, java_script_enabled=True))
                person = at.newcomer() if role <= Role.PERSON else at.portal.somebody(role)
                if role is not Role.ANYBODY:
                    admit(page, at.portal, person)
                opened[role] = page, person
            return opened[role]

        yield of


@pytest.fixture
def visit(windows: Window, at: Administered, shown: Shown) -> Iterator[Visit]:
    page, own = windows(shown.role)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none")
    resize(page, WIDE)
    with ExitStack() as after:
        yield Visit(page, at, own, after)


def speak(visit: Visit, language: str) -> None:
    visit.page.context.add_cookies([{"name": COOKIE, "value": language, "url": visit.at.portal.url}])


def arrived(visit: Visit, shown: Shown) -> None:
    answer = shown.goes(visit)
    assert answer is not None and answer.status == shown.status, visit.page.url
    visit.page.wait_for_selector(shown.arrives)


@pytest.mark.parametrize("shown", every_page.EVERY, ids=lambda shown: shown.name)
def test_a_page_is_for_everybody(visit: Visit, shown: Shown, screenshots: Path | None, every_look: bool) -> None:
    page, faults = visit.page, dict[str, list[str]]()
    speak(visit, "en")
    with looks.overheard(page, visit.at.portal.url, shown.status) as said:
        arrived(visit, shown)
        keep(page, screenshots, f"{shown.name}.png")
        faults["by the rules"] = looks.by_the_rules(page)
        faults["words"] = looks.says_nothing(page)
        for size in (WALL, HALVED, ZOOMED, NARROW):
            resize(page, size)
            faults[f"at {size['width']} px"] = looks.too_wide(page) + looks.cut(page)
            if size is WALL:
                faults["lines"] = looks.long_lines(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        faults["in the dark"] = looks.in_these_colours(page)
        faults["at rest"] = looks.moves(page)
        if every_look:
            keep(page, screenshots, f"{shown.name}.dark-phone.png")
        resize(page, WIDE)
        page.emulate_media(color_scheme="light", forced_colors="active")
        faults["in forced colours"] = looks.without_edges(page)
        if every_look:
            keep(page, screenshots, f"{shown.name}.forced.png")
    faults["overheard"] = said
    told = "\n".join(f"{what}: {one}" for what, found in faults.items() for one in found)
    assert not told, told


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each page in one language beside English, in turn; in all of them for whoever wants to look."""
    if "language" not in metafunc.fixturenames:
        return
    others = [one for one in LANGUAGES if one != "en"]
    wanted = len(others) if metafunc.config.getoption("--every-look") else 1
    turns = [(shown, (others * 2)[n % 2 :][:wanted]) for n, shown in enumerate(every_page.EVERY)]
    pairs = [(shown, language) for shown, languages in turns for language in languages]
    metafunc.parametrize(("shown", "language"), pairs, ids=[f"{shown.name}-{language}" for shown, language in pairs])


def test_a_page_fits_a_phone_in_another_language(
    visit: Visit, shown: Shown, language: str, screenshots: Path | None, every_look: bool
) -> None:
    page = visit.page
    speak(visit, language)
    resize(page, NARROW)
    arrived(visit, shown)
    assert page.locator("html").get_attribute("lang") == language
    assert looks.too_wide(page) + looks.cut(page) == []
    if every_look:
        keep(page, screenshots, f"{shown.name}.{language}.png")


def resize(page: Page, size: ViewportSize) -> None:
    """And let the page's own scripts hear of it."""
    page.set_viewport_size(size)
    page.evaluate("new Promise((heard) => requestAnimationFrame(() => requestAnimationFrame(heard)))")


def keep(page: Page, folder: Path | None, name: str) -> None:
    """What the window shows, or more of it where there is more, but no endless list; all its pictures are there."""
    page.evaluate(_DRAWN)
    if folder is None:
        return
    high = page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size or WIDE
    edges = FloatRect(x=0, y=0, width=size["width"], height=min(max(high, size["height"]), 1600))
    page.screenshot(path=folder / name, full_page=True, clip=edges)
