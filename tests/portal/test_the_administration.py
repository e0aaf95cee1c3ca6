"""What helpdesk and administrators see and do: entered first, shown as it is, and no further than their role goes."""

from __future__ import annotations

import asyncio
import csv
import http.client
import io
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import text
from tests.conftest import tenant_of
from tests.databases import engine_of
from tests.portal.administered import MIXED_UP, NAMES, Administered, Clock, administered
from tests.portal.program import Program, tokens_in
from tests.portal.running import Guest, portal_of

from samepic.engine.engine import Engine, new_run
from samepic.jobs import Sweeps
from samepic.model.audit import Deed, Done, Entry, Head
from samepic.model.outcome import Explanation, RunRecord
from samepic.model.plan import PlanId, RunId
from samepic.model.sweeping import Going
from samepic.portal.admin import audit as audit_page
from samepic.portal.admin import people as people_pages
from samepic.portal.admin.faces import initials, nobody
from samepic.portal.person import errands
from samepic.portal.roles import Role
from samepic.report.sheet import whole_lines
from samepic.state.audit import AuditTable
from samepic.state.store import open_state

ROUTE = "exchange-to-sharepoint"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    with administered(tmp_path_factory.mktemp("administration")) as made:
        yield made


@pytest.fixture(scope="module")
def admin(at: Administered) -> Guest:
    return at.portal.visit(at.portal.somebody(Role.ADMINISTRATOR))


@pytest.fixture(scope="module")
def desk(at: Administered) -> Guest:
    return at.portal.visit(at.portal.somebody(Role.HELPDESK))


def entered(at: Administered) -> list[Entry]:
    return at.state.audit.page(0, 10_000)


def last(at: Administered, what: Deed) -> Entry:
    return next(one for one in reversed(entered(at)) if one.done.what == what)


def test_the_overview_says_what_waits_first(at: Administered, admin: Guest) -> None:
    page = admin.ask("/admin").soup
    [link] = [one["href"] for one in page.select(".need a") if "waits for a decision" in one.text]
    assert str(link) == f"/admin/plans/{ROUTE}/{at.plan}"
    counted = page.select_one(".group.behind dd a")
    assert counted is not None and int(counted.text) >= MIXED_UP
    assert "begins with the first run" in page.text, "nothing was carried out yet: no plot of nothing"


def test_a_role_is_entered_as_it_signs_in_with_where_from(at: Administered, admin: Guest, desk: Guest) -> None:
    roles = {(one.done.role, one.done.from_where) for one in entered(at) if one.done.what == Deed.SIGNED_IN}
    assert roles == {("administrator", "127.0.0.1"), ("helpdesk", "127.0.0.1")}
    before = len(entered(at))
    at.portal.visit(at.portal.somebody(number=1))
    assert len(entered(at)) == before, "who looks at their own picture is nobody's business"


def test_a_held_plan_is_looked_at_then_decided_with_a_reason(at: Administered, admin: Guest, desk: Guest) -> None:
    address = f"/admin/plans/{ROUTE}/{at.plan}"
    page = desk.ask(address)
    assert not page.soup.select("form.word"), "helpdesk sees it and decides nothing"
    faces = [str(one["src"]) for one in page.soup.select(".sheet img")]
    assert len(faces) >= MIXED_UP and all(one["loading"] == "lazy" for one in page.soup.select(".sheet img"))
    assert [desk.ask(one).headers["content-type"] for one in faces[:2]] == ["image/jpeg"] * 2
    assert desk.ask(faces[0]).body != desk.ask(faces[1]).body, "before and after"
    assert last(at, Deed.FACES_LISTED).done.about == at.plan
    assert at.plan in desk.ask("/admin/plans").text
    assert desk.post(f"{address}/approve", why="I may not").status == 403
    assert admin.post(f"{address}/approve", why="  ").status == 400
    assert admin.post(f"{address}/dance", why="x").status == 404
    waiting = at.state.plans.of(ROUTE, PlanId(at.plan))
    assert waiting is not None and waiting.standing.value == "held"

    assert admin.post(f"{address}/reject", why="=not <b>these</b>").status == 303
    shown = admin.ask(address)
    assert "=not &lt;b&gt;these" in shown.text and "Rejected" in shown.text
    record = at.state.plans.of(ROUTE, PlanId(at.plan))
    account, _ = at.portal.account(at.portal.somebody(Role.ADMINISTRATOR))
    assert record is not None and record.said.why == "=not <b>these</b>" and record.said.account == account
    assert admin.post(f"{address}/approve", why="after all").status == 409, "a rejected plan waits no more"
    done = last(at, Deed.REJECTED).done
    assert (done.about, done.words, done.account) == (at.plan, "=not <b>these</b>", account)


def test_a_list_of_plans_reads_nobody_whom_they_are_about(at: Administered, admin: Guest) -> None:
    token = tokens_in(at.state)[Role.HELPDESK]
    set_to = text("UPDATE plan SET examples = :examples")
    with engine_of(at.folder / "samepic-state" / "state.sqlite").begin() as connection:
        examples = connection.execute(text("SELECT examples FROM plan")).scalar_one()
        connection.execute(set_to, {"examples": "no people"})
    try:
        assert at.plan in admin.ask("/admin/plans").text and admin.ask("/admin").status == 200
        assert [one["plan"] for one in Program(at.portal, token).get("/api/v1/plans").json] == [at.plan]
        assert admin.ask(f"/admin/plans/{ROUTE}/{at.plan}").status == 500, "which reads them"
    finally:
        with engine_of(at.folder / "samepic-state" / "state.sqlite").begin() as connection:
            connection.execute(set_to, {"examples": examples})


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_as_text_whatever_they_are(at: Administered, admin: Guest, name: str) -> None:
    person = at.odd[NAMES.index(name)]
    found = admin.ask(f"/admin/people?q={person}")
    whole = admin.ask(f"/admin/people/{person}")
    for seen in (found, whole):
        assert seen.status == 200
        assert not seen.soup.select("main script") and "<script>alert" not in seen.text
        assert name.strip("\u202e") in "".join(one.text for one in seen.soup.select("main bdi")), "in a <bdi>"


def test_people_are_found_by_name_address_and_how_they_stand(at: Administered, desk: Guest) -> None:
    person = at.portal.somebody(number=0)
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    for words in (user.display_name, user.display_name.split()[-1].upper(), user.upn, user.upn[:6].upper(), person):
        found = [str(one["href"]) for one in desk.ask(f"/admin/people?{query(q=words)}").soup.select(".who a")]
        assert f"/admin/people/{person}" in found, words
    assert not desk.ask("/admin/people?q=%25").soup.select(".who a"), "a sign of SQL's is a sign"
    tags = {one.text for one in desk.ask("/admin/people?state=new").soup.select(".people .tag")}
    assert tags == {"Not brought yet"}
    assert desk.ask("/admin/people?state=dance&route=x").status == 200
    assert not desk.ask("/admin/people").soup.select("input[type=checkbox]"), "helpdesk takes people one by one"


def test_a_list_goes_on_where_the_page_ended(at: Administered, desk: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_pages, "A_PAGE", 17)
    seen, address = list[str](), "/admin/people"
    while address:
        page = desk.ask(address).soup
        seen += [str(one["href"]) for one in page.select(".who a")]
        address = next((str(one["href"]) for one in page.select("main p a") if "More" in one.text), "")
    run = at.state.runs.latest_sweep(ROUTE)
    assert run is not None and len(seen) == len(set(seen)) == at.state.rows.count(run.run)


def test_helpdesk_brings_somebodys_picture_and_it_is_entered_first(at: Administered, desk: Guest) -> None:
    person = at.portal.somebody(number=0)
    address = f"/admin/people/{person}/routes/{ROUTE}"
    assert "Not brought yet" in desk.ask(address, HX_Request="true").text
    assert at.portal.at.control.picture(person, "sharepoint-l") is None
    assert "was brought" in desk.post(address).text
    assert at.portal.at.control.picture(person, "sharepoint-l") is not None
    done = last(at, Deed.RESYNCED).done
    assert (done.about, done.words, done.role) == (person, ROUTE, "helpdesk")
    assert desk.ask(f"/admin/people/{person}").soup.select("table a"), "and its history shows it"
    face = desk.ask(f"/admin/people/{person}/face")
    assert (face.status, face.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize(
    ("fault", "silent"),
    [
        ({"api": "sharepoint", "status": 401}, "SharePoint and OneDrive"),
        ({"api": "graph", "path": "/photo", "status": 403}, "Outlook and Teams"),
    ],
)
def test_side_by_side_one_system_is_shown_though_the_other_is_silent(
    at: Administered, desk: Guest, fault: dict[str, object], silent: str
) -> None:
    person = at.portal.somebody(case="changed_since_pull")
    address = f"/admin/people/{person}/routes/{ROUTE}"
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None and len(desk.ask(address).soup.select("img.face")) == 2
    at.portal.at.control.post_fault(kind="status", times=None, **fault)
    try:
        seen = [desk.ask(address), desk.ask(address, HX_Request="true"), desk.post(address)]
        [face] = seen[0].soup.select("img.face")
        picture = desk.ask(str(face["src"]))
    finally:
        at.portal.at.control.clear_faults()
    assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
    for page in seen:
        assert page.status == 200 and len(page.soup.select("img.face")) == 1
        said = [one.text for one in page.soup.select(".card [role=status] .problem, div[role=status] .problem")]
        assert said == [f"There is no answer from {silent} at the moment."], page.text
        marked = {
            one.text.split("Does not")[0]: "Does not answer" in one.text for one in page.soup.select("figcaption")
        }
        assert [name for name, is_silent in marked.items() if is_silent] == [silent]
    for page in (seen[0], seen[2]):
        assert [one.text for one in page.soup.select("h1")] == [user.display_name], "nobody is an id"
    assert "could not be brought" in seen[2].text


def test_whoever_is_looked_at_by_an_address_is_entered_by_their_id(at: Administered, admin: Guest, desk: Guest) -> None:
    person = at.portal.somebody(number=1)
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    page = desk.ask(f"/admin/people/{user.upn.upper()}")
    assert user.display_name in page.text and page.soup.select(f"section[hx-get^='/admin/people/{person}/routes/']")
    assert last(at, Deed.LOOKED).done.about == person
    assert desk.post(f"/admin/people/{user.upn}/routes/{ROUTE}").status == 200
    assert last(at, Deed.RESYNCED).done.about == person
    admin.post(f"/admin/bulk/{ROUTE}", person=user.upn)
    assert last(at, Deed.BULK_TRIED).done.about == person


def test_several_at_once_are_tried_first(at: Administered, admin: Guest, desk: Guest) -> None:
    people = [at.portal.somebody(number=number) for number in (8, 9)]
    assert desk.post(f"/admin/bulk/{ROUTE}", person=people[0]).status == 403
    fields = [("form_word", admin.word()), *(("person", one) for one in people)]
    tried = admin.ask(f"/admin/bulk/{ROUTE}", fields)
    assert tried.status == 200 and "2 pictures would be changed" in tried.text
    assert at.portal.at.control.picture(people[0], "sharepoint-l") is None
    done = admin.ask(f"/admin/bulk/{ROUTE}", [*fields, ("do", "yes")])
    assert "Written: 2" in done.text
    assert at.portal.at.control.picture(people[1], "sharepoint-l") is not None
    assert last(at, Deed.BULK_DONE).done.about == " ".join(people)
    many = [("form_word", admin.word()), *(("person", f"id-{number}") for number in range(51))]
    assert admin.ask(f"/admin/bulk/{ROUTE}", many).status == 400


def test_a_sweep_is_watched_and_cancelled(at: Administered, admin: Guest, desk: Guest) -> None:
    sweeps = Sweeps(at.state, Clock(), new_run, "a test")
    run = sweeps.start(ROUTE, why="a test")
    try:
        page = desk.ask(f"/admin/runs/{run}")
        assert "At work" in page.text and not page.soup.select("form[action$=cancel]"), "helpdesk looks"
        assert desk.post(f"/admin/runs/{run}/cancel").status == 403
        with watched(desk, at.portal.url, run) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.readline().startswith(b"event: progress")
        assert admin.ask(f"/admin/runs/{run}").soup.select("form[action$=cancel]")
        assert admin.post(f"/admin/runs/{run}/cancel").status == 303
        sweep = at.state.sweeps.of(run)
        assert sweep is not None and sweep.going is Going.ENDING
        assert last(at, Deed.CANCELLED).done.about == run
        assert admin.post(f"/admin/runs/{run}/cancel").status == 409
    finally:
        at.state.sweeps.over(run)


def test_whoever_is_signed_out_watches_nothing_further(at: Administered, admin: Guest) -> None:
    person = at.portal.somebody(Role.HELPDESK, number=1)
    run = Sweeps(at.state, Clock(), new_run, "a test").start(ROUTE, why="a test")
    try:
        with watched(at.portal.visit(person), at.portal.url, run) as stream:
            assert stream.readline().startswith(b"event: progress")
            assert admin.post(f"/admin/people/{person}/sessions").status == 200
            assert b"event: over" not in stream.read(), "the run goes on"
    finally:
        at.state.sweeps.over(run)


def test_a_run_by_one_process_is_cancelled_too(at: Administered, admin: Guest) -> None:
    """Its process looks for the word: tests/scenarios/test_a_run_is_cancelled_from_elsewhere.py."""
    now = Clock().now()
    runs = [RunId("20261122-000000-000001"), RunId("20261122-000000-000002")]
    for run in runs:
        record = RunRecord(run, None, ROUTE, "sync", now, None, "running", 0, 0, 0, 0)
        with at.state.route_lock(ROUTE, "a test", now):
            at.state.runs.begin(record)
            if run == runs[0]:
                assert admin.ask(f"/admin/runs/{run}").soup.select("form[action$=cancel]")
                assert admin.post(f"/admin/runs/{run}/cancel").status == 303
                assert at.state.runs.is_cancelled(run)
                page = admin.ask(f"/admin/runs/{run}")
                assert "This run ends" in page.text and not page.soup.select("form[action$=cancel]")
                assert admin.post(f"/admin/runs/{run}/cancel").status == 409
    assert admin.post(f"/admin/runs/{runs[1]}/cancel").status == 303, "whose process has died"
    died = at.state.runs.of(runs[1])
    assert died is not None and died.state == "interrupted" and not at.state.runs.is_cancelled(runs[1])


def test_a_portal_ends_though_somebody_watches(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with tenant_of() as tenant, portal_of(tenant, tmp_path) as portal:
        desk = portal.visit(portal.somebody(Role.HELPDESK))
        state = open_state(tmp_path / "samepic-state" / "state.sqlite")
        run = Sweeps(state, Clock(), new_run, "a test").start(ROUTE, why="a test")
        stream = watched(desk, portal.url, run)
        assert stream.readline().startswith(b"event: progress")
    assert not [one for one in set(threading.enumerate()) - before if one.name == "portal"]
    assert b"event: over" not in stream.read(), "the run is not over; the portal is"
    stream.close()
    state.close()


def watched(guest: Guest, url: str, run: str) -> Any:
    cookies = "; ".join(f"{one.name}={one.value}" for one in guest.jar)
    asked = urllib.request.Request(f"{url}/admin/runs/{run}/live", headers={"Cookie": cookies})
    return urllib.request.urlopen(asked, timeout=60)


def test_the_log_is_shown_and_taken_away_without_formulas(at: Administered, admin: Guest, desk: Guest) -> None:
    assert desk.ask("/admin/audit").status == desk.ask("/admin/audit.csv").status == 403
    assert "samepic audit verify" in admin.ask("/admin/audit").text
    at.state.audit.enter(Done("x", "@x", "operator", Deed.REJECTED, "p", "=1+1"), Clock().now())
    seen = admin.ask("/admin/audit.csv")
    assert "attachment" in seen.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(seen.text)))
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row.values())
    assert rows[-1]["what"] == "audit_exported"
    assert at.samepic("audit", "verify").code == 0


def test_a_silent_system_keeps_nobody_waiting_and_is_asked_once_for_all_who_look(
    at: Administered, admin: Guest, desk: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, explain, asked, answers = at.portal.somebody(number=3), Engine.explain, list[str](), threading.Event()
    program = Program(at.portal, tokens_in(at.state)[Role.HELPDESK])

    async def slow(engine: Engine, key: str) -> Explanation:
        asked.append(key)
        await asyncio.to_thread(answers.wait, 20)
        return await explain(engine, key)

    address = f"/admin/people/{person}/routes/{ROUTE}"
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "explain", slow)
        patch.setattr(errands, "PATIENCE_S", 0.05)
        seen = [guest.ask(address) for guest in (desk, admin, desk)]
        assert all("answer, but could not be compared" in one.text for one in seen), "each was asked by itself then"
        assert program.get(f"/api/v1/people/{person}").status == 503
        answers.set()
    assert asked == [person] and desk.ask(address).status == 200


def test_a_long_log_comes_as_fast_as_it_is_taken(
    at: Administered, admin: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many, read, goes_on = at.state.audit.latest(1)[0], 10_000_000, [0], threading.Event()

    def page(table: object, after: int, limit: int) -> list[Entry]:
        read[0] += 1
        assert read[0] == 1 or goes_on.wait(60)
        return [replace(one, number=after + place) for place in range(1, limit + 1)]

    def told(entries: Iterable[Entry], *, first: bool) -> str:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return whole_lines(entries, first=first)

    monkeypatch.setattr(AuditTable, "page", page)
    monkeypatch.setattr(AuditTable, "head", lambda table: Head(many))
    monkeypatch.setattr(audit_page, "whole_lines", told)
    with download(admin, at.portal.url, "/admin/audit.csv") as taken:
        first = taken.readline(), taken.readline()
        assert first[0].startswith(b"number,") and first[1].startswith(b"1,"), "before the second page was read"
        goes_on.set()
        still = 0
        while still < 20:  # whoever takes it takes no more, and others are answered
            before = read[0]
            assert admin.ask("/admin/systems").status == 200
            still = still + 1 if read[0] == before else 0
            assert read[0] < 500, "what nobody takes piles up"


@contextmanager
def download(guest: Guest, url: str, path: str) -> Iterator[http.client.HTTPResponse]:
    """What is taken as slowly as the block reads it, and no further."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    cookies = "; ".join(f"{one.name}={one.value}" for one in guest.jar)
    connection.request("GET", path, headers={"Cookie": cookies})
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def test_systems_are_tried_on_demand_and_the_file_is_shown(at: Administered, admin: Guest) -> None:
    page = admin.ask("/admin/systems")
    assert "when_removed" in page.text and not page.soup.select(".configured input")
    assert "It works" in admin.post("/admin/systems/sharepoint_online").text
    assert "did not work" not in admin.ask("/admin").text
    fault = at.portal.at.control.post_fault(kind="status", api="sharepoint", status=403)
    try:
        assert "It does not work" in admin.post("/admin/systems/sharepoint_online").text
    finally:
        at.portal.at.control.clear_faults()
    assert "SharePoint and OneDrive: did not work" in admin.ask("/admin").text, fault


def test_what_cannot_be_entered_is_not_done(at: Administered, desk: Guest, admin: Guest) -> None:
    person, file = at.portal.somebody(number=10), at.folder / "samepic-state" / "state.sqlite"
    head = at.state.audit.head()
    with engine_of(file).begin() as connection:
        connection.execute(text("DELETE FROM audit_head"))
    try:
        assert desk.post(f"/admin/people/{person}/routes/{ROUTE}").status == 503
        assert admin.post(f"/admin/bulk/{ROUTE}", person=person, do="yes").status == 503
        assert at.portal.at.control.picture(person, "sharepoint-l") is None
    finally:
        with engine_of(file).begin() as connection:
            connection.execute(text("INSERT INTO audit_head VALUES (:number, :hash)"), asdict(head))


def query(**fields: str) -> str:
    return urllib.parse.urlencode(fields)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anna Bērziņa", "AB"),
        ("Ole Martin Å.", "OÅ"),
        ("Cher", "C"),
        ("<script>alert(1)</script>", "?"),
        ("", "?"),
        ("שלום עליכם", "שע"),
        ("& <b>", "?"),
        ("李 小龙", "李小"),
    ],
)
def test_whoever_has_a_picture_that_was_never_kept_is_shown_by_initials(name: str, letters: str) -> None:
    drawn = ElementTree.fromstring(initials(name).content)
    shown = drawn.find("{http://www.w3.org/2000/svg}text")
    assert shown is not None and shown.text == letters


def test_a_list_shows_initials_of_whomever_the_latest_run_saw_with_a_picture(at: Administered, desk: Guest) -> None:
    """Also before anything was remembered of anybody, as while the first plan is held; of others it shows nobody."""
    run = at.state.people.met_by(ROUTE)
    assert run is not None
    everybody = at.state.rows.page(run.run, "", 1_000)
    remembered = at.state.memories.of(ROUTE, [row.key for row in everybody])
    others = [row for row in everybody if row.key not in remembered]
    seen = next(row for row in others if isinstance(row.source, str))
    unseen = next(row for row in others if not isinstance(row.source, str) and not isinstance(row.target, str))
    assert desk.ask(f"/admin/people/{seen.key}/face").text == initials(seen.person.display_name).content.decode()
    assert desk.ask(f"/admin/people/{unseen.key}/face").text == nobody().content.decode()
