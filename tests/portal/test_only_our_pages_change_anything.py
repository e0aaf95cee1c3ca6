"""No other site's form, link or script does anything with somebody's session, and no answer is used but as it says."""

from __future__ import annotations

import re

import pytest
from tests.portal.running import Guest, Portal

from samepic.engine.served import Side
from samepic.model.picture import Stamp
from samepic.portal.person.pictures import address_of

TILE = "/tiles/exchange-to-sharepoint"


@pytest.fixture(scope="module")
def guest(portal: Portal) -> Guest:
    return portal.visit(portal.somebody())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "OURS"}, 200),
        ({"Origin": "OURS", "Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
    ],
)
def test_where_a_form_comes_from(portal: Portal, guest: Guest, headers: dict[str, str], status: int) -> None:
    named = {name: value.replace("OURS", portal.url) for name, value in headers.items()}
    assert guest.ask(TILE, {"form_word": guest.word()}, **named).status == status


def test_a_form_without_the_sessions_word_does_nothing(portal: Portal, guest: Guest) -> None:
    other = portal.visit(portal.somebody(number=1))
    for fields in ({}, {"form_word": ""}, {"form_word": "x"}, {"form_word": "ē\x00"}, {"form_word": other.word()}):
        assert guest.ask(TILE, fields).status == 403, fields
    assert guest.ask(TILE, body=b"{}", Content_Type="application/json").status == 403
    assert guest.ask(TILE, body=b"", X_Form_Word=guest.word()).status == 200, "as htmx sends it"


def test_every_answer_says_how_it_may_be_used(guest: Guest) -> None:
    pages = [guest.ask(address) for address in ("/", "/nowhere", "/sign-in?to=/", "/signed-out", TILE)]
    for seen in pages:
        policy = seen.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy
        assert seen.headers["x-content-type-options"] == "nosniff" and seen.headers["cache-control"] == "no-store"
    nonces = {re.findall(r"'nonce-([^']+)'", seen.headers["content-security-policy"])[0] for seen in pages}
    assert len(nonces) == len(pages), "another for each answer"


def test_scripts_and_styles_are_all_in_files_of_ours(guest: Guest) -> None:
    seen = guest.ask("/")
    for script in seen.soup.select("script"):
        assert not script.text.strip() and str(script["src"]).startswith("/static/") and script["nonce"]
    assert not seen.soup.select("style") and not seen.soup.select("[style]") and not seen.soup.select("[onclick]")
    for tag, name in (("link", "href"), ("script", "src"), ("img", "src")):
        for one in seen.soup.select(tag):
            assert guest.ask(str(one[name])).status == 200, one


@pytest.mark.parametrize(
    "path", ["/static/x/portal.css", "/static/../portal.css", "/static/x/../render.py", "/static/x/"]
)
def test_nothing_but_assets_is_served_as_one(guest: Guest, path: str) -> None:
    assert guest.ask(path).status in (400, 404)


def test_what_a_browser_kept_of_one_person_is_at_no_address_of_the_next() -> None:
    """Marks of two mailboxes may be the same; who signs in at somebody else's browser sees no picture of theirs."""
    route, stamp = "exchange-to-sharepoint", Stamp('W/"1"')
    addresses = {address_of(person, route, side, stamp) for person in ("anna", "ola") for side in Side}
    assert len(addresses) == 4


def test_a_picture_is_kept_by_its_own_browser_alone(portal: Portal, guest: Guest) -> None:
    [face] = [str(one["src"]) for one in guest.ask(TILE).soup.select("img.face")][:1]
    seen = guest.ask(face)
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")
    assert seen.headers["cache-control"].startswith("private") and "immutable" in seen.headers["cache-control"]
    assert b"Exif" not in seen.body and seen.headers["x-content-type-options"] == "nosniff"
    old = guest.ask(face.rsplit("/", 1)[0] + "/0123456789abcdef")
    assert old.headers["cache-control"] == "private, no-store", "an address of another version is nothing to keep"
    assert portal.visit(portal.somebody(number=1)).ask(face).body != seen.body, "it is each person's own address"
