"""curl asks EWS for a picture as the open specification has it, under Exchange's own host name."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import RunningTenant, tenant_of
from tests.graph_client import picture_bytes

HOST = "https://outlook.office365.com"
GRAPH = "https://graph.microsoft.com"


@pytest.fixture(scope="module")
def served() -> Iterator[RunningTenant]:
    with tenant_of(people=60, tls=True) as running:
        yield running


def curl(served: RunningTenant, *arguments: str) -> bytes:
    said = served.said
    assert said.ca_file is not None
    assert said.proxy is not None
    ran = subprocess.run(
        ["curl", "-sS", "--cacert", said.ca_file, "--proxy", said.proxy, "--noproxy", "", *arguments],
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


def token_for(served: RunningTenant, host: str) -> str:
    said = served.said
    form = {
        "grant_type": "client_credentials",
        "client_id": said.client_id,
        "client_secret": said.client_secret,
        "scope": f"{host}/.default",
    }
    data = [part for name, value in form.items() for part in ("--data-urlencode", f"{name}={value}")]
    url = f"https://login.microsoftonline.com/{said.tenant_id}/oauth2/v2.0/token"
    return str(json.loads(curl(served, *data, url))["access_token"])


@pytest.fixture(scope="module")
def token(served: RunningTenant) -> str:
    return token_for(served, HOST)


def ask(served: RunningTenant, token: str, folder: Path, email: str, *more: str) -> tuple[str, dict[str, str], bytes]:
    """The status, the headers and the body of one request."""
    url = f"{HOST}/ews/Exchange.asmx/s/GetUserPhoto?email={email}&size=HR96x96"
    head, body = folder / "head", folder / "body"
    body.write_bytes(b"")
    arguments = ["-H", f"Authorization: Bearer {token}", "-D", str(head), "-o", str(body), "-w", "%{http_code}", *more]
    status = curl(served, *arguments, url).decode()
    lines = head.read_text().split("HTTP/")[-1].splitlines()[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return status, {name.lower(): value.strip() for name, _, value in pairs}, body.read_bytes()


def test_a_picture_once_and_then_304_until_it_changes(served: RunningTenant, token: str, tmp_path: Path) -> None:
    store = served.tenant.store
    person = next(user for user in store.users if user.mail and (box := store.mailboxes.get(user.id)) and box.picture)
    assert person.mail is not None
    status, headers, body = ask(served, token, tmp_path, person.mail)
    assert (status, headers["content-type"]) == ("200", "image/jpeg")
    assert body.startswith(b"\xff\xd8")
    assert int(headers["content-length"]) == len(body)
    tag = headers["etag"]
    assert tag.startswith('"')
    assert tag.endswith('"')

    status, headers, body = ask(served, token, tmp_path, person.mail, "-H", f"If-None-Match: {tag}")
    assert (status, headers["etag"], body) == ("304", tag, b"")

    picture = tmp_path / "new.jpg"
    picture.write_bytes(picture_bytes(300, 300))
    put = [
        "-X", "PUT", "-H", f"Authorization: Bearer {token_for(served, GRAPH)}", "-H", "Content-Type: image/jpeg",
        "--data-binary", f"@{picture}", "-o", "/dev/null", "-w", "%{http_code}",
        f"{GRAPH}/v1.0/users/{person.id}/photo/$value",
    ]  # fmt: skip
    assert curl(served, *put) == b"200"

    status, headers, body = ask(served, token, tmp_path, person.mail, "-H", f"If-None-Match: {tag}")
    assert status == "200"
    assert headers["etag"] != tag
    assert body.startswith(b"\xff\xd8")


def test_nobody_there_and_nobody_allowed(served: RunningTenant, token: str, tmp_path: Path) -> None:
    assert ask(served, token, tmp_path, "nobody@fjordlys.example")[0] == "404"
    assert ask(served, "not.a.token", tmp_path, "nobody@fjordlys.example")[0] == "401"
