"""With --tls a tool that knows only the vendor's host names reaches the tenant, and nobody else."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from tests.conftest import RunningTenant, tenant_of
from tests.tenant_process import tenant_process

HOSTS = [
    "graph.microsoft.com",
    "login.microsoftonline.com",
    "outlook.office365.com",
    "outlook.office.com",
    "www.office.com",
    "fjordlys.sharepoint.com",
    "fjordlys-my.sharepoint.com",
    "fjordlys-admin.sharepoint.com",
]


@pytest.fixture(scope="module")
def secure() -> Iterator[RunningTenant]:
    with tenant_of(people=20, tls=True) as running:
        yield running


def curl(running: RunningTenant, *arguments: str) -> subprocess.CompletedProcess[str]:
    said = running.said
    command = ["curl", "-sS", "--noproxy", "", "--cacert", str(said.ca_file), "-x", str(said.proxy), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("host", HOSTS)
def test_the_vendors_names_lead_to_the_tenant(secure: RunningTenant, host: str) -> None:
    got = curl(secure, "-o", "/dev/null", "-w", "%{http_code} %{ssl_verify_result}", f"https://{host}/v1.0/users/x")
    assert got.stdout.split() == ["401", "0"], got.stderr


def test_a_token_from_the_vendors_authority_opens_the_vendors_graph(secure: RunningTenant) -> None:
    said = secure.said
    authority = f"https://login.microsoftonline.com/{said.tenant_id}"
    form = {
        "grant_type": "client_credentials",
        "client_id": said.client_id,
        "client_secret": said.client_secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    got = curl(secure, "-d", urllib.parse.urlencode(form), f"{authority}/oauth2/v2.0/token")
    token = json.loads(got.stdout)["access_token"]
    got = curl(secure, "-H", f"Authorization: Bearer {token}", "https://graph.microsoft.com/v1.0/users?$top=5")
    page = json.loads(got.stdout)
    assert len(page["value"]) == 5
    assert page["@odata.nextLink"].startswith("https://graph.microsoft.com/v1.0/users")


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://graph.microsoft.com:8443/", "https://evil-graph.microsoft.com/"]
)
def test_other_names_lead_nowhere(secure: RunningTenant, url: str) -> None:
    got = curl(secure, url)
    assert got.returncode != 0
    assert "403" in got.stderr


def test_nothing_unencrypted_goes_through(secure: RunningTenant) -> None:
    got = curl(secure, "-o", "/dev/null", "-w", "%{http_code}", "http://graph.microsoft.com/v1.0/users")
    assert got.stdout == "405"


def test_a_client_that_does_not_trust_the_authority_is_safe(secure: RunningTenant) -> None:
    at = urllib.parse.urlsplit(secure.url)
    plain = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", at.port or 0)) as raw, pytest.raises(ssl.SSLCertVerificationError):
        plain.wrap_socket(raw, server_hostname="localhost")


def test_the_switchboard_does_not_answer_under_a_vendors_name(secure: RunningTenant) -> None:
    bearer = f"Authorization: Bearer {secure.said.control_token}"
    got = curl(secure, "-w", " %{http_code}", "-H", bearer, "https://graph.microsoft.com/_tenant/people")
    assert got.stdout.endswith(" 403")


def test_the_authoritys_key_is_nowhere_without_a_state_folder(secure: RunningTenant) -> None:
    ca_file = Path(str(secure.said.ca_file))
    assert {path.name for path in ca_file.parent.iterdir()} == {"ca.pem", "server.pem", "server.key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in ca_file.parent.iterdir())
    certificate = x509.load_pem_x509_certificate(ca_file.read_bytes())
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_restarted_tenant_is_still_trusted(tmp_path: Path) -> None:
    folder = str(tmp_path / "state")
    with tenant_process("--people", "5", "--tls", "--state", folder) as first:
        trusted = ssl.create_default_context(cafile=first.said["ca_file"])
        assert (tmp_path / "state" / "ca.key").stat().st_mode & 0o077 == 0
        first.kill()
    with tenant_process("--people", "5", "--tls", "--state", folder) as second:
        assert second.control.healthz()["people"] == 5
        url = f"{second.said['url']}/{second.said['tenant_id']}/v2.0/.well-known/openid-configuration"
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted))
        assert opener.open(url, timeout=20).status == 200


def test_open_tunnels_end_with_the_tenant() -> None:
    with tenant_of(people=5, tls=True) as running:
        at = urllib.parse.urlsplit(str(running.said.proxy))
        tunnels = [socket.create_connection((str(at.hostname), at.port or 0), timeout=20) for _ in range(20)]
        for tunnel in tunnels:
            tunnel.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
        assert all(tunnel.recv(64).startswith(b"HTTP/1.1 200") for tunnel in tunnels)
    assert all(tunnel.recv(64) == b"" for tunnel in tunnels)
    for tunnel in tunnels:
        tunnel.close()
