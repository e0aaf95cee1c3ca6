"""Whatever is sent as a picture: only pictures arrive, cut as the person chose, one after another, and none is lost."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from tests.portal.running import Guest, Portal, portal_of
from tests.portal.sending import face, same, send

from samepic.portal.app import MOST_BODY
from samepic.portal.person import errands, upload

SECRET = b"taken at 56.95 N 24.11 E"
SCRIPT = b"<script>alert(document.cookie)</script>"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """60,000 by 60,000 pixels in a few kilobytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def one_colour() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "#336699").save(out, "PNG")
    return out.getvalue()


HOSTILE = {
    "empty": (b"", "empty"),
    "svg": (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "cannot be read as a picture|not a picture",
    ),
    "html": (b"<!doctype html>" + SCRIPT, "not a picture"),
    "renamed": (b"MZ" + bytes(500), "cannot be read as a picture"),
    "polyglot": (face(1) + b"PK\x03\x04" + bytes(26) + SCRIPT, "Something else hides"),
    "bomb": (bomb(), "too many pixels"),
    "cut off": (face(1)[:2000], "not complete|broken"),
    "one colour": (one_colour(), "hardly anything"),
    "tiny": (face(1, 30), "smaller than 48"),
}


@pytest.fixture(scope="module")
def guest(portal: Portal) -> Guest:
    return portal.visit(portal.somebody())


@pytest.mark.parametrize("what", list(HOSTILE))
def test_whoevers_file_is_refused_learns_why_and_keeps_their_picture(portal: Portal, guest: Guest, what: str) -> None:
    data, words = HOSTILE[what]
    person = portal.somebody()
    before = portal.at.control.picture(person, "exchange")
    seen = send(guest, data, name="<script>.jpg" if what == "html" else "me.jpg")
    assert seen.status == 400 and "<script>" not in seen.text.replace("<script src=", "")
    problem = seen.soup.select_one(".problem")
    assert problem is not None and any(word in problem.text for word in words.split("|")), problem
    assert portal.at.control.picture(person, "exchange") == before
    assert send(guest, data).soup.select_one("html") is not None


def test_a_picture_may_be_larger_than_any_other_form(portal: Portal) -> None:
    person, large = portal.somebody(number=3), face(72, 2_000, "PNG")
    assert len(large) > MOST_BODY
    assert send(portal.visit(person), large).status == 200
    assert same(portal.at.control.picture(person, "exchange"), large)


def test_every_language_says_why(portal: Portal) -> None:
    for language, word in (("nb", "ikke et bilde"), ("lv", "nav attēls")):
        assert word in send(portal.visit(portal.somebody(), language), b"plain text").text


@pytest.mark.parametrize("word", ["", "x"])
def test_no_other_sites_form_puts_a_picture_in(portal: Portal, guest: Guest, word: str) -> None:
    before = portal.at.control.picture(portal.somebody(), "exchange")
    assert send(guest, face(2), word=word).status == 403
    assert portal.at.control.picture(portal.somebody(), "exchange") == before


def test_nothing_of_the_file_but_its_pixels_is_kept(portal: Portal) -> None:
    person = portal.somebody(number=1)
    picture, out = Image.open(io.BytesIO(face(3))), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    picture.save(out, "JPEG", exif=exif, comment=SECRET)
    assert SECRET in out.getvalue()
    assert send(portal.visit(person), out.getvalue()).status == 200
    assert all(
        SECRET not in (portal.at.control.picture(person, store) or b"") for store in ("exchange", "sharepoint-l")
    )


@pytest.mark.parametrize(
    ("box", "status"),
    [
        ({"left": "200", "top": "0", "width": "100", "height": "100"}, 200),
        ({"left": "200", "top": "-5", "width": "100", "height": "100"}, 400),
        ({"left": "200", "top": "0", "width": "0", "height": "100"}, 400),
        ({"left": "200", "top": "", "width": "100", "height": "100"}, 400),
        ({"left": "1e3", "top": "0", "width": "100", "height": "100"}, 400),
        ({"left": "0" * 9 + "9" * 5_000, "top": "0", "width": "100", "height": "100"}, 400),
        ({"left": "9" * 400, "top": "0", "width": "100", "height": "100"}, 400),
        ({"left": "٣", "top": "0", "width": "100", "height": "100"}, 400),
    ],
)
def test_the_square_is_the_persons_own(portal: Portal, box: dict[str, str], status: int) -> None:
    person = portal.somebody(number=2)
    whole = Image.open(io.BytesIO(face(4)))
    assert send(portal.visit(person), face(4), **box).status == status
    if status == 200:
        out = io.BytesIO()
        whole.crop((200, 0, 300, 100)).save(out, "PNG")
        assert same(portal.at.control.picture(person, "exchange"), out.getvalue())


def test_two_windows_send_two_pictures_and_one_of_them_is_everywhere(portal: Portal) -> None:
    person = portal.somebody(number=4)
    guests = [portal.visit(person) for _ in range(3)]
    sent = [face(21), face(22), face(22)]
    with ThreadPoolExecutor(3) as threads:
        seen = list(threads.map(send, guests, sent))
    assert {one.status for one in seen} == {200}, "the third is the second's double click"
    shown = [portal.at.control.picture(person, store) for store in ("exchange", "sharepoint-l")]
    assert same(*shown) and any(same(shown[0], one) for one in sent)
    kept = [guests[0].ask(str(one["src"])).body for one in guests[0].ask("/my/past").soup.select(".past img")]
    assert any(same(one, data) for data in kept for one in sent), "the other is kept"


def test_a_slow_cloud_keeps_nobody_waiting_and_nothing_is_lost(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    person = portal.somebody(number=5)
    guest = portal.visit(person)
    word = guest.word()
    monkeypatch.setattr(errands, "PATIENCE_S", 0.3)
    held = portal.at.control.post_fault(kind="hold_before", api="graph", operation="photo/$value", method="PUT")
    seen = send(guest, face(5), word=word)
    again = send(guest, face(5), word=word)
    assert (seen.status, again.status) == (202, 202) and "goes on" in seen.text, seen.text
    assert not len(upload._in_memory), "the file is let go of while the cloud is waited for"
    monkeypatch.setattr(upload, "MOST_AT_ONCE", 0)
    assert send(guest, face(5), word=word).status == 503, "memory has an end"
    assert guest.ask("/my/going-on").status == 202
    portal.at.control.release(held["id"])
    monkeypatch.undo()
    while (seen := guest.ask("/my/going-on")).status == 202:
        threading.Event().wait(0.05)
    assert seen.status == 200 and "same picture" in seen.text, seen.text
    assert same(portal.at.control.picture(person, "exchange"), face(5))
    assert len(portal.at.control.changes("photo/$value")) >= 1


def test_what_was_cut_off_is_finished_by_the_next_word(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = portal.somebody(case="changed_since_pull")
    control = portal.at.control
    before = control.picture(person, "exchange")
    with portal_of(portal.at, tmp_path) as first:
        guest = first.visit(person)
        word = guest.word()
        monkeypatch.setattr(errands, "PATIENCE_S", 0.3)
        control.post_fault(kind="hold_before", api="graph", operation="photo/$value", method="PUT")
        assert send(guest, face(6), word=word).status == 202
    control.clear_faults()
    monkeypatch.undo()
    with portal_of(portal.at, tmp_path) as second:
        guest = second.visit(person)
        assert send(guest, face(7)).status == 200
        assert same(control.picture(person, "sharepoint-l"), face(7))
        kept = [guest.ask(str(one["src"])).body for one in guest.ask("/my/past").soup.select(".past img")]
        assert any(same(one, before) for one in kept), "what the source showed first"


def test_an_answer_that_is_lost_loses_nothing(portal: Portal) -> None:
    person = portal.somebody(number=6)
    portal.at.control.post_fault(kind="reset_after", api="graph", operation="photo/$value", method="PUT")
    assert send(portal.visit(person), face(10)).status == 200
    assert same(portal.at.control.picture(person, "sharepoint-l"), face(10))


def test_where_uploads_are_off_there_are_none(portal: Portal, tmp_path: Path) -> None:
    with portal_of(portal.at, tmp_path, uploads="off") as without:
        guest = without.visit(without.somebody())
        assert "/my/upload" not in guest.ask("/my").text
        assert guest.ask("/my/upload").status == 404 and send(guest, face(1)).status == 404
