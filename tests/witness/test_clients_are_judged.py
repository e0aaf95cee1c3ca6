"""Other people's clients meet a used-up budget: those that wait as told are judged well, a naive loop is not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from azure.identity import CertificateCredential
from msgraph import GraphServiceClient
from office365.runtime.auth.token_response import TokenResponse
from office365.runtime.retry import retry_after_delay
from office365.sharepoint.client_context import ClientContext
from tests.conftest import RunningTenant, StartTenant
from tests.contract.asking_tenant import Asker

RETRY_AFTER = {"Retry-After": "3"}
SCOPES = ["https://graph.microsoft.com/.default"]
pytestmark = pytest.mark.filterwarnings("ignore")


def conduct(running: RunningTenant, family: str) -> dict[str, Any]:
    rows = running.control.json("GET", "/judgement")["callers"]
    return next(row for row in rows if row["family"] == family and row["app"])


async def test_microsofts_sdk_for_graph_waits(start_tenant: StartTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    running = start_tenant(people=20, tls=True, budgets={"directory": "2"}, time_scale=4)
    said = running.said
    assert said.proxy is not None and said.ca_file is not None
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, said.proxy)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, said.ca_file)
    credential = CertificateCredential(said.tenant_id, said.client_id, said.client_certificate)
    graph = GraphServiceClient(credential, SCOPES)
    person = running.control.people()[0]["id"]
    for _ in range(30):
        user = await graph.users.by_user_id(person).get()
        assert user is not None and user.id == person, "in the end it has what it wanted"
        if conduct(running, "graph directory")["told"]:
            break
    row = conduct(running, "graph directory")
    assert row["told"] >= 1
    assert (row["too_early"], row["waited"]) == (0, row["told"]), row


@pytest.mark.parametrize("heeds", [True, False], ids=["by Retry-After", "as it is shipped"])
def test_office365_rest_python_client_waits_where_it_is_told_to_look(start_tenant: StartTenant, heeds: bool) -> None:
    """As it is shipped it waits for any time up to some seconds of its own, whatever Retry-After says."""
    running = start_tenant(people=20)
    running.control.post_fault(kind="status", api="sharepoint", operation="web", status=429, headers=RETRY_AFTER)
    token = Asker(running).token("sharepoint")
    client = ClientContext(running.url).with_access_token(
        lambda: TokenResponse(access_token=token, token_type="Bearer")
    )
    web = client.web.get()
    if heeds:
        client.execute_query_retry(max_retry=3, failure_callback=lambda _, error: retry_after_delay(error))
    else:
        client.execute_query_retry(max_retry=3, timeout_secs=1)
    assert web.url is not None
    row = conduct(running, "sharepoint files")
    assert (row["told"], row["too_early"], row["waited"]) == ((1, 0, 1) if heeds else (1, 1, 0)), row


@pytest.mark.parametrize("same", [True, False], ids=["the same again", "the next one"])
def test_a_naive_loop_does_not(start_tenant: StartTenant, same: bool) -> None:
    running = start_tenant(people=20, budgets={"directory": "1"})
    ask = Asker(running)
    people = [person["id"] for person in running.control.people()]
    statuses: list[int] = []
    until = time.monotonic() + 60
    while time.monotonic() < until:
        person = people[0] if same else people[len(statuses) % len(people)]
        statuses.append(ask.graph(f"/users/{person}").status)
        if statuses.count(429) == 1:
            until = min(until, time.monotonic() + 1)
    row = conduct(running, "graph directory")
    assert row["throttled"] == statuses.count(429) > 1
    assert row["too_early"] > 0
    assert row["too_early_seconds"] >= row["most_early_seconds"] > 0
    assert row["waited"] == 0
