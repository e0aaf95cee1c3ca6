"""Each page of the portal has its picture in docs/start/portal, and docs/start/portal-pages.md names it."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from tests.browser.every_page import EVERY
from tools.keep_screenshots import ALSO

FOLDER = Path(__file__).parents[2] / "docs" / "start" / "portal"
PAGES = FOLDER.with_name("portal-pages.md")
TOLD = FOLDER.with_name("portal.md")

SHOWN = {one.name for one in EVERY} | set(ALSO.values())


def named(document: Path) -> set[str]:
    """The pictures that a document shows, or leads to, with words for them."""
    return set(re.findall(r"\[[^\]]{4,}\]\(portal/([\w-]+)\.png\)", document.read_text(encoding="utf-8")))


def test_each_page_has_its_picture_and_no_picture_is_of_no_page() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == SHOWN, "`make screenshots` takes what is missing"
    for name in sorted(SHOWN):
        with Image.open(FOLDER / f"{name}.png") as picture:
            assert min(picture.size) >= 300, name
            picture.verify()  # raises where the file is cut


def test_each_page_is_named_in_words() -> None:
    assert SHOWN - named(PAGES) == set(), "docs/start/portal-pages.md does not name them"
    assert named(PAGES) | named(TOLD) <= SHOWN, "and names none that is not there"
