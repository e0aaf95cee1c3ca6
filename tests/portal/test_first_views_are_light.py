"""The first view of a page is under 200 kB, is compressed where that helps, and is asked for once."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from tests.portal.first_view import asked, first_view
from tests.portal.running import Guest, Portal

from samepic.portal.pages import assets
from samepic.portal.pages.compression import SMALLEST, takes_gzip
from samepic.portal.roles import Role

MOST_BYTES = 200_000
TEMPLATES = Path(str(files("samepic.portal.pages"))) / "templates"


@pytest.fixture(scope="module")
def admin(portal: Portal) -> Guest:
    return portal.visit(portal.somebody(Role.ADMINISTRATOR))


@pytest.mark.parametrize("address", ["/", "/my", "/admin"])
def test_a_first_view_is_light(admin: Guest, address: str) -> None:
    view = first_view(admin, address)
    assert len(view.now) >= 5, f"the page, two styles, a script and a mark: {view}"
    assert address == "/admin" or view.later, view
    assert view.bytes < MOST_BYTES, view
    assert sum(view.now.values()) < MOST_BYTES / 2, view


def test_pages_and_files_are_compressed_for_whom_takes_it_and_are_the_same(admin: Guest) -> None:
    plain = admin.ask("/admin/systems")
    packed = asked(admin, "/admin/systems")
    assert plain.headers["content-encoding"] is None and packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"] and len(packed.body) < len(plain.body) / 2
    without = re.compile(rb'nonce="[^"]*"|value="[^"]*"|hx-headers=\'[^\']*\'')
    assert without.sub(b"", gzip.decompress(packed.body)) == without.sub(b"", plain.body)
    refused = admin.ask("/admin/systems", Accept_Encoding="br;q=0, gzip;q=0")
    assert refused.headers["content-encoding"] is None, "it is named, and refused"
    style = str(plain.soup.select("link[rel=stylesheet]")[0]["href"])
    kept, sent = admin.ask(style), asked(admin, style)
    assert gzip.decompress(sent.body) == kept.body and len(sent.body) < len(kept.body) / 3
    for seen in (kept, sent):
        assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in seen.headers["vary"]


def test_what_is_small_or_a_picture_goes_as_it_is(admin: Guest) -> None:
    [mark] = {str(one["href"]) for one in admin.ask("/").soup.select("link[rel=icon]")}
    assert len(admin.ask(mark).body) < SMALLEST
    tile = admin.ask("/tiles/exchange-to-sharepoint")
    [face, *_] = [str(one["src"]) for one in tile.soup.select("img.face")]
    seen = asked(admin, face)
    assert seen.headers["content-encoding"] is None and seen.body.startswith(b"\xff\xd8")
    assert seen.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_no_page_has_the_same_word_twice_yet_each_is_the_sessions(admin: Guest) -> None:
    words = {admin.word() for _ in range(3)}
    assert len(words) == 3, "compressed, the length of an answer would tell it"
    for word in words:
        assert admin.ask("/my/everywhere", {"form_word": word}).status == 200


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [("", False), ("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0", False), ("*", False)],
)
def test_what_a_browser_takes(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def test_nothing_is_held_of_addresses_that_lead_nowhere(admin: Guest) -> None:
    for number in range(20):
        assert admin.ask(f"/static/0/{number}.css").status == 404
    assert {"portal.css", "vendor/htmx.min.js"} < set(assets._every()) and len(assets._every()) < 40


def test_every_picture_says_how_large_it_is_and_those_in_lists_wait_until_they_are_near() -> None:
    pictures = [
        (path.name, tag)
        for path in TEMPLATES.rglob("*.html")
        for tag in re.findall(r"<img\b[^>]*>", path.read_text(encoding="utf-8"))
        if 'id="chosen"' not in tag  # what somebody is about to cut: it is as large as it is
    ]
    assert len(pictures) >= 6
    for name, tag in pictures:
        assert re.search(r'width="[^"]+" height="[^"]+"', tag), (name, tag)
        assert 'loading="lazy"' in tag or "samepic.svg" in tag, (name, tag)
