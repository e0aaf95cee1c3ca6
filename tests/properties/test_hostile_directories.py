"""Whatever a directory calls its people: nothing of it is obeyed by a terminal, a log, a page or another's server."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
import tempfile
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.markup import escape
from rich.table import Table
from tests.hostile import TEXT, WHATEVER
from tests.office import Office, face
from tests.pictures import encoded, mosaic
from yarl import URL

from localtenant.sharepoint.odata import segments
from samepic.cli import explain, outcome
from samepic.cli.logging import _Json, _Text
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.model.decision import Action, Reason
from samepic.model.outcome import Explanation, Failure, RunOutcome, SystemView
from samepic.model.person import Keys, Person, PersonId
from samepic.model.picture import NO_PICTURE
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.remembered import Row
from samepic.model.system import Written
from samepic.model.text import keepable, one_line
from samepic.report import Document, Face, Faces, Section, save
from samepic.state.store import open_state
from samepic.systems.sharepoint_online import csom, wire
from samepic.systems.sharepoint_online.places import Files, picture_url, thumbnail
from samepic.transport.answer import Answer, shortened
from samepic.transport.graph_people import person_of, user_path

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys, or no terminal can be sent."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ORIGIN = "https://contoso-my.sharepoint.example"
WIDE = 100_000


def painted(paint: object) -> str:
    """What is shown on a terminal in colour, but for the colours."""
    console = Screen(file=io.StringIO(), force_terminal=True, width=WIDE, legacy_windows=False)
    assert callable(paint)
    paint(console)
    assert isinstance(console.file, io.StringIO)
    return COLOUR.sub("", console.file.getvalue())


def explained(text: str) -> Explanation:
    view = SystemView("target", NO_PICTURE, None, None, text)
    return Explanation(text, text, "route", (view,), True, None, Reason.REFUSED, Action.NOTHING, text, text, text, text)


def ended(text: str) -> RunOutcome:
    held = Hold("changed", text, 1, 1, 1, 0.1, 0.1)
    return RunOutcome(
        RunId("r"), PlanId("p"), "route", 1, {Reason.NEW: 1}, held, 0, 0, 1, {"x": 1}, 1.0,
        failures=(Failure(text, text),), skips=(Failure(text, text),), stopped=text, pending=1,
    )  # fmt: skip


@given(WHATEVER)
@settings(deadline=None)
@example("\x9b31m\x1b]0;x\x07\u202e\n2026-11-22 06:00:00 ERROR    forged")
def test_a_terminal_is_commanded_by_nobody_else(text: str) -> None:
    table = Table(box=None)
    table.add_column("x")
    table.add_row(escape(text))
    for paint in (
        lambda on: on.print(text, markup=False),
        lambda on: on.print(table),
        lambda on: explain._show(explained(text), on),
        lambda on: outcome.show(ended(text), on, planned_only=False),
    ):
        assert not OBEYED.search(painted(paint))
    for show in (
        lambda words: painted(lambda on: explain._show(explained(words), on)),
        lambda words: painted(lambda on: outcome.show(ended(words), on, planned_only=False)),
    ):
        assert show(text).count("\n") == show("plain").count("\n"), "nobody's name begins a line of its own"


@given(WHATEVER)
@settings(deadline=None)
@example("x\n2026-11-22 06:00:00 ERROR    forged")
@example("\x9b31m")
def test_a_log_line_is_one_line(text: str) -> None:
    record = logging.LogRecord("samepic", logging.INFO, "", 1, "%s: %s", (text, shortened(text)), None)
    for formatter in (_Text(), _Json()):
        formatter.names = True  # where people may not be named there is less to be obeyed
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert not OBEYED.search(line)
    assert json.loads(line)["event"] == f"{text}: {shortened(text)}"


def test_a_traceback_in_a_log_has_no_line_that_passes_for_a_record() -> None:
    try:
        raise ValueError("x\n2026-11-22 06:00:00 ERROR    forged\x1b[2J")
    except ValueError:
        record = logging.LogRecord("samepic", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    first, *rest = _Text().format(record).splitlines()
    assert first.endswith("failed") and all(line.startswith(("    ", "Traceback")) for line in rest), rest
    assert not OBEYED.search("".join(rest))


@given(WHATEVER)
@settings(deadline=None)
def test_json_for_programs_says_it_all_and_commands_nothing(text: str) -> None:
    out = io.StringIO()
    with mock.patch.object(sys, "stdout", out):
        print_json({"name": text})
    assert not OBEYED.search(out.getvalue().rstrip("\n"))
    assert json.loads(out.getvalue().encode()) == {"name": text}


@given(WHATEVER)
@settings(deadline=None)
def test_words_stay_words(text: str) -> None:
    shown = one_line(text)
    assert not OBEYED.search(shown) and "\n" not in shown and len(shown) == len(text)
    assert one_line(shown) == shown


@given(WHATEVER, WHATEVER)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@example("cut within an emoji: \ud83d", "\ud83d@contoso.example")
def test_a_name_that_is_no_unicode_can_be_remembered(
    tmp_path_factory: pytest.TempPathFactory, name: str, upn: str
) -> None:
    """JSON names halves of characters by their numbers, and by bytes that strict readers refuse."""
    body = {"id": "1", "userPrincipalName": upn, "displayName": name}
    for sent in (json.dumps(body).encode(), json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")):
        person = person_of(Answer(200, {}, sent).json())
        assert person.display_name == one_line(keepable(name)) and person.keys.upn == keepable(upn)
        state = open_state(_state(tmp_path_factory))
        state.rows.put(RunId("r"), [Row("1", person)])
        assert state.rows.page(RunId("r"), "", 1)[0].person == person
        state.close()
        user_path(person.keys.upn or "")


def _state(made: pytest.TempPathFactory) -> Path:
    return made.getbasetemp() / "hostile.sqlite"


@given(TEXT)
@settings(deadline=None)
@example("..")
@example(".")
@example("delta")
@example("$count")
@example("a@b/..")
def test_an_address_names_one_person_and_says_nothing_else(key: str) -> None:
    url = URL(f"https://graph.example/v1.0{user_path(key)}/photo")  # as the client reads it before it sends
    assert (url.host, url.query_string, url.fragment) == ("graph.example", "", "")
    version, users, *rest = url.raw_path.strip("/").split("/")
    named = re.fullmatch(r"users\('(.*)'\)", users)
    if named is not None:
        assert (version, rest) == ("v1.0", ["photo"])
        assert unquote(named[1]).replace("''", "'") == key
    else:
        assert (version, users, rest) == ("v1.0", "users", [rest[0], "photo"])
        assert unquote(rest[0]) == key and "@" in key


@given(TEXT, TEXT)
@settings(deadline=None)
@example("..", "x")
def test_sharepoint_reads_the_very_path_that_was_meant(folder: str, name: str) -> None:
    path = f"/User Photos/{folder}/{name}"
    for address, values in (
        (wire.file(path), [path]),
        (wire.file_bytes(path), [path]),
        (wire.file_etag(path), [path]),
        (wire.library(path), [path]),
        (wire.folders(path), [path]),
        (wire.add_file(path, name, overwrite=False), [path, name]),
    ):
        sent = URL(ORIGIN + address)
        assert sent.host == URL(ORIGIN).host and set(sent.query) <= {"$select"}
        read = segments(unquote(sent.raw_path.removeprefix("/_api/")), {})
        told = [value for segment in read for value in (*segment.plain, *(v for _, v in segment.named))]
        assert [value for value in told if value in values and value] == values


@given(st.lists(TEXT, min_size=1, max_size=5), TEXT)
@settings(deadline=None)
@example(["a</Parameter><Parameter>b", "x\r\ny"], "]]>&amp;")
def test_the_object_model_is_asked_about_these_people_only(upns: list[str], value: str) -> None:
    people = [upn for upn in upns if csom.is_sayable(upn)]
    root = ElementTree.fromstring(csom.read_profiles(people))
    methods = [e for e in root.iter() if e.tag.endswith("}Method")]
    assert [m.get("Name") for m in methods] == ["GetPropertiesFor"] * len(people)
    assert [e.text for e in root.iter() if e.tag.endswith("}Parameter")] == [csom.account(upn) for upn in people]
    if not people or not csom.is_sayable(value):
        return
    root = ElementTree.fromstring(csom.set_properties(people[0], [(wire.PICTURE_URL, value)]))
    told = [e.text or "" for e in root.iter() if e.tag.endswith("}Parameter")]
    assert told == [csom.account(people[0]), wire.PICTURE_URL, value, csom.account(people[0])]
    for upn in set(upns) - set(people):
        with pytest.raises(ElementTree.ParseError):
            ElementTree.fromstring(csom.read_profiles([upn]))


@given(TEXT, TEXT)
@settings(deadline=None)
@example("..", "x")
@example("%2e%2e", "%2e")
@example("a\\..\\b", "x")
def test_a_picture_url_leads_to_the_files_that_it_was_made_of_and_never_climbs(folder: str, stem: str) -> None:
    files = Files(f"/User Photos/{folder}", stem.replace("/", "_"))
    url = picture_url(ORIGIN, files.path("M"))
    assert URL(url).host == URL(ORIGIN).host
    found = Files.of_url(url)
    if found is None:
        assert thumbnail(files.path("M")) is None
    else:
        assert found == files
        steps = re.split(r"[/\\]", found.path("M"))
        assert not {".", ".."} & set(steps)


@pytest.mark.parametrize(
    "url",
    [
        f"{ORIGIN}/User%20Photos/../Shared%20Documents/{{}}_MThumb.jpg",
        f"{ORIGIN}/User%20Photos/%2e%2e/Shared%20Documents/{{}}_MThumb.jpg",
        f"{ORIGIN}/User%20Photos/%2E./x/{{}}_MThumb.jpg",
        f"{ORIGIN}/User%20Photos/..%5C..%5Cx/{{}}_MThumb.jpg",
        "https://[bad/User%20Photos/x/{}_MThumb.jpg",
    ],
)
def test_a_picture_url_that_leads_out_of_the_library_is_nobodys_place(url: str) -> None:
    assert Files.of_url(url.format("0b3d7d51-9a0f-4f6e-8d0a-0d8f4a1c2b3e")) is None


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def reported(folder: Path, text: str) -> Page:
    faces = Faces()
    small = encoded(mosaic(1, 96, 96))
    faces.add(Face(text, text, "new", text, None, small))
    page, sheet = save(
        Document(text, datetime(2026, 11, 22, tzinfo=UTC), [Section(text, text, (), [("new", 1, text)], faces)]),
        folder / "report.html",
    )
    faces.close()
    assert sheet is not None and sheet.stat().st_size > 0
    return Page(page.read_text(encoding="utf-8"))


@given(WHATEVER)
@settings(max_examples=6, deadline=None)
@example("two\nlines")
@example("\ud83d")
def test_a_report_has_no_element_that_we_did_not_write(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain, hostile = reported(Path(folder), "plain"), reported(Path(folder), text)
        assert hostile.tags == plain.tags and hostile.attributes == plain.attributes


ALIKE = st.sampled_from(
    ["ola@x", "OLA@x", "Ola@X", "o.la@x", "o_la@x", "kari@x", "KARI@x", "stra\u00dfe@x", "STRASSE@x"]
)


@given(st.lists(st.tuples(ALIKE | TEXT, ALIKE | st.none(), TEXT), min_size=1, max_size=6))
@settings(max_examples=5, deadline=None)
@example([("ola@x", None, "Ola"), ("OLA@x", None, "Ola")])
@example([("stra\u00dfe@x", "ola@x", "a"), ("STRASSE@x", "OLA@x", "b")])
def test_nobody_is_shown_another_persons_picture(told: list[tuple[str, str | None, str]]) -> None:
    """The target knows people by an address that it folds: two people's that differ by case are one account there."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_shows_nobody_elses(Path(folder), told))


async def _shows_nobody_elses(folder: Path, told: list[tuple[str, str | None, str]]) -> None:
    office = Office(folder)
    owners: dict[str, set[int]] = {}
    for number, (upn, mail, name) in enumerate(told):
        owners.setdefault(upn.casefold(), set()).add(number)
        person = Person(Keys(f"id-{number}", upn, mail), name)
        office.census.add(person)
        office.source.add(person, face(number))
        office.target.add(Person(Keys(upn=upn.casefold())))
    write = office.target.write

    async def folding(person: str, *given: Any, **named: Any) -> Written:
        return await write(PersonId(person.casefold()), *given, **named)

    with (
        mock.patch.object(office.target, "write", folding),
        mock.patch.object(
            office.target,
            "look",
            lambda people: type(office.target).look(office.target, [p.casefold() for p in people]),
        ),
    ):
        done = await office.engine.sync()
    assert done.stopped is None
    alone = {upn: people for upn, people in owners.items() if len(people) == 1}
    written = {str(person): sizes for person, sizes in office.target.writes}
    assert set(written) <= set(alone), "an address that two people have was written to"
    office.state.close()
