"""Broken networks, wrong pages, stale reads and wrong clocks: each goes wrong just then, and says whom it met."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import RunningTenant
from tests.contract.asking_tenant import Answer, Asker, portrait
from tests.tenant_control import ControlError

from localtenant.authority.registered import client_app

USERS = "/users?$top=10&$select=id"


@pytest.fixture
def ask(shared_tenant: RunningTenant) -> Iterator[Asker]:
    asker = Asker(shared_tenant)
    assert asker.graph("/users").status == 200  # so that the tenant's keys are made before several ask at once
    shared_tenant.control.clear_ledger()
    yield asker
    shared_tenant.control.clear_faults()


def fault_of(ask: Asker) -> dict[str, Any]:
    [fault] = ask.running.control.faults()
    return dict(fault)


def wait_until_held(ask: Asker) -> None:
    for _ in range(1_000):
        if fault_of(ask)["holding"]:
            return
        time.sleep(0.01)
    raise AssertionError("nothing was held")


@contextmanager
def in_a_thread(call: Any) -> Iterator[list[Any]]:
    got: list[Any] = []

    def work() -> None:
        try:
            got.append(call())
        except (OSError, http.client.HTTPException) as error:
            got.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield got
    finally:
        thread.join(30)


def put(ask: Asker, person: str, data: bytes) -> Answer:
    return ask.graph(f"/users/{person}/photo/$value", "PUT", data)


@pytest.mark.parametrize(("kind", "carried_out"), [("reset_before", False), ("reset_after", True)])
def test_a_connection_is_reset(ask: Asker, kind: str, carried_out: bool) -> None:
    person, picture = ask.person("plain"), portrait(300, seed=len(kind))
    ask.running.control.post_fault(kind=kind, operation="photo/$value", method="PUT", person=person)
    with pytest.raises(ConnectionResetError):
        put(ask, person, picture)
    assert (ask.running.control.picture(person, "exchange") == picture) == carried_out
    assert ask.running.control.count(operation="photo/$value", method="PUT") == carried_out
    app = client_app(ask.running.tenant).app_id
    assert fault_of(ask)["met_by"] == [{"app": app, "person": None, "operation": "photo/$value", "count": 1}]
    assert put(ask, person, picture).status == 200, "others live on"


def test_a_request_is_taken_and_never_answered(ask: Asker) -> None:
    person, before = ask.person("plain"), ask.running.control.picture(ask.person("plain"), "exchange")
    fault = ask.running.control.post_fault(kind="stall", operation="photo/$value", method="PUT")
    with in_a_thread(lambda: put(ask, person, portrait(310))) as got:
        wait_until_held(ask)
        assert got == []
        ask.running.control.release(fault["id"])
    assert isinstance(got[0], ConnectionResetError)
    assert ask.running.control.picture(person, "exchange") == before, "never carried out"
    assert (fault_of(ask)["met"], fault_of(ask)["holding"]) == (1, 0)


def test_a_body_comes_back_corrupt_in_its_full_length(ask: Asker) -> None:
    path = f"/users/{ask.person('plain')}/photo/$value"
    whole = ask.graph(path).body
    ask.running.control.post_fault(kind="corrupt_body", operation="photo/$value", share=0.25)
    corrupt = ask.graph(path).body
    differing = [at for at, (one, other) in enumerate(zip(whole, corrupt, strict=True)) if one != other]
    assert differing == list(range(len(whole) // 4, len(whole) // 4 + 16))
    assert ask.graph(path).body == whole


def test_a_gateways_page_in_the_place_of_an_answer(ask: Asker) -> None:
    ask.running.control.post_fault(kind="error_page", api="sharepoint")
    answer = ask.sharepoint("/_api/web")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<html>" in answer.body


def test_a_slow_body_is_whole_in_the_end_and_can_be_hurried(ask: Asker) -> None:
    whole = ask.graph(USERS).body
    ask.running.control.post_fault(kind="slow_body", operation="users", bytes_per_second=len(whole) * 2)
    begun = time.monotonic()
    assert ask.graph(USERS).body == whole
    assert time.monotonic() - begun >= 0.4
    ask.running.control.clear_faults()
    fault = ask.running.control.post_fault(kind="slow_body", operation="users", bytes_per_second=1)
    with in_a_thread(lambda: ask.graph(USERS).body) as got:
        wait_until_held(ask)
        ask.running.control.release(fault["id"])
    assert got == [whole]


def pages(ask: Asker, link: str, most: int = 20) -> tuple[list[str], list[str]]:
    """Ids by following links, and the links."""
    ids: list[str] = []
    links: list[str] = []
    while link and len(links) < most:
        links.append(link)
        page = ask.graph(link).json
        ids += [entry["id"] for entry in page["value"]]
        link = str(page.get("@odata.nextLink", "")).partition("/v1.0")[2]
    return ids, links


def test_a_page_comes_twice(ask: Asker) -> None:
    whole, links = pages(ask, USERS)
    ask.running.control.post_fault(kind="repeat_page", operation="users", nth=2)
    repeated, more = pages(ask, USERS)
    assert repeated == whole[:20] + whole[10:20] + whole[20:]
    assert len(more) == len(links) + 1
    assert fault_of(ask)["met"] == 1


def test_a_page_never_comes(ask: Asker) -> None:
    whole, _ = pages(ask, USERS)
    ask.running.control.post_fault(kind="skip_page", operation="users", nth=2)
    assert pages(ask, USERS)[0] == whole[:20] + whole[30:]
    assert fault_of(ask)["met"] == 1


def test_a_page_of_sharepoints_library_never_comes_and_another_comes_twice(ask: Asker) -> None:
    first = "/_api/web/lists/getbytitle('User%20Photos')/items?$select=Id&$top=10"

    def items() -> list[int]:
        found, link = [], first
        while link:
            page = ask.sharepoint(link).json
            found += [item["Id"] for item in page["value"]]
            link = str(page.get("odata.nextLink", "")).partition(ask.running.url)[2]
        return found

    whole = items()
    assert len(whole) > 30
    ask.running.control.post_fault(kind="skip_page", operation="items")
    assert items() == whole[:10] + whole[20:]
    ask.running.control.clear_faults()
    ask.running.control.post_fault(kind="repeat_page", operation="items")
    assert items() == whole[:10] + whole


def test_what_has_no_next_page_is_left_as_it_is_and_not_counted(ask: Asker) -> None:
    for kind in ("repeat_page", "skip_page", "expired_cursor"):
        ask.running.control.post_fault(kind=kind, times=None)
        assert "value" in ask.graph("/groups?$top=900").json
        assert fault_of(ask)["met"] == 0
        ask.running.control.clear_faults()


def test_cursors_expire(ask: Asker) -> None:
    delta = str(ask.graph("/users/delta?$deltatoken=latest").json["@odata.deltaLink"]).partition("/v1.0")[2]
    page = str(ask.graph(USERS).json["@odata.nextLink"]).partition("/v1.0")[2]
    ask.running.control.post_fault(kind="expired_cursor", api="graph", times=None)
    assert ask.graph(USERS).status == 200
    assert ask.graph("/users/delta?$deltatoken=latest").status == 200, "nothing that could have expired"
    gone = ask.graph(delta)
    assert (gone.status, gone.json["error"]["code"]) == (410, "syncStateNotFound")
    begin = urlsplit(gone.headers["location"])
    assert begin.path == "/v1.0/users/delta"
    assert ask.graph(f"/users/delta?{begin.query}").status in (200, 410)
    over = ask.graph(page)
    assert (over.status, over.json["error"]["code"]) == (400, "Directory_ExpiredPageToken")
    ask.running.control.clear_faults()
    ask.running.control.post_fault(kind="expired_cursor", api="graph", status=410)
    assert ask.graph(page).status == 410
    assert fault_of(ask)["met"] == 1


def test_reads_are_stale_for_a_while_after_a_write(ask: Asker) -> None:
    person, other = ask.person("plain"), ask.person("plain", 1)
    path = f"/users/{person}/photo"
    before, old = ask.graph(path).json, ask.graph(f"{path}/$value").body
    ask.running.control.post_fault(kind="stale_reads", api="graph", seconds=600)
    new = portrait(333)
    for data in (portrait(222), new):
        assert put(ask, person, data).status == 200
    assert ask.graph(path).json["@odata.mediaEtag"] == before["@odata.mediaEtag"], "that of before both writes"
    assert ask.graph(f"{path}/$value").body == old
    batch = {"requests": [{"id": "1", "method": "GET", "url": path}]}
    [inner] = ask.ask("POST", "/v1.0/$batch", ask.token("graph"), json.dumps(batch).encode(), "application/json").json[
        "responses"
    ]
    assert inner["body"]["@odata.mediaEtag"] == before["@odata.mediaEtag"]
    assert fault_of(ask)["met"] == 3
    ask.graph(f"/users/{other}/photo")
    assert fault_of(ask)["met"] == 3, "nothing stale was shown"
    assert ask.running.control.picture(person, "exchange") == new, "the switchboard sees what is"
    ask.running.control.advance(seconds=601)
    assert ask.graph(f"{path}/$value").body == new
    ask.running.control.advance(seconds=-601)


def test_sharepoints_listing_and_profiles_are_stale_too(ask: Asker) -> None:
    person = ask.person("changed_since_pull")
    ask.running.control.post_fault(kind="stale_reads", api="sharepoint", seconds=600)
    etag = "/_api/web/GetFolderByServerRelativeUrl('/User%20Photos/Profile%20Pictures')/Files?$select=Name,ETag"

    def etags() -> dict[str, str]:
        return {file["Name"]: file["ETag"] for file in ask.sharepoint(etag).json["value"]}

    said = ask.profile_property(person, "SPS-PictureTimestamp")
    before = etags()
    name = next(name for name in before if name.endswith("_LThumb.jpg"))
    folder = "/_api/web/GetFolderByServerRelativeUrl('/User%20Photos/Profile%20Pictures')"
    added = f"{folder}/Files/add(url='{name}',overwrite=true)"
    assert ask.ask("POST", added, ask.token("sharepoint"), portrait(300)).status == 200
    body = {"accountName": ask.account(person), "propertyName": "SPS-PictureTimestamp", "propertyValue": "1"}
    ask.sharepoint("/_api/SP.UserProfiles.PeopleManager/SetSingleValueProfileProperty", "POST", body)
    assert etags() == before
    assert ask.profile_property(person, "SPS-PictureTimestamp") == said
    ask.running.control.clear_faults()
    assert etags()[name] != before[name]
    assert ask.profile_property(person, "SPS-PictureTimestamp") == "1"


def test_nothing_of_the_past_is_kept_once_no_fault_asks_for_it(ask: Asker) -> None:
    fault = ask.running.control.post_fault(kind="stale_reads", seconds=600)
    put(ask, ask.person("plain"), portrait(250))
    past = ask.running.tenant.store.past
    assert past._changes
    ask.running.control.delete_fault(fault["id"])
    put(ask, ask.person("plain"), portrait(251))
    assert not past._changes and not past._of


@pytest.mark.parametrize("seconds", [-7_200, 7_200])
def test_a_servers_clock_is_off(ask: Asker, seconds: int) -> None:
    ask.running.control.post_fault(kind="clock_skew", api="graph", operation="organization", seconds=seconds)
    told = parsedate_to_datetime(ask.graph("/organization").headers["date"])
    assert abs(told - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=30)
    ask.running.control.post_fault(kind="clock_skew", operation="users", seconds=seconds)
    assert ask.graph("/users").status == 401, "it takes a good token for one of another time"
    assert ask.graph("/users").status == 200


@pytest.mark.parametrize(
    ("posted", "word"),
    [
        ({"kind": "slow_body", "bytes_per_second": 0}, "bytes_per_second"),
        ({"kind": "clock_skew", "seconds": 10**12}, "seconds"),
        ({"kind": "stale_reads", "seconds": True}, "seconds"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(ask: Asker, posted: dict[str, Any], word: str) -> None:
    with pytest.raises(ControlError) as refused:
        ask.running.control.post_fault(**posted)
    assert word in refused.value.text
