"""Whoever looks at other people's faces leaves a line, and what is taken away is counted."""

from __future__ import annotations

import asyncio
import csv
import io
import urllib.parse
from collections.abc import Iterator, Sequence

import pytest
from PIL import Image
from tests.portal.administered import MIXED_UP, NAMES, Administered, administered
from tests.portal.running import Guest

from samepic.engine.engine import Engine
from samepic.engine.served import Side
from samepic.imaging import Cell, Workers
from samepic.model.audit import Deed, Done
from samepic.model.picture import Picture, Stamp
from samepic.model.plan import PlanId
from samepic.portal import sessions
from samepic.portal.admin.entering import FEW
from samepic.portal.roles import Role

ROUTE = "exchange-to-sharepoint"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    with administered(tmp_path_factory.mktemp("looked")) as made:
        yield made


@pytest.fixture(scope="module")
def admin(at: Administered) -> Guest:
    return at.portal.visit(at.portal.somebody(Role.ADMINISTRATOR))


@pytest.fixture
def desk(at: Administered) -> Guest:
    """A session in which nothing was looked at yet."""
    return at.portal.visit(at.portal.somebody(Role.HELPDESK))


class Log:
    """What was entered since."""

    def __init__(self, at: Administered) -> None:
        self._at, self._from = at, at.state.audit.head().number

    def lines(self) -> list[Done]:
        return [one.done for one in self._at.state.audit.page(self._from, 1_000)]


def test_a_search_is_a_line_that_says_how_many_and_no_words(at: Administered, desk: Guest) -> None:
    log = Log(at)
    assert desk.ask("/admin/people?state=behind").status == 200
    shown = desk.ask("/admin/people")
    [everybody, all_of] = (one.words for one in reversed(log.lines()))
    assert everybody == f"48 people of {ROUTE}" and all_of.endswith(f"people of {ROUTE}, behind")
    assert [one.about for one in log.lines()] == ["", ""], "of many no ids"
    [further] = [str(one["href"]) for one in shown.soup.select("a") if "key=" in str(one.get("href"))]
    desk.ask(further)
    assert log.lines()[-1].words.endswith("a further page") and len(log.lines()) == 3

    desk.ask(f"/admin/people?{urllib.parse.urlencode({'q': NAMES[2]})}")
    found = log.lines()[-1]
    assert (found.what, found.about, found.words) == (Deed.SEARCHED, at.odd[2], f"1 people of {ROUTE}, by words")
    desk.ask("/admin/people?q=Nobody-Is-Called-So")
    assert log.lines()[-1].words == f"0 people of {ROUTE}, by words"
    every = "".join(f"{one.about} {one.words}" for one in log.lines())
    assert NAMES[2] not in every and "Nobody" not in every
    assert {one.who for one in log.lines()} == {at.portal.somebody(Role.HELPDESK)}


def test_no_face_without_a_line(at: Administered, desk: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = at.portal.somebody(number=0), at.odd[0]
    log = Log(at)
    for address in ("face", f"pictures/{ROUTE}/source", f"routes/{ROUTE}"):
        assert desk.ask(f"/admin/people/{person}/{address}").status == 200
    assert [(one.what, one.about) for one in log.lines()] == [(Deed.LOOKED, person)], "once in a session"

    log = Log(at)
    page = desk.ask("/admin/people")
    faces = [str(one["src"]) for one in page.soup.select(".people img.face")]
    assert len(faces) > FEW and all(desk.ask(one).status == 200 for one in faces[:3])
    assert [one.what for one in log.lines()] == [Deed.SEARCHED], "a list's own faces are in its line"
    desk.ask(f"/admin/people/{other}/pictures/{ROUTE}/target")
    assert (log.lines()[-1].what, log.lines()[-1].about) == (Deed.LOOKED, other), "a list lets nobody see more of them"

    monkeypatch.setattr(sessions, "MOST_LOOKS", 0)
    desk.ask(f"/admin/people/{other}")
    log = Log(at)
    desk.ask(f"/admin/people/{person}/face")
    assert [one.what for one in log.lines()] == [Deed.LOOKED], "what is no longer remembered is entered again"


def test_a_held_plans_faces_are_taken_away_by_administrators_and_entered(
    at: Administered, admin: Guest, desk: Guest
) -> None:
    address = f"/admin/plans/{ROUTE}/{at.plan}"
    assert "faces.png" in admin.ask(address).text and "faces.png" not in desk.ask(address).text
    log = Log(at)
    for name in ("faces.png", "faces.csv"):
        assert desk.ask(f"{address}/{name}").status == 403
        assert admin.ask(f"/admin/plans/{ROUTE}/no-plan/{name}").status == 404
    assert not log.lines()

    seen = admin.ask(f"{address}/faces.png")
    assert (seen.status, seen.headers["content-type"]) == (200, "image/png"), seen.text
    assert seen.headers["content-disposition"] == f'attachment; filename="samepic-plan-{at.plan}.png"'
    sheet = Image.open(io.BytesIO(seen.body))
    assert sheet.size[0] > 1_000 and sheet.size[1] > 142 * (MIXED_UP // 6)
    record = at.state.plans.of(ROUTE, PlanId(at.plan))
    assert record is not None
    count = len(record.held.examples)
    seen = admin.ask(f"{address}/faces.csv")
    head, *rows = csv.reader(io.StringIO(seen.text))
    assert head[:3] == ["object_id", "name", "address"] and len(rows) == count >= MIXED_UP
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    assert [(one.what, one.about, one.words) for one in log.lines()] == [
        (Deed.FACES_LISTED, at.plan, f"faces.png, {count} people"),
        (Deed.FACES_LISTED, at.plan, f"faces.csv, {count} people"),
    ]


def test_a_sheet_of_a_system_that_is_silent_has_empty_places(at: Administered, admin: Guest) -> None:
    at.portal.at.control.post_fault(kind="status", api="sharepoint", status=403, times=None)
    try:
        seen = admin.ask(f"/admin/plans/{ROUTE}/{at.plan}/faces.png")
    finally:
        at.portal.at.control.clear_faults()
    assert (seen.status, seen.headers["content-type"]) == (200, "image/png")


def test_a_sheet_is_asked_for_in_batches_and_drawn_beside_the_pages(
    at: Administered, admin: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, draw, now, most = Engine.served, Workers.contact_sheet, [0], [0]

    async def counted(engine: Engine, key: str, side: Side, edge_px: int) -> tuple[Stamp, Picture] | None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        try:
            return await served(engine, key, side, edge_px)
        finally:
            now[0] -= 1

    def beside(drawing: Workers, title: str, cells: Sequence[Cell], people: int) -> bytes:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        assert admin.ask("/admin/systems").status == 200, "while the sheet is being drawn"
        return draw(drawing, title, cells, people)

    monkeypatch.setattr(Engine, "served", counted)
    monkeypatch.setattr(Workers, "contact_sheet", beside)
    seen = admin.ask(f"/admin/plans/{ROUTE}/{at.plan}/faces.png")
    assert (seen.status, seen.headers["cache-control"]) == (200, "private, no-store"), "each taking is entered"
    assert most[0] == 16


def test_people_read_when_somebody_looked_at_them_and_by_no_name(at: Administered, desk: Guest, admin: Guest) -> None:
    person = at.portal.somebody(number=7)
    guest = at.portal.visit(person)
    assert "Nobody has looked at you" in guest.ask("/my/looks").text
    desk.ask(f"/admin/people/{person}")
    desk.ask(f"/admin/people?q={person}")
    admin.post(f"/admin/people/{person}/routes/{ROUTE}")
    guest.ask("/my/now")
    seen = guest.ask("/my/looks")
    lines = [one.text.split(": ", 1)[1] for one in seen.soup.select(".looks li")]
    assert lines == [
        "your picture was brought (an administrator)",
        "you were found by a search (the helpdesk)",
        "your page was opened (the helpdesk)",
    ]
    accounts = [at.portal.account(at.portal.somebody(role))[0] for role in (Role.HELPDESK, Role.ADMINISTRATOR)]
    assert not any(name in seen.text for name in accounts)
    other = at.portal.visit(at.portal.somebody(case="changed_since_pull"))
    assert "Nobody has looked at you" in other.ask("/my/looks").text, "of others nothing"
    assert "Nobody has looked" in desk.ask("/my/looks").text, "nor of what they did themselves"


def test_the_page_for_a_works_council_has_this_portals_own_figures(at: Administered) -> None:
    stranger = at.portal.visit(None)
    for language, word in (("en", "90 days"), ("nb", "90 dager"), ("lv", "90")):
        seen = stranger.ask(f"/help/my-data?lang={language}")
        assert seen.status == 200 and word in seen.text and "/my/looks" not in seen.text
    assert "/my/looks" in at.portal.visit(at.portal.somebody()).ask("/help/my-data").text
