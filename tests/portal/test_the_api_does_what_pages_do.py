"""What the portal's pages do, a program does too: as far as its token's role goes, and to nobody else's picture."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from urllib.parse import quote as quoted
from urllib.parse import urlsplit

import pytest
from tests.portal.administered import MIXED_UP, Administered, Clock, administered
from tests.portal.program import Program, tokens_in
from tests.portal.sending import face, same
from tests.portal.test_uploads import HOSTILE

from samepic.engine.engine import new_run
from samepic.jobs import Sweeps
from samepic.model.audit import Deed, Entry
from samepic.model.decision import Reason
from samepic.portal import bodies
from samepic.portal.admin.standing import GROUPS
from samepic.portal.app import MOST_BODY
from samepic.portal.person import errands, upload
from samepic.portal.roles import Role

ROUTE = "exchange-to-sharepoint"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    with administered(tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.fixture(scope="module")
def admin(at: Administered) -> Program:
    return Program(at.portal, tokens_in(at.state)[Role.ADMINISTRATOR])


@pytest.fixture(scope="module")
def desk(at: Administered) -> Program:
    return Program(at.portal, tokens_in(at.state)[Role.HELPDESK])


def entered(at: Administered, number: int = 1) -> list[Entry]:
    return at.state.audit.latest(number)


def test_people_are_found_page_by_page_each_once(at: Administered, desk: Program) -> None:
    whole = desk.get("/api/v1/people?limit=200").json
    assert whole["next"] is None and whole["route"] == ROUTE
    seen, after = list[str](), {"after_name": "", "after_key": ""}
    while after is not None:
        page = desk.get(
            f"/api/v1/people?limit=17&after_name={quoted(after['after_name'])}&after_key={after['after_key']}"
        )
        seen, after = seen + [one["person"] for one in page.json["people"]], page.json["next"]
    assert len(seen) > 34 and seen == [one["person"] for one in whole["people"]] and len(set(seen)) == len(seen)


def test_people_are_found_by_word_reason_and_group(at: Administered, desk: Program) -> None:
    person = at.portal.somebody(number=0)
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    [found] = desk.get(f"/api/v1/people?q={quoted(user.upn.upper())}").json["people"]
    assert (found["person"], found["display_name"], found["reason"]) == (person, user.display_name, "new")
    by_reason = desk.get("/api/v1/people?reason=new&limit=200").json["people"]
    assert by_reason and {one["reason"] for one in by_reason} == {"new"}
    behind = desk.get("/api/v1/people?group=behind&limit=200").json["people"]
    assert {Reason(one["reason"]) for one in behind} <= set(GROUPS["behind"]) and len(behind) >= len(by_reason)
    assert desk.get("/api/v1/people?reason=dance").status == desk.get("/api/v1/people?group=dance").status == 400
    assert desk.get("/api/v1/people?q=%00%25").json["people"] == []


def test_whoever_is_named_by_an_address_is_entered_by_their_id(at: Administered, admin: Program) -> None:
    person = at.portal.somebody(number=1)
    user = at.portal.at.tenant.store.users.get(person)
    assert user is not None
    for address in (user.upn, user.upn.upper()):
        assert admin.get(f"/api/v1/people/{address}").status == 200
        assert admin.get(f"/api/v1/people/{address}/history").json["person"] == person
        assert admin.post(f"/api/v1/bulk/{ROUTE}", {"people": [address, person]}).status == 200
        abouts = [(one.done.what, one.done.about) for one in entered(at, 3)]
        assert abouts == [(Deed.BULK_TRIED, person), (Deed.LOOKED, person), (Deed.LOOKED, person)]
    assert not any("@" in one.done.about for one in entered(at, 1_000))
    before = entered(at)
    assert admin.get("/api/v1/people/nobody@x/history").status == 404
    assert admin.get("/api/v1/people/%00").status == 404
    for name in ("", "x" * 1_000, "\ud800"):
        assert admin.post(f"/api/v1/bulk/{ROUTE}", {"people": [name]}).status in (400, 404)
    assert entered(at) == before, "nobody was looked at"


def test_the_way_says_where_a_picture_stops_in_the_callers_language(at: Administered, desk: Program) -> None:
    person = at.portal.somebody(case="no_mailbox")
    [english] = desk.get(f"/api/v1/people/{person}/way").json
    [latvian] = desk.get(f"/api/v1/people/{person}/way", Accept_Language="lv").json
    assert (english["broken_at"], english["ask"]) == ("mailbox", True)
    stop, same_stop = english["stops"][0], latvian["stops"][0]
    assert stop["says"][0]["code"] == same_stop["says"][0]["code"] == "not_eligible.no_mailbox"
    assert stop["says"][0]["words"] != same_stop["says"][0]["words"]


def test_a_picture_is_given_gone_back_to_and_undone(at: Administered, admin: Program, desk: Program) -> None:
    person, control = at.portal.somebody(case="changed_since_pull"), at.portal.at.control
    before = control.picture(person, "exchange")
    for program, status in ((desk, 403), (admin, 200)):
        seen = program.send(f"/api/v1/people/{person}/picture", face(41))
        assert seen.status == status, seen.text
        assert same(control.picture(person, "exchange"), before) is (status == 403)
    assert (seen.json["taken"], [one["came"] for one in seen.json["brought"]]) == (True, ["written"])
    assert entered(at)[0].done.about == person and entered(at)[0].done.what == Deed.GIVEN
    assert same(control.picture(person, "sharepoint-l"), face(41))

    told = admin.get(f"/api/v1/people/{person}/history").json
    [earlier] = [one for one in told["pictures"] if same(kept(admin, person, one["picture"]), before)][:1]
    assert admin.post(f"/api/v1/people/{person}/back", {"picture": earlier["picture"]}).json["taken"]
    assert same(control.picture(person, "exchange"), before) and entered(at)[0].done.what == Deed.TURNED_BACK
    assert admin.get(f"/api/v1/people/{person}/going-on").json["taken"]

    stale, mark = told["can_undo"]["mark"], admin.get(f"/api/v1/people/{person}/history").json["can_undo"]["mark"]
    assert admin.post(f"/api/v1/people/{person}/undo", {"mark": stale}).status == 409
    assert desk.post(f"/api/v1/people/{person}/undo", {"mark": mark}).status == 403
    assert admin.post(f"/api/v1/people/{person}/undo", {"mark": mark}).json["taken"]
    assert same(control.picture(person, "exchange"), face(41)) and entered(at)[0].done.what == Deed.UNDONE


def test_what_is_one_persons_is_nobody_elses(at: Administered, admin: Program) -> None:
    one, other = at.portal.somebody(number=2), at.portal.somebody(number=3)
    assert admin.send(f"/api/v1/people/{one}/picture", face(51)).status == 200
    told = admin.get(f"/api/v1/people/{one}/history").json
    name, mark = told["pictures"][0]["picture"], told["can_undo"]["mark"]
    shown = at.portal.at.control.picture(one, "exchange"), at.portal.at.control.picture(other, "exchange")
    assert kept(admin, one, name) is not None
    assert admin.get(f"/api/v1/people/{other}/kept/{name}").status == 404
    assert admin.post(f"/api/v1/people/{other}/back", {"picture": name}).status == 409
    assert admin.post(f"/api/v1/people/{other}/undo", {"mark": mark}).status == 409
    assert name not in admin.get(f"/api/v1/people/{other}/history").text
    archive = zipfile.ZipFile(io.BytesIO(admin.get(f"/api/v1/people/{other}/takeaway").body))
    assert not any(same(archive.read(file), face(51)) for file in archive.namelist() if file.startswith("pictures/"))
    now = at.portal.at.control.picture(one, "exchange"), at.portal.at.control.picture(other, "exchange")
    assert now == shown


@pytest.mark.parametrize("what", list(HOSTILE))
def test_only_pictures_are_given(at: Administered, admin: Program, what: str) -> None:
    person = at.portal.somebody(number=4)
    before = at.portal.at.control.picture(person, "exchange")
    seen = admin.send(f"/api/v1/people/{person}/picture", HOSTILE[what][0])
    assert seen.status == 400 and seen.json["code"].startswith("fault_") and seen.json["message"], seen.text
    assert at.portal.at.control.picture(person, "exchange") == before


@pytest.mark.parametrize(
    ("box", "status"),
    [
        ({"left": 200, "top": 0, "width": 100, "height": 100}, 200),
        ({"left": 200, "top": -5, "width": 100, "height": 100}, 400),
        ({"left": 200, "top": 0, "width": 100}, 400),
        ({"left": 200, "top": 0, "width": 0, "height": 100}, 400),
        ({"left": "x", "top": 0, "width": 100, "height": 100}, 400),
    ],
)
def test_the_square_is_the_callers(at: Administered, admin: Program, box: dict[str, int | str], status: int) -> None:
    seen = admin.send(f"/api/v1/people/{at.portal.somebody(number=5)}/picture", face(61), **box)
    assert seen.status == status, seen.text


def test_a_body_without_end_is_not_taken(at: Administered, admin: Program) -> None:
    address = f"/api/v1/people/{at.portal.somebody(number=4)}"
    for path, most in (("picture", upload.MOST_BODY), ("undo", MOST_BODY)):
        assert announced(at.portal.url, f"{address}/{path}", admin, most + 1) == 413, path


def test_a_picture_may_be_larger_than_any_other_body(at: Administered, admin: Program) -> None:
    person, large = at.portal.somebody(number=4), face(72, 2_000, "PNG")
    assert len(large) > MOST_BODY
    assert admin.send(f"/api/v1/people/{person}/picture", large).status == 200
    assert same(at.portal.at.control.picture(person, "exchange"), large)


def test_many_programs_that_send_pictures_together_have_an_end(
    at: Administered, admin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MOST_LARGE", 0)
    assert admin.send(f"/api/v1/people/{at.portal.somebody(number=4)}/picture", face(73)).status == 503


def test_a_slow_cloud_is_told_of_and_its_end_can_be_asked_for(
    at: Administered, admin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, control = f"/api/v1/people/{at.portal.somebody(number=6)}", at.portal.at.control
    assert admin.get(f"{address}/going-on").status == 404
    held = control.post_fault(kind="hold_before", api="graph", operation="photo/$value", method="PUT")
    monkeypatch.setattr(errands, "PATIENCE_S", 0.3)
    try:
        seen = admin.send(f"{address}/picture", face(71))
        assert (seen.status, seen.json["code"]) == (202, "goes_on")
        assert admin.get(f"{address}/going-on").status == 202
    finally:
        monkeypatch.undo()
        control.clear_faults()
    assert admin.send(f"{address}/picture", face(71)).status in (200, 202), held
    while (seen := admin.get(f"{address}/going-on")).status == 202:  # on a machine with much to do
        threading.Event().wait(0.2)
    assert seen.json["taken"]


def test_a_held_plan_is_looked_at_by_its_faces(at: Administered, admin: Program, desk: Program) -> None:
    sheet = desk.get(f"/api/v1/plans/{at.plan}").json
    assert sheet["plan"]["standing"] == "held" and len(sheet["examples"]) >= MIXED_UP
    assert entered(at)[0].done.what == Deed.FACES_LISTED
    example = sheet["examples"][0]
    now, then = desk.get(example["now"]), desk.get(example["then"])
    assert now.headers["content-type"] == then.headers["content-type"] == "image/jpeg" and now.body != then.body
    assert desk.get(f"/api/v1/plans/{at.plan}/faces/999/source").status == 404
    assert desk.get("/api/v1/plans/none").status == 404


def test_several_at_once_are_tried_unless_it_is_said_otherwise(at: Administered, admin: Program, desk: Program) -> None:
    people = [at.portal.somebody(number=number) for number in (8, 9)]
    address, control = f"/api/v1/bulk/{ROUTE}", at.portal.at.control
    assert desk.post(address, {"people": people}).status == 403
    tried = admin.post(address, {"people": people}).json
    assert tried["dry_run"] and {one["person"] for one in tried["steps"]} == set(people)
    assert [control.picture(one, "sharepoint-l") for one in people] == [None, None]
    done = admin.post(address, {"people": people, "dry_run": False}).json
    assert done["outcome"]["written"] == 2 and control.picture(people[1], "sharepoint-l") is not None
    assert entered(at)[0].done.about == " ".join(people) and entered(at)[0].done.what == Deed.BULK_DONE
    assert admin.post(address, {"people": []}).status == admin.post(address, {"people": ["x"] * 51}).status == 400
    assert admin.post("/api/v1/bulk/none", {"people": people}).status == 404


def test_a_sweep_is_watched_and_cancelled(at: Administered, admin: Program, desk: Program) -> None:
    run = Sweeps(at.state, Clock(), new_run, "a test").start(ROUTE, why="a test")
    try:
        told = desk.get(f"/api/v1/runs/{run}").json
        assert (told["going"], told["can_be_cancelled"], told["run"]["run"]) == (True, True, run)
        assert desk.post(f"/api/v1/runs/{run}/cancel").status == 403
        assert not admin.post(f"/api/v1/runs/{run}/cancel").json["can_be_cancelled"]
        assert (entered(at)[0].done.what, entered(at)[0].done.about) == (Deed.CANCELLED, run)
        assert admin.post(f"/api/v1/runs/{run}/cancel").status == 409
        assert admin.post("/api/v1/runs/none/cancel").status == 404
    finally:
        at.state.sweeps.over(run)


def test_the_log_systems_and_budgets_are_told(at: Administered, admin: Program, desk: Program) -> None:
    assert desk.get("/api/v1/audit").status == 403
    first = admin.get("/api/v1/audit?limit=2").json
    then = admin.get(f"/api/v1/audit?limit=2&before={first[-1]['number']}").json
    assert [one["number"] for one in first + then] == [first[0]["number"] - less for less in range(4)]
    assert first[0]["before"] == first[1]["hash"]
    assert {one["system"] for one in desk.get("/api/v1/systems").json} >= {"exchange_online", "sharepoint_online"}
    assert desk.post("/api/v1/systems/sharepoint_online/try").json["works"] is True
    assert isinstance(desk.get("/api/v1/budgets").json, list)


def test_everything_about_somebody_is_taken_away(at: Administered, admin: Program) -> None:
    person = at.portal.somebody(number=7)
    assert admin.send(f"/api/v1/people/{person}/picture", face(81)).status == 200
    seen = admin.get(f"/api/v1/people/{person}/takeaway")
    assert (seen.status, seen.headers["content-type"]) == (200, "application/zip")
    assert (entered(at)[0].done.what, entered(at)[0].done.about) == (Deed.TAKEN_AWAY, person)
    archive = zipfile.ZipFile(io.BytesIO(seen.body))
    assert json.loads(archive.read("samepic.json"))["person"]["object_id"] == person
    assert any(same(archive.read(name), face(81)) for name in archive.namelist() if name.startswith("pictures/"))


ENTERED = {
    ("GET", "/api/v1/people?q={upn}"): (Deed.SEARCHED, "{person}"),
    ("GET", "/api/v1/people/{person}"): (Deed.LOOKED, "{person}"),
    ("GET", "/api/v1/people/{person}/way"): (Deed.LOOKED, "{person}"),
    ("GET", "/api/v1/people/{person}/shown/exchange-to-sharepoint/source"): (Deed.LOOKED, "{person}"),
    ("GET", "/api/v1/people/{person}/history"): (Deed.LOOKED, "{person}"),
    ("GET", "/api/v1/people/{person}/kept/none"): (Deed.LOOKED, "{person}"),
    ("GET", "/api/v1/people/{person}/takeaway"): (Deed.TAKEN_AWAY, "{person}"),
    ("POST", "/api/v1/people/{person}/bring"): (Deed.RESYNCED, "{person}"),
    ("POST", "/api/v1/people/{person}/back"): (Deed.TURNED_BACK, "{person}"),
    ("POST", "/api/v1/people/{person}/undo"): (Deed.UNDONE, "{person}"),
    ("POST", "/api/v1/bulk/exchange-to-sharepoint"): (Deed.BULK_TRIED, "{person}"),
    ("GET", "/api/v1/plans/{plan}"): (Deed.FACES_LISTED, "{plan}"),
    ("GET", "/api/v1/plans/{plan}/faces/0/source"): (Deed.FACES_LISTED, "{plan}"),
    ("POST", "/api/v1/plans/none/approve"): (Deed.APPROVED, "none"),
    ("POST", "/api/v1/plans/none/reject"): (Deed.REJECTED, "none"),
}
"""What a program asks, and its line. Those of a picture that is given, and of a run cancelled, have their own tests."""


@pytest.mark.parametrize(("method", "address"), list(ENTERED))
def test_what_a_program_sees_or_does_of_people_is_one_line_in_the_log(
    at: Administered, admin: Program, method: str, address: str
) -> None:
    person = at.portal.somebody(number=1)
    names = {"person": person, "upn": at.portal.account(person)[0], "plan": at.plan}
    body = {"picture": "0" * 64, "mark": "none", "people": [person], "why": "so"}
    wanted = {"back": ["picture"], "undo": ["mark"], "approve": ["why"], "reject": ["why"]}
    fields = ["people"] if "/bulk/" in address else wanted.get(address.rpartition("/")[2], [])
    before = at.state.audit.head().number
    path = address.format(**names)
    seen = admin.get(path) if method == "GET" else admin.post(path, {one: body[one] for one in fields})
    assert seen.status in (200, 404, 409), seen.text
    deed, about = ENTERED[method, address]
    lines = [(one.done.what, one.done.about) for one in entered(at, 9) if one.number > before]
    assert lines == [(deed, about.format(**names))]


def announced(url: str, address: str, program: Program, length: int) -> int:
    """What is answered to a body of so many bytes, of which none is sent: whoever sends it all meets a closed door."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    headers = program.headers | {"Content-Length": str(length), "Content-Type": "application/json"}
    connection.request("POST", address, headers=headers)
    with contextlib.closing(connection):
        return connection.getresponse().status


def kept(program: Program, person: str, name: str) -> bytes | None:
    seen = program.get(f"/api/v1/people/{person}/kept/{name}")
    return seen.body if seen.status == 200 else None
