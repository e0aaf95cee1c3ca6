"""The switchboard answers a program on this machine that holds the token, and nobody else."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from tests.conftest import RunningTenant
from tests.tenant_control import ControlError, TenantControl


def ask(running: RunningTenant, host: str, token: str | None = None) -> int:
    """The status of healthz under a Host header of one's choosing."""
    at = urlsplit(running.url)
    connection = http.client.HTTPConnection(str(at.hostname), at.port)
    headers = {"Host": host, "Authorization": f"Bearer {token or running.said.control_token}"}
    connection.request("GET", "/_tenant/healthz", headers=headers)
    return connection.getresponse().status


def test_healthz_says_how_many_people_there_are(shared_tenant: RunningTenant) -> None:
    assert shared_tenant.control.healthz() == {"status": "ok", "people": len(shared_tenant.tenant.store.users)}


def test_without_the_token_nothing_is_told(shared_tenant: RunningTenant) -> None:
    for token in ("", "wrong", shared_tenant.said.control_token + "x"):
        with pytest.raises(ControlError) as refused:
            TenantControl(shared_tenant.url, token).people()
        assert refused.value.status == 401


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_loopback_names_are_answered(shared_tenant: RunningTenant, host: str) -> None:
    assert ask(shared_tenant, host.format(port=urlsplit(shared_tenant.url).port)) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example:{port}", ""]
)
def test_a_page_whose_name_resolves_to_loopback_is_refused(shared_tenant: RunningTenant, host: str) -> None:
    assert ask(shared_tenant, host.format(port=urlsplit(shared_tenant.url).port)) == 403


def test_the_switchboard_itself_is_not_in_the_ledger(tenant: RunningTenant) -> None:
    tenant.control.healthz()
    assert tenant.control.ledger() == {"total": 0, "entries": []}
