"""Whoever asks gets all that is held about them, whole, in their language, and nothing about anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

from tests.portal.running import Guest, Portal
from tests.portal.sending import face, same, send

from samepic.portal.pages.language import Speaker
from samepic.portal.person.takeaway import _readme
from samepic.portal.roles import Role
from samepic.portal.sessions import Visitor


def taken(guest: Guest) -> zipfile.ZipFile:
    seen = guest.ask("/my/takeaway.zip")
    assert (seen.status, seen.headers["content-type"]) == (200, "application/zip")
    assert seen.headers["content-disposition"].startswith("attachment") and "no-store" in seen.headers["cache-control"]
    archive = zipfile.ZipFile(io.BytesIO(seen.body))
    assert archive.testzip() is None
    return archive


def test_everything_of_ones_own_and_nothing_else(portal: Portal) -> None:
    person = portal.somebody(case="changed_since_pull")
    guest = portal.visit(person, "nb")
    before = portal.at.control.picture(person, "exchange")
    send(guest, face(31))
    send(portal.visit(portal.somebody()), face(32))
    archive = taken(guest)
    told = json.loads(archive.read("samepic.json"))
    assert told["person"]["object_id"] == person and len(told["routes"]) == 2
    files = {one["file"]: one["sha256"] for route in told["routes"].values() for one in route["pictures"]}
    assert set(files) == {name for name in archive.namelist() if name.startswith("pictures/")}
    held = {name: archive.read(name) for name in files}
    assert all(sha256(data).hexdigest() == files[name] for name, data in held.items())
    assert any(same(data, face(31)) for data in held.values()) and any(same(data, before) for data in held.values())
    assert not any(same(data, face(32)) for data in held.values()), "that is somebody else's"
    assert [change["did"] for change in told["routes"]["portal:exchange_online"]["changes"]] == ["write"]
    assert "Dette er alt Samepic har om" in archive.read("README.txt").decode()


def test_of_whom_nothing_is_held_learns_that(portal: Portal) -> None:
    archive = taken(portal.visit(portal.somebody(number=1)))
    assert archive.namelist() == ["README.txt", "samepic.json"]


def test_a_hostile_name_commands_no_terminal_that_shows_the_word_of_explanation() -> None:
    visitor = Visitor("id", "Kari\x1b]0;x\x07\nNobody", "kari@x", Role.PERSON)
    told = _readme(visitor, Speaker("en"), datetime(2026, 11, 22, tzinfo=UTC))
    assert "\x1b" not in told and "\x07" not in told
    assert "Kari" in told.splitlines()[0] and "Nobody" in told.splitlines()[0]
