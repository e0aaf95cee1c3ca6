"""`/_api/$batch`: GETs and changesets in one request, answered flat and in order."""

from __future__ import annotations

import json
from collections import Counter
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from tests.sharepoint_site import PEOPLE, Site, quoted, site

from localtenant.sharepoint.names import account_name


def get(path: str) -> str:
    return (
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"GET http://testserver{path} HTTP/1.1\r\nAccept: application/json;odata=nometadata\r\n\r\n\r\n"
    )


def post(path: str, body: object) -> str:
    return (
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"POST http://testserver{path} HTTP/1.1\r\nContent-Type: application/json\r\n"
        f"Accept: application/json;odata=nometadata\r\n\r\n{json.dumps(body)}\r\n\r\n"
    )


def joined(boundary: str, parts: list[str]) -> str:
    return "".join(f"--{boundary}\r\n{part}" for part in parts) + f"--{boundary}--\r\n"


def sent(at: Site, body: str, headers: dict[str, str] | None = None) -> list[tuple[int, Any]]:
    answer = at.http.post(
        "/_api/$batch",
        content=body.encode(),
        headers={**(headers or at.app()), "Content-Type": "multipart/mixed; boundary=batch_1"},
    )
    assert answer.status_code == 200, answer.text
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    found = []
    for part in message_from_bytes(head + answer.content).get_payload():
        assert isinstance(part, Message) and part.get_content_type() == "application/http"
        inner = part.get_payload(decode=True)
        assert isinstance(inner, bytes)
        top, _, text = inner.decode().partition("\r\n\r\n")
        found.append((int(top.split()[1]), json.loads(text) if text.strip() else None))
    return found


def test_reads_and_a_changeset() -> None:
    at = site()
    user = at.shown()
    body = {"accountName": account_name(user), "propertyName": "AboutMe", "propertyValue": "ÅØ"}
    changeset = "Content-Type: multipart/mixed; boundary=changeset_1\r\n\r\n" + joined(
        "changeset_1",
        [
            post(f"{PEOPLE}/SetSingleValueProfileProperty", body),
            post(f"{PEOPLE}/SetSingleValueProfileProperty", {**body, "propertyName": "UserName"}),
        ],
    )
    account = quoted(account_name(user)).replace("#", "%23")
    read = get(f"{PEOPLE}/GetUserProfilePropertyFor(accountName=@v,propertyName='AboutMe')?@v={account}")
    found = sent(at, joined("batch_1", [changeset, read, get("/_api/web/nothing")]))
    assert [status for status, _ in found] == [200, 500, 200, 404]
    assert found[2][1] == {"value": "ÅØ"}
    entries: Counter[tuple[str, bool]] = Counter()
    for entry in at.tenant.ledger.as_json()["entries"]:
        entries[entry["operation"], entry["batched"]] += entry["count"]
    assert entries == {
        ("$batch", False): 1,
        ("SetSingleValueProfileProperty", True): 2,
        ("GetUserProfilePropertyFor", True): 1,
        ("unknown", True): 1,
    }


def test_a_session_needs_a_digest_once() -> None:
    at = site()
    user = at.shown()
    headers = at.session(user)
    refused = at.http.post(
        "/_api/$batch",
        content=joined("batch_1", [get("/_api/web")]).encode(),
        headers={**headers, "Content-Type": "multipart/mixed; boundary=batch_1"},
    )
    assert refused.status_code == 403
    body = {"accountName": account_name(user), "propertyName": "AboutMe", "propertyValue": "x"}
    change = "Content-Type: multipart/mixed; boundary=c\r\n\r\n" + joined(
        "c", [post(f"{PEOPLE}/SetSingleValueProfileProperty", body)]
    )
    assert [status for status, _ in sent(at, joined("batch_1", [change]), at.digest(headers))] == [200]


def test_a_part_cannot_bring_another_caller() -> None:
    at = site()
    stranger = at.app("TermStore.ReadWrite.All")
    part = get("/_api/web/lists").replace("Accept:", f"Authorization: {at.app()['Authorization']}\r\nAccept:")
    assert [status for status, _ in sent(at, joined("batch_1", [part]), stranger)] == [403]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "--batch_1--\r\n",
        joined("batch_1", ["Content-Type: text/plain\r\n\r\nhello\r\n"]),
        joined("batch_1", ["Content-Type: application/http\r\n\r\nrubbish\r\n"]),
        joined("batch_1", [get("/v1.0/users")]),
        joined("batch_1", [get("/_api/$batch")]),
        joined("batch_1", [get("/_api/web")] * 1001),
    ],
    ids=range(7),
)
def test_what_is_no_batch(body: str) -> None:
    at = site(people=10)
    answer = at.http.post(
        "/_api/$batch", content=body, headers={**at.app(), "Content-Type": "multipart/mixed; boundary=batch_1"}
    )
    assert answer.status_code == 400, answer.text
