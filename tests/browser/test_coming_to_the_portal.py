"""What of the portal only a browser shows, beside its pages and tasks: pasting, dropping, the language one reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update
from tests.browser import looks
from tests.browser.visiting import visiting
from tests.browser.window import LANGUAGES, NARROW, window
from tests.databases import engine_of
from tests.portal.administered import NAMES, Administered
from tests.portal.sending import face

from samepic.portal.roles import Role
from samepic.state import tables


def test_a_picture_is_pasted_or_dropped(browser: Browser, at: Administered) -> None:
    with visiting(browser, at.portal, at.newcomer()) as page:
        for event in ("paste", "drop"):
            page.goto(f"{at.portal.url}/my/upload")
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


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_it_speaks_the_browsers_language(browser: Browser, at: Administered, language: str) -> None:
    with window(browser, language) as page:
        page.goto(f"{at.portal.url}/signed-out")
        assert page.locator("html").get_attribute("lang") == language


@pytest.fixture
def oddly_named(at: Administered) -> Iterator[list[str]]:
    """Whom the list of people has with names of all kinds, for as long as the test takes."""
    people = [at.newcomer() for _ in NAMES]
    named = {person.casefold(): name for person, name in zip(people, NAMES, strict=True)}
    key, display_name = tables.person.c.key, tables.person.c.display_name
    with engine_of(at.folder / "samepic-state" / "state.sqlite").begin() as connection:
        known = {
            one.key: one.display_name for one in connection.execute(select(key, display_name).where(key.in_(named)))
        }

    def call(names: dict[str, str]) -> None:
        with engine_of(at.folder / "samepic-state" / "state.sqlite").begin() as connection:
            for one, name in names.items():
                connection.execute(update(tables.person).where(key == one).values(display_name=name))

    call(named)
    yield people
    call(known)


def test_names_of_all_kinds_fit_a_phone(browser: Browser, at: Administered, oddly_named: list[str]) -> None:
    with visiting(browser, at.portal, at.portal.somebody(Role.ADMINISTRATOR), viewport=NARROW) as page:
        for path in (f"?q={oddly_named[0]}", f"?q={oddly_named[-1]}", f"/{oddly_named[0]}", f"/{oddly_named[-1]}"):
            page.goto(f"{at.portal.url}/admin/people{path}")
            assert not page.locator("main script").count()
            assert looks.too_wide(page) + looks.cut(page) + looks.by_the_rules(page) == [], path


def test_a_name_of_any_length_fits_the_bar(browser: Browser, at: Administered) -> None:
    person = at.newcomer()
    users = at.portal.at.tenant.store.users
    user = users.get(person)
    assert user is not None
    users.put(person, replace(user, display_name=NAMES[-1]))
    with visiting(browser, at.portal, person, viewport=NARROW) as page:
        page.goto(f"{at.portal.url}/my")
        assert looks.too_wide(page) + looks.cut(page) == []
        assert page.locator(".account .name").get_attribute("title") == NAMES[-1], "what is cut is told whole"
