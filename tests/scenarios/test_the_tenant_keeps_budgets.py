"""A tenant over HTTP refuses what is over a budget as the vendor does, and says how the client went about it."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.conftest import RunningTenant, StartTenant
from tests.contract.asking_tenant import Answer, Asker
from tests.tenant_control import ControlError

from localtenant.authority.registered import client_app
from localtenant.budgets.table import BUDGETS
from samepic.model.budget import BudgetName
from samepic.transport.published import published


def ask_of(start: StartTenant, **how: Any) -> Asker:
    return Asker(start(people=20, **how))


def conduct(ask: Asker, family: str) -> dict[str, Any]:
    rows = ask.running.control.json("GET", "/judgement")["callers"]
    return next(row for row in rows if row["family"] == family and row["app"])


def batch(ask: Asker, *steps: dict[str, Any]) -> list[dict[str, Any]]:
    body = json.dumps({"requests": [{"id": str(n), **step} for n, step in enumerate(steps)]}).encode()
    answer = ask.ask("POST", "/v1.0/$batch", ask.token("graph"), body, "application/json")
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json["responses"]
    return sorted(found, key=lambda entry: int(entry["id"]))


def test_an_apps_minute_at_sharepoint(start_tenant: StartTenant) -> None:
    """From 80 % on the headers tell, at the end 429; once the minute is over it goes on."""
    ask = ask_of(start_tenant, budgets={"sharepoint_app_minute": "10"})
    control = ask.running.control
    answers = [ask.sharepoint("/_api/web") for _ in range(12)]
    assert [answer.status for answer in answers] == [200] * 10 + [429] * 2
    told = [answer.headers.get("ratelimit-remaining") for answer in answers]
    assert told == [None] * 7 + ["2", "1", "0", "0", "0"]
    over = answers[10]
    assert (over.headers["ratelimit-limit"], over.headers["retry-after"]) == ("10", over.headers["ratelimit-reset"])
    assert 1 <= int(over.headers["retry-after"]) <= 60
    assert over.json["odata.error"]["message"]["value"] == "Too many requests"
    row = conduct(ask, "sharepoint files")
    assert (row["throttled"], row["told"], row["too_early"], row["waited"]) == (2, 1, 1, 0)
    assert row["too_early_seconds"] > 0

    control.json("PATCH", "/pace", {"time_scale": 20})
    assert 1 <= int(ask.sharepoint("/_api/web").headers["retry-after"]) <= 3, "in real seconds, at any pace"
    control.advance(seconds=61)
    assert ask.sharepoint("/_api/web").status == 200
    spans = [s for s in control.json("GET", "/judgement")["spans"] if s["budget"] == "sharepoint_app_minute"]
    assert [(span["used"], span["refused"], span["requests"]) for span in spans] == [(10, 3, 13), (1, 0, 1)]


def test_the_later_of_two_headers_is_what_a_client_is_judged_by(start_tenant: StartTenant) -> None:
    """“Honor the greater of the two values”; where a refusal has no Retry-After nobody was told."""
    ask = ask_of(start_tenant)
    for headers in ({"RateLimit-Reset": "30"}, {"Retry-After": "1", "RateLimit-Reset": "30"}):
        ask.running.control.post_fault(kind="status", api="sharepoint", status=429, headers=headers)
        assert [ask.sharepoint("/_api/web").status for _ in range(2)] == [429, 200]
    row = conduct(ask, "sharepoint files")
    assert (row["told"], row["too_early"]) == (1, 1)
    assert 28 < row["most_early_seconds"] <= 30


def test_sharepoints_figures_grow_with_licences_and_the_directorys_with_people(start_tenant: StartTenant) -> None:
    """As the vendor's page has them, and as Samepic reckons with them."""
    names = ("sharepoint_app_minute", "sharepoint_app_day", "sharepoint_tenant", "people_manager", "directory")
    for licences in (None, 1_000, 1_001, 50_001):
        control = start_tenant(people=20, licences=licences).control
        told = control.json("PUT", "/budgets", {})["budgets"]
        limits = {one["name"]: one["limit"] for one in told if one["name"] in names}
        assert limits.pop("directory") == 3_500
        ours = published().budgets(licences or 20)
        assert limits == {name: ours[BudgetName(name)].limit for name in limits}


def test_a_tenant_budget_is_everybodys_and_an_apps_its_own(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"people_manager": "2", "sharepoint_app_minute": "3"})
    path = "/_api/SP.UserProfiles.PeopleManager/GetMyProperties"
    person = ask.person("plain")
    by_person = ask.token("sharepoint", person=person)
    assert [ask.ask("GET", path, by_person).status for _ in range(3)] == [200, 200, 429]
    assert [ask.sharepoint("/_api/web").status for _ in range(2)] == [200, 200], "only PeopleManager has to wait"
    refused = ask.sharepoint(path)
    assert refused.status == 429, "another app, and the tenant's calls are used up"
    assert "ratelimit-limit" not in refused.headers, "the minute is used up as well, but is not what refuses"


def test_the_directory_tells_units_and_why(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant)
    group = next(iter(ask.running.tenant.store.groups)).id
    units = {path: ask.graph(path).headers["x-ms-resource-unit"] for path in (
        "/users", "/users?$select=id", f"/groups/{group}/transitiveMembers?$select=id&$top=5",
    )}  # fmt: skip
    assert list(units.values()) == ["2", "1", "3"]

    ask.running.control.json("PATCH", "/budgets", {"directory": 4})
    answers = [ask.graph("/groups")]
    while answers[-1].status == 200 and len(answers) < 50:
        answers.append(ask.graph("/groups"))
    percentage = "x-ms-throttle-limit-percentage"
    assert percentage not in answers[0].headers
    assert 0.8 < float(answers[-2].headers[percentage]) <= 1 < float(answers[-1].headers[percentage]) <= 1.8
    over = answers[-1]
    app, tenant = client_app(ask.running.tenant).app_id, ask.running.tenant.tenant_id
    assert over.headers["x-ms-throttle-scope"] == f"Tenant_Application/ReadWrite/{app}/{tenant}"
    assert over.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert over.json["error"]["code"] == "TooManyRequests"
    assert int(over.headers["retry-after"]) >= 1


def test_requests_in_a_batch_are_refused_one_by_one(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"pictures_of_a_mailbox": "2"})
    one, other = ask.person("plain"), ask.person("plain", 1)
    steps = [{"method": "GET", "url": f"/users/{person}/photo"} for person in (one, one, one, other)]
    answers = batch(ask, *steps, {"method": "GET", "url": f"/users/{one}"})
    assert [answer["status"] == 429 for answer in answers] == [False, False, True, False, False]
    assert int(answers[2]["headers"]["Retry-After"]) > 500
    assert answers[2]["body"]["error"]["code"] == "TooManyRequests"
    assert ask.ask("GET", f"/v1.0/users/{ask.upn(one)}/photo", ask.token("graph")).status == 429, "by either name"


def test_requests_in_a_batch_at_sharepoint_count_one_by_one(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"sharepoint_app_minute": "3"})
    part = "--b\r\nContent-Type: application/http\r\n\r\nGET {url}/_api/web HTTP/1.1\r\n\r\n\r\n"
    body = (part.format(url=ask.running.url) * 5 + "--b--\r\n").encode()
    answer = ask.ask("POST", "/_api/$batch", ask.token("sharepoint"), body, "multipart/mixed; boundary=b")
    assert answer.status == 200
    assert (answer.body.count(b"HTTP/1.1 200"), answer.body.count(b"HTTP/1.1 429")) == (3, 2)
    assert answer.body.count(b"RETRY-AFTER: ") == 2


def test_pictures_have_four_places(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"pictures_at_once": "4"})
    control, person = ask.running.control, ask.person("plain")
    assert ask.graph(f"/users/{person}").status == 200  # so that the tenant's keys are made before several ask at once
    held = control.post_fault(kind="hold_before", operation="photo", times=None)
    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(ask.graph, f"/users/{person}/photo") for _ in range(4)]
        while control.faults()[0]["holding"] < 4:
            time.sleep(0.01)
        fifth = ask.graph(f"/users/{person}/photo")
        control.delete_fault(held["id"])
    assert (fifth.status, fifth.headers["retry-after"]) == (429, "1")
    assert fifth.json["error"]["code"] == "ApplicationThrottled"
    assert sorted(one.result().status for one in asking) == [200] * 4
    assert ask.graph(f"/users/{person}/photo").status == 200, "places are given back"
    assert conduct(ask, "graph pictures")["at_once"] == 5
    assert ask.running.tenant.budgets._places == {}


def test_strangers_draw_on_nothing(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"sharepoint_app_minute": "1"})
    assert [ask.ask("GET", "/_api/web", token).status for token in ("rubbish", ask.token("graph"))] == [401, 401]
    assert ask.sharepoint("/_api/web").status == 200


def test_figures_are_set_while_it_runs_and_wrong_ones_set_nothing(start_tenant: StartTenant) -> None:
    control = start_tenant(people=20, budgets={"directory": "7"}).control
    limits = {budget["name"]: budget["limit"] for budget in control.json("GET", "/budgets")["budgets"]}
    assert limits == {budget.name: 7 if budget.name == "directory" else None for budget in BUDGETS}
    put = control.json("PUT", "/budgets", {"sharepoint-tenant": 5})["budgets"]
    assert {budget["name"]: budget["limit"] for budget in put if budget["limit"] != budget["published"]} == {
        "sharepoint_tenant": 5
    }
    assert next(budget["limit"] for budget in put if budget["name"] == "sharepoint_app_minute") == 1_250
    for wrong in ({"directory": 0}, {"directory": "many"}, {"all": 5}, {"sharepoint": 5}, {"directory": True}):
        with pytest.raises(ControlError) as refused:
            control.json("PATCH", "/budgets", {"people_manager": 1, **wrong})
        assert refused.value.status == 400
    assert control.json("GET", "/budgets")["budgets"][4]["limit"] == 3_000
    control.reset()
    assert {b["name"]: b["limit"] for b in control.json("GET", "/budgets")["budgets"]} == limits


def test_time_that_is_moved_passes_for_budgets_too(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, budgets={"sharepoint_app_minute": "1", "sharepoint_app_day": "2"})
    assert [ask.sharepoint("/_api/web").status for _ in range(2)] == [200, 429]
    ask.running.control.advance(seconds=61)
    over = ask.sharepoint("/_api/web")
    assert over.status == 429, "the refused one counted, and the day is used up"
    ask.running.control.advance(hours=24)
    assert ask.sharepoint("/_api/web").status == 200


def test_answers_are_slow_and_the_switchboard_is_not(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, latency_ms=300)

    def seconds_of(path: str) -> float:
        begun = time.monotonic()
        answer: Answer = ask.ask("GET", path, ask.token("graph"))
        assert answer.status in (200, 400)
        return time.monotonic() - begun

    assert min(seconds_of("/v1.0/users?$top=1"), seconds_of("/v1.0/nonsense")) >= 0.3
    ask.running.control.json("PATCH", "/pace", {"latency_ms": 0, "time_scale": 20})
    assert ask.running.control.json("GET", "/pace") == {"time_scale": 20, "latency_ms": 0}
    for wrong in ({"time_scale": 21}, {"time_scale": 0}, {"latency_ms": -1}, {"pace": 1}, {"latency_ms": True}):
        with pytest.raises(ControlError):
            ask.running.control.json("PATCH", "/pace", wrong)


def test_the_gate_between_two_pulls_passes_faster(start_tenant: StartTenant) -> None:
    ask = ask_of(start_tenant, time_scale=20)
    person = ask.person("never_visited")
    first = ask.userphoto(person).headers["etag"]
    ask.running.control.put_picture(person, "exchange", picture(ask))
    ask.running.control.advance(seconds=24 * 3600 / 20 - 60)
    assert ask.userphoto(person).headers["etag"] == first
    ask.running.control.advance(seconds=70)
    assert ask.userphoto(person).headers["etag"] != first, "24 hours at twenty times the pace"


def picture(ask: Asker) -> bytes:
    found = ask.running.control.picture(ask.person("plain"), "exchange")
    assert found is not None
    return found


def test_two_hundred_people_are_within_the_published_figures(start_tenant: StartTenant) -> None:
    running: RunningTenant = start_tenant(people=200, budgets={})
    running.control.json("PUT", "/budgets", {})
    figures = {b["name"]: b["limit"] for b in running.control.json("GET", "/budgets")["budgets"]}
    assert (figures["sharepoint_app_minute"], figures["people_manager"], figures["directory"]) == (1_250, 3_000, 5_000)
