"""azure-identity, told of a proxy and an authority to trust and nothing else, takes the tenant for Microsoft."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from azure.identity import CertificateCredential, ClientSecretCredential
from tests.conftest import RunningTenant, tenant_of


@pytest.fixture(scope="module")
def secure() -> Iterator[RunningTenant]:
    with tenant_of(people=20, tls=True) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(secure: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an administrator would set in a shell."""
    monkeypatch.setenv("HTTPS_PROXY", str(secure.said.proxy))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.said.ca_file))
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def get(url: str, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json;odata=nometadata"}
    return requests.get(url, headers=headers, timeout=20)


def test_a_secret_opens_graph_under_its_own_name(secure: RunningTenant) -> None:
    said = secure.said
    credential = ClientSecretCredential(said.tenant_id, said.client_id, said.client_secret)
    token = credential.get_token("https://graph.microsoft.com/.default").token
    page = get("https://graph.microsoft.com/v1.0/users?$top=999", token).json()
    assert {user["id"] for user in page["value"]} == {user.id for user in secure.tenant.store.users}


def test_a_certificate_opens_each_sharepoint_host_by_a_token_of_its_own(secure: RunningTenant) -> None:
    said = secure.said
    credential = CertificateCredential(said.tenant_id, said.client_id, said.client_certificate)
    hosts = ("fjordlys.sharepoint.com", "fjordlys-my.sharepoint.com", "fjordlys-admin.sharepoint.com")
    tokens = {host: credential.get_token(f"https://{host}/.default").token for host in hosts}
    for host in hosts:
        for owner, token in tokens.items():
            answer = get(f"https://{host}/_api/web", token)
            assert answer.status_code == (200 if owner == host else 401)


def test_a_secret_opens_no_sharepoint(secure: RunningTenant) -> None:
    said = secure.said
    credential = ClientSecretCredential(said.tenant_id, said.client_id, said.client_secret)
    token = credential.get_token("https://fjordlys-my.sharepoint.com/.default").token
    assert get("https://fjordlys-my.sharepoint.com/_api/web", token).status_code == 401
