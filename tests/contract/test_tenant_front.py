"""The tenant takes requests in the ways that clients in the wild write them, and counts every one of them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.conftest import RunningTenant
from tests.contract.asking_tenant import Asker


@pytest.fixture
def ask(shared_tenant: RunningTenant) -> Asker:
    shared_tenant.control.clear_ledger()
    return Asker(shared_tenant)


def test_doubled_slashes_are_one(ask: Asker) -> None:
    token = ask.token("graph")
    person = ask.person("plain")
    for path in ("/v1.0//users", "//v1.0/users", f"/v1.0/users//{person}", "/v1.0//users//delta"):
        assert ask.ask("GET", path, token).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_api/contextInfo"),
        ("POST", "/_API/contextinfo"),
        ("GET", "/_API/Web"),
        ("GET", "/_layouts/15/UserPhoto.aspx?size=s&ACCOUNTNAME={upn}"),
        ("GET", "/_Layouts/15/userphoto.aspx?username={upn}"),
        ("GET", "/EWS/exchange.asmx/s/getuserphoto?email={upn}"),
    ],
)
def test_sharepoint_and_exchange_ignore_the_case_of_paths(ask: Asker, method: str, path: str) -> None:
    api = "ews" if "exchange" in path else "sharepoint"
    upn = quote(ask.upn(ask.person("changed_since_pull")))
    assert ask.ask(method, path.format(upn=upn), ask.token(api), b"" if method == "POST" else None).status == 200


def test_the_case_of_what_a_path_names_is_kept(ask: Asker) -> None:
    answer = ask.sharepoint("/_API/web/GetFolderByServerRelativeUrl('/User%20Photos/NoSuchFolder')")
    assert answer.status == 404


@pytest.mark.parametrize(
    ("method", "path", "api", "status"),
    [
        ("GET", "/nowhere/at/all", "home", 404),
        ("GET", "/common/oauth2/v9/nothing", "authority", 404),
        ("GET", "/_vti_bin/nothing.asmx", "sharepoint", 404),
        ("GET", "/ews/nothing", "ews", 404),
        ("DELETE", "/common/discovery/instance", "authority", 405),
    ],
)
def test_what_leads_nowhere_is_counted_too(ask: Asker, method: str, path: str, api: str, status: int) -> None:
    assert ask.ask(method, path, "").status == status
    [entry] = ask.running.control.ledger()["entries"]
    assert (entry["api"], entry["operation"], entry["status"], entry["count"]) == (api, "unknown", status, 1)


def test_nothing_is_counted_twice(ask: Asker) -> None:
    ask.graph("/users?$top=5")
    ask.graph("/nonsense")
    assert ask.running.control.ledger()["total"] == 2


@pytest.mark.parametrize("size", [0, 1, 10_000, 3_000_000])
def test_uploads_come_in_as_they_were_sent(ask: Asker, size: int) -> None:
    answer = ask.graph(f"/users/{ask.person('plain')}/photo/$value", "PUT", bytes(size))
    assert answer.status == 400
    [entry] = ask.running.control.ledger()["entries"]
    assert (entry["bytes_in"], entry["bytes_out"]) == (size, len(answer.body))


def test_no_body_is_read_without_end(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localtenant.server.MOST_BODY", 1_000_000)
    for path, audience in (("/v1.0/$batch", "graph"), ("/_api/$batch", "sharepoint")):
        assert ask.ask("POST", path, ask.token(audience), bytes(1_100_000)).status == 413


@pytest.mark.parametrize("deep", ["(" * 3000, "not " * 3000])
def test_a_filter_nested_without_end_is_refused(ask: Asker, deep: str) -> None:
    assert ask.graph(f"/users?$filter={quote(deep)}").status == 400


def test_json_nested_without_end_is_refused(ask: Asker) -> None:
    assert ask.ask("POST", "/v1.0/$batch", ask.token("graph"), b"[" * 200_000).status == 400
