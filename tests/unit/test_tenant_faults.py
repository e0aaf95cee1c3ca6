"""Whatever shall go wrong goes wrong just then, looks genuine, and is accounted for."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.conftest import RunningTenant
from tests.graph_client import picture_bytes as portrait
from tests.tenant_control import ControlError

from localtenant.faults.cutting import cut_listing

USERS = "/v1.0/users?$top=10"


@pytest.fixture(scope="module")
def token(shared_tenant: RunningTenant) -> str:
    said = shared_tenant.said
    form = urllib.parse.urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": said.client_id,
            "client_secret": said.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        }
    )
    with urllib.request.urlopen(f"{said.url}/{said.tenant_id}/oauth2/v2.0/token", form.encode()) as answer:
        return str(json.load(answer)["access_token"])


@pytest.fixture
def running(shared_tenant: RunningTenant) -> Iterator[RunningTenant]:
    shared_tenant.control.clear_ledger()
    yield shared_tenant
    shared_tenant.control.clear_faults()


def ask(running: RunningTenant, token: str, path: str = USERS, method: str = "GET", body: bytes | None = None) -> Any:
    """Status, headers and body; raises what http.client raises for a broken answer."""
    at = urllib.parse.urlsplit(running.url)
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
    connection.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


@contextmanager
def asking(running: RunningTenant, token: str, **request: Any) -> Iterator[list[Any]]:
    """The same in a thread, for requests that are held."""
    got: list[Any] = []
    thread = threading.Thread(target=lambda: got.append(ask(running, token, **request)))
    thread.start()
    try:
        yield got
    finally:
        thread.join(20)


def wait_until_held(running: RunningTenant, fault_id: str) -> None:
    for _ in range(500):
        if any(f["id"] == fault_id and f["holding"] for f in running.control.faults()):
            return
        time.sleep(0.01)
    raise AssertionError("nothing was held")


def met(running: RunningTenant, fault_id: str) -> int:
    return next(int(f["met"]) for f in running.control.faults() if f["id"] == fault_id)


def test_a_status_looks_like_a_genuine_one_and_is_met_once(running: RunningTenant, token: str) -> None:
    headers = {"Retry-After": "7"}
    fault = running.control.post_fault(kind="status", api="graph", operation="users", status=429, headers=headers)
    status, headers_seen, body = ask(running, token)
    assert (status, headers_seen["Retry-After"]) == (429, "7")
    error = json.loads(body)["error"]
    assert error["code"] == "TooManyRequests"
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
    assert ask(running, token)[0] == 200
    assert met(running, fault["id"]) == 1
    assert running.control.count(api="graph", operation="users", status=429) == 1
    assert running.control.count(api="graph", operation="users", status=200) == 1


def test_code_and_words_may_be_chosen(running: RunningTenant, token: str) -> None:
    running.control.post_fault(kind="status", api="graph", status=403, code="ErrorAccessDenied", message="No.")
    error = json.loads(ask(running, token)[2])["error"]
    assert (error["code"], error["message"]) == ("ErrorAccessDenied", "No.")


def test_the_authority_says_it_in_its_own_shape(running: RunningTenant) -> None:
    running.control.post_fault(kind="status", api="authority", operation="token", status=503)
    status, _, body = ask(running, "", f"/{running.said.tenant_id}/oauth2/v2.0/token", "POST", b"")
    answer = json.loads(body)
    assert status == 503
    assert (answer["error"], answer["error_codes"]) == ("temporarily_unavailable", [90033])


def test_nth_and_times_say_which_requests_meet_it(running: RunningTenant, token: str) -> None:
    fault = running.control.post_fault(kind="status", operation="users", nth=2, times=2)
    assert [ask(running, token)[0] for _ in range(5)] == [200, 503, 503, 200, 200]
    assert [(f["seen"], f["met"]) for f in running.control.faults() if f["id"] == fault["id"]] == [(5, 2)]


def test_without_times_every_request_meets_it_until_it_is_taken_back(running: RunningTenant, token: str) -> None:
    fault = running.control.post_fault(kind="status", times=None)
    assert [ask(running, token)[0] for _ in range(3)] == [503, 503, 503]
    running.control.delete_fault(fault["id"])
    assert ask(running, token)[0] == 200


@pytest.mark.parametrize(
    "other",
    [{"api": "sharepoint"}, {"operation": "photo"}, {"method": "PUT"}, {"path": "/beta/"}],
    ids=lambda other: next(iter(other)),
)
def test_other_requests_do_not_meet_it(running: RunningTenant, token: str, other: dict[str, str]) -> None:
    fault = running.control.post_fault(kind="status", **other)
    assert ask(running, token)[0] == 200
    assert met(running, fault["id"]) == 0


def test_a_fault_may_be_about_one_person(running: RunningTenant, token: str) -> None:
    one, other = running.control.people()[:2]
    running.control.post_fault(kind="status", person=one["upn"].upper(), times=None)
    assert ask(running, token, f"/v1.0/users/{other['id']}")[0] == 200
    assert ask(running, token, f"/v1.0/users/{one['id']}")[0] == 503
    assert ask(running, token, f"/v1.0/users/{urllib.parse.quote(one['upn'])}")[0] == 503
    with pytest.raises(ControlError) as refused:
        running.control.post_fault(kind="status", person="nobody@nowhere.example")
    assert refused.value.status == 400


def test_a_listing_ends_in_the_middle(running: RunningTenant, token: str) -> None:
    whole = json.loads(ask(running, token)[2])
    assert "@odata.nextLink" in whole
    fault = running.control.post_fault(kind="cut_listing", operation="users", share=0.3)
    cut = json.loads(ask(running, token)[2])
    assert cut["value"] == whole["value"][:3]
    assert "@odata.nextLink" not in cut
    assert met(running, fault["id"]) == 1


def test_what_is_no_listing_does_not_count_as_met(running: RunningTenant, token: str) -> None:
    fault = running.control.post_fault(kind="cut_listing", api="graph")
    assert ask(running, token, f"/v1.0/users/{running.control.people()[0]['id']}")[0] == 200
    assert met(running, fault["id"]) == 0


def test_a_body_is_cut_short_of_its_length(running: RunningTenant, token: str) -> None:
    running.control.post_fault(kind="cut_body", operation="users", share=0.25)
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(running, token)
    whole = len(cut.value.partial) + int(cut.value.expected or 0)
    assert len(cut.value.partial) == whole // 4


def test_held_before_it_is_applied(running: RunningTenant, token: str) -> None:
    person = running.control.people("plain")[0]["id"]
    before = running.tenant.store.users.get(person)
    fault = running.control.post_fault(kind="hold_before", api="graph", method="GET")
    with asking(running, token) as got:
        wait_until_held(running, fault["id"])
        assert running.control.ledger()["entries"] == []
        running.control.release(fault["id"])
    assert got[0][0] == 200
    assert running.tenant.store.users.get(person) == before


def test_a_held_request_whose_client_goes_is_never_carried_out(running: RunningTenant, token: str) -> None:
    fault = running.control.post_fault(kind="hold_before", api="graph")
    at = urllib.parse.urlsplit(running.url)
    connection = http.client.HTTPConnection(str(at.hostname), at.port)
    connection.request("GET", USERS, headers={"Authorization": f"Bearer {token}"})
    wait_until_held(running, fault["id"])
    connection.close()
    for _ in range(500):
        if not any(f["holding"] for f in running.control.faults()):
            break
        time.sleep(0.01)
    assert [(f["met"], f["holding"]) for f in running.control.faults()] == [(1, 0)]
    assert running.control.ledger()["total"] == 0


def test_applied_and_not_answered(running: RunningTenant, token: str) -> None:
    fault = running.control.post_fault(kind="hold_after", api="graph", operation="users")
    with asking(running, token) as got:
        wait_until_held(running, fault["id"])
        assert running.control.count(api="graph", operation="users", status=200) == 1
        assert got == []
        running.control.release(fault["id"])
    assert got[0][0] == 200
    assert json.loads(got[0][2])["value"]


def test_bytes_are_counted_as_they_go_over_the_wire(running: RunningTenant, token: str) -> None:
    body = ask(running, token)[2]
    [entry] = running.control.ledger()["entries"]
    assert (entry["bytes_in"], entry["bytes_out"]) == (0, len(body))


@pytest.mark.parametrize(
    ("posted", "word"),
    [
        ({}, "kind"),
        ({"kind": "explode"}, "kind"),
        ({"kind": "status", "status": 200}, "status"),
        ({"kind": "status", "nth": 0}, "nth"),
        ({"kind": "status", "api": "smtp"}, "api"),
        ({"kind": "cut_body", "share": 1}, "share"),
        ({"kind": "status", "opertion": "users", "times": 0}, "opertion"),
    ],
)
def test_a_fault_that_nobody_could_meet_is_refused(running: RunningTenant, posted: dict[str, Any], word: str) -> None:
    with pytest.raises(ControlError) as refused:
        running.control.post_fault(**posted)
    assert refused.value.status == 400
    assert word in refused.value.text
    assert running.control.faults() == []


@pytest.mark.parametrize(("accept", "envelope"), [("odata=verbose", "error"), ("odata=nometadata", "odata.error")])
def test_sharepoint_says_it_in_its_own_shape(running: RunningTenant, accept: str, envelope: str) -> None:
    running.control.post_fault(kind="status", api="sharepoint", status=503, headers={"Retry-After": "3"})
    request = urllib.request.Request(f"{running.url}/_api/web", headers={"Accept": f"application/json;{accept}"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "3")
    error = json.load(refused.value)[envelope]
    assert error["message"] == {"lang": "en-US", "value": "Server Too Busy"}


def batch(running: RunningTenant, token: str, *urls: str) -> list[int]:
    steps = [{"id": str(n), "method": "GET", "url": url} for n, url in enumerate(urls)]
    at = urllib.parse.urlsplit(running.url)
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/v1.0/$batch", json.dumps({"requests": steps}), headers)
    answers = json.loads(connection.getresponse().read())["responses"]
    return [int(answer["status"]) for answer in answers]


def test_requests_inside_a_batch_are_counted_and_meet_faults_one_by_one(running: RunningTenant, token: str) -> None:
    one, other = (person["id"] for person in running.control.people()[:2])
    fault = running.control.post_fault(kind="status", api="graph", person=one, status=429)
    assert batch(running, token, f"/users/{one}", f"/users/{other}") == [429, 200]
    assert met(running, fault["id"]) == 1
    counted = {(e["operation"], e["status"], e["batched"], e["count"]) for e in running.control.ledger()["entries"]}
    assert {row for row in counted if row[2]} == {("users/{id}", 429, True, 1), ("users/{id}", 200, True, 1)}
    assert [row[3] for row in counted if not row[2]] == [1]
    assert running.control.ledger()["total"] == 1


def test_an_upload_held_before_it_is_applied_changes_nothing_until_released(running: RunningTenant, token: str) -> None:
    person = running.control.people("plain")[0]["id"]
    before, picture = running.control.picture(person, "exchange"), portrait(300)
    fault = running.control.post_fault(kind="hold_before", operation="photo/$value", method="PUT", person=person)
    request = {"path": f"/v1.0/users/{person}/photo/$value", "method": "PUT", "body": picture}
    with asking(running, token, **request) as got:
        wait_until_held(running, fault["id"])
        assert running.control.picture(person, "exchange") == before
        running.control.release(fault["id"])
    assert got[0][0] == 200
    assert running.control.picture(person, "exchange") == picture
    [entry] = [e for e in running.control.ledger()["entries"] if e["operation"] == "photo/$value"]
    assert entry["bytes_in"] == len(picture)


def test_a_fault_that_is_taken_back_does_not_hold_who_was_on_the_way_to_it(running: RunningTenant, token: str) -> None:
    path = f"/v1.0/users/{running.control.people('plain')[0]['id']}/photo/$value"
    running.control.post_fault(kind="hold_before", operation="photo/$value", method="PUT")
    picture, at = portrait(300), urllib.parse.urlsplit(running.url)
    connection = http.client.HTTPConnection(str(at.hostname), at.port, timeout=20)
    connection.putrequest("PUT", path)
    for name, value in {"Authorization": f"Bearer {token}", "Content-Length": str(len(picture))}.items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", "image/jpeg")
    connection.endheaders(picture[:100])
    while not running.control.faults()[0]["seen"]:
        time.sleep(0.01)
    running.control.clear_faults()
    connection.send(picture[100:])
    assert connection.getresponse().status == 200


def test_an_upload_held_after_it_is_applied_is_there_already(running: RunningTenant, token: str) -> None:
    person = running.control.people("plain")[1]["id"]
    picture = portrait(320)
    fault = running.control.post_fault(kind="hold_after", operation="photo/$value", method="PUT")
    request = {"path": f"/v1.0/users/{person}/photo/$value", "method": "PUT", "body": picture}
    with asking(running, token, **request) as got:
        wait_until_held(running, fault["id"])
        assert running.control.picture(person, "exchange") == picture
        assert got == []
        running.control.release(fault["id"])
    assert got[0][0] == 200


def test_a_refused_upload_is_answered_however_large_it_is(running: RunningTenant, token: str) -> None:
    running.control.post_fault(kind="status", method="PUT", status=429, times=None)
    running.control.post_fault(kind="hold_after", method="PATCH")
    path = f"/v1.0/users/{running.control.people('plain')[0]['id']}/photo/$value"
    assert [ask(running, token, path, "PUT", bytes(size))[0] for size in (0, 100, 3_000_000, 20_000_000)] == [429] * 4
    with asking(running, token, path=path, method="PATCH", body=bytes(20_000_000)) as got:
        wait_until_held(running, running.control.faults()[-1]["id"])
        running.control.clear_faults()
    assert got[0][0] == 413


def test_csom_says_it_in_its_own_shape(running: RunningTenant) -> None:
    running.control.post_fault(kind="status", api="sharepoint", operation="ProcessQuery", status=429)
    request = urllib.request.Request(f"{running.url}/_vti_bin/client.svc/ProcessQuery", b"<Request/>")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 429
    assert json.load(refused.value)[0]["ErrorInfo"]["ErrorMessage"] == "Too many requests"


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ({"value": [1, 2, 3, 4], "@odata.nextLink": "n"}, {"value": [1, 2]}),
        ({"value": [1, 2, 3], "odata.nextLink": "n"}, {"value": [1]}),
        ({"d": {"results": [1, 2], "__next": "n"}}, {"d": {"results": [1]}}),
        ({"value": [], "@odata.nextLink": "n"}, {"value": []}),
        ({"value": [1]}, {"value": []}),
        ({"value": []}, None),
        ({"d": {"Title": "x"}}, None),
        ([1, 2], None),
    ],
)
def test_listings_of_every_shape_are_cut(page: object, left: object) -> None:
    cut = cut_listing(json.dumps(page).encode(), 0.5)
    assert (None if cut is None else json.loads(cut)) == left
    assert cut_listing(b"\xff\xd8 no JSON", 0.5) is None


def test_a_fault_may_be_for_requests_inside_a_batch_or_for_those_on_the_wire(
    running: RunningTenant, token: str
) -> None:
    one, other = (p["id"] for p in running.control.people()[:2])
    outside = running.control.post_fault(kind="status", status=429, api="graph", batched=False, nth=2)
    inside = running.control.post_fault(kind="status", status=503, api="graph", batched=True)
    assert batch(running, token, f"/users/{one}", f"/users/{other}") == [503, 200]
    accounts = {fault["id"]: (fault["seen"], fault["met"]) for fault in running.control.faults()}
    assert accounts == {outside["id"]: (1, 0), inside["id"]: (2, 1)}
