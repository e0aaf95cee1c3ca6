"""`$batch`: twenty requests in one, each with its own answer, through the tenant's own routes."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from tests.graph_client import ADMIN, BJØRN, GUEST, KARI, LEFT, World, picture_bytes

from localtenant.graph import errors
from localtenant.store.records import Mailbox


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, requests: list[dict[str, Any]], headers: dict[str, str] | None = None) -> Any:
    answer = world.client.post("/v1.0/$batch", json={"requests": requests}, headers=headers or world.writer())
    assert answer.status_code == 200, answer.text
    return {entry["id"]: entry for entry in answer.json()["responses"]}


def get(id: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "method": "GET", "url": url, **more}


def test_each_answer_is_what_the_request_alone_would_get(world: World) -> None:
    answers = ask(
        world,
        [
            get("1", f"/users/{KARI.id}/photo"),
            get("two", f"users/{BJØRN.id}/photo"),
            get("3", f"/users/{KARI.id}/photo/$value"),
            get("4", "/users?$select=id&$filter=userType eq 'Guest'"),
            get("5", "/users/$count", headers={"ConsistencyLevel": "eventual"}),
            get("6", "//users('bjorn.o%27%27dea@fjordlys.example')"),
            get("7", "/me"),
            get("8", "/planets"),
            {"id": "9", "method": "POST", "url": "/users"},
        ],
    )
    assert answers["1"]["status"] == 200
    assert answers["1"]["body"] == world.get(f"/v1.0/users/{KARI.id}/photo")
    assert answers["1"]["headers"]["Content-Type"].startswith("application/json")
    assert (answers["two"]["status"], answers["two"]["body"]["error"]["code"]) == (404, "ImageNotFound")
    plain = world.client.get(f"/v1.0/users/{KARI.id}/photo/$value", headers=world.reader())
    assert base64.b64decode(answers["3"]["body"], validate=True) == plain.content
    assert answers["3"]["headers"]["Content-Type"] == "image/jpeg"
    assert answers["4"]["body"]["value"] == [{"id": GUEST.id}]
    assert answers["5"]["body"] == "7"
    assert answers["6"]["body"]["id"] == BJØRN.id
    assert [answers[id]["status"] for id in ("7", "8", "9")] == [400, 400, 405]


def test_pictures_go_in_as_base64url(world: World) -> None:
    data = picture_bytes(300, 300)
    assert {45, 95} & set(base64.urlsafe_b64encode(data)), "the two alphabets differ here"
    for encoded in (
        base64.urlsafe_b64encode(data).decode().rstrip("="),
        base64.b64encode(data).decode(),
    ):
        put = {"id": "1", "method": "PUT", "url": f"/users/{BJØRN.id}/photo/$value", "body": encoded}
        answers = ask(world, [{**put, "headers": {"Content-Type": "image/jpeg"}}])
        assert answers["1"]["status"] == 200
        assert "body" not in answers["1"]
        assert world.client.get(f"/v1.0/users/{BJØRN.id}/photo/$value", headers=world.reader()).content == data
    assert ask(world, [put])["1"]["status"] == 400, "a body needs a Content-Type"
    wrong = {**put, "body": "no base64!", "headers": {"Content-Type": "image/jpeg"}}
    assert ask(world, [wrong])["1"]["status"] == 400


def test_json_goes_in_as_it_is(world: World) -> None:
    boss = world.app("PeopleSettings.ReadWrite.All")
    change = {
        "id": "1",
        "method": "PATCH",
        "url": "/admin/people/photoUpdateSettings",
        "body": {"source": "cloud"},
        "headers": {"Content-Type": "application/json"},
    }
    answer = world.client.post("/beta/$batch", json={"requests": [change]}, headers=boss).json()
    assert answer["responses"][0]["body"]["source"] == "cloud"


def test_what_depends_on_a_failure_fails_and_is_not_run(world: World) -> None:
    answers = ask(
        world,
        [
            get("last", f"/users/{KARI.id}", dependsOn=["MIDDLE"]),
            get("middle", f"/users/{KARI.id}", dependsOn=["first"]),
            get("first", "/users/nobody"),
            get("free", f"/users/{KARI.id}"),
            get("after", f"/users/{KARI.id}", dependsOn=["free"]),
        ],
    )
    statuses = {id: entry["status"] for id, entry in answers.items()}
    assert statuses == {"last": 424, "middle": 424, "first": 404, "free": 200, "after": 200}
    ledger: Any = world.tenant.ledger.as_json()["entries"]
    assert sum(entry["count"] for entry in ledger if entry["batched"]) == 3


def test_dependencies_give_the_order(world: World) -> None:
    put = {
        "id": "put",
        "method": "PUT",
        "url": f"/users/{BJØRN.id}/photo/$value",
        "body": base64.urlsafe_b64encode(picture_bytes(100, 100)).decode(),
        "headers": {"Content-Type": "image/jpeg"},
        "dependsOn": ["before"],
    }
    url = f"/users/{LEFT.id}/photo"
    answers = ask(world, [get("x", url), get("look", f"/users/{BJØRN.id}/photo", dependsOn=["put"]), put,
                          get("before", f"/users/{KARI.id}")])  # fmt: skip
    assert answers["look"]["body"]["width"] == 100


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"no json", "BadRequest"),
        (b"{}", "BadRequest"),
        (b'{"requests": []}', "BadRequest"),
        (b'{"requests": [{"id": "1"}]}', "BadRequest"),
        (b'{"requests": [{"id": "1", "method": "GET", "url": "https://elsewhere.example/users"}]}', "BadRequest"),
        (b'{"requests": [{"id": "a", "method": "GET", "url": "/me"}, {"id": "A", "method": "GET", "url": "/me"}]}',
         "BadRequest"),
        (b'{"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["1"]}]}', "BadRequest"),
        (b'{"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["9"]}]}', "BadRequest"),
        (b'{"requests": [' + b",".join(b'{"id": "%d", "method": "GET", "url": "/me"}' % n for n in range(21)) + b"]}",
         "MaximumValueExceeded"),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_understood_is_refused_whole(world: World, body: bytes, code: str) -> None:
    answer = world.client.post("/v1.0/$batch", content=body, headers=world.writer())
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_batch_within_a_batch_is_refused(world: World) -> None:
    inner = {"id": "1", "method": "POST", "url": "/$batch", "body": {}, "headers": {"Content-Type": "application/json"}}
    assert ask(world, [inner])["1"]["status"] == 400


def test_the_caller_is_the_outer_one_and_permissions_are_each_routes_own(world: World) -> None:
    requests = [get("1", "/me/photo"), get("2", f"/users/{BJØRN.id}"), get("3", f"/users/{KARI.id}/photo")]
    stranger = {"Authorization": world.app("User.Read.All")["Authorization"]}
    answers = ask(world, [{**r, "headers": stranger} for r in requests], world.user(KARI, "User.Read"))
    assert [answers[id]["status"] for id in ("1", "2", "3")] == [200, 403, 200]
    assert world.client.post("/v1.0/$batch", json={"requests": requests}).status_code == 401


def test_inner_requests_are_counted_as_their_own_and_the_batch_once(world: World) -> None:
    ask(world, [get("1", f"/users/{KARI.id}/photo"), get("2", f"/users/{ADMIN.id}/photo")])
    ledger: Any = world.tenant.ledger.as_json()
    assert ledger["total"] == 1
    found = {(e["operation"], e["method"], e["status"], e["batched"]): e["count"] for e in ledger["entries"]}
    assert found == {
        ("photo", "GET", 200, True): 1,
        ("photo", "GET", 404, True): 1,
        ("$batch", "POST", 200, False): 1,
    }


def test_throttling_has_the_documented_shape(world: World) -> None:
    error = errors.for_status(429, {"Retry-After": "31"})
    assert (error.status, error.code, error.headers["Retry-After"]) == (429, "TooManyRequests", "31")


def test_twenty_stamps_cost_little(world: World) -> None:
    people = [f"{n:08x}-1111-4000-8000-000000000000" for n in range(20)]
    kari = world.tenant.store.mailboxes.get(KARI.id)
    assert kari is not None
    for id in people:
        world.tenant.store.users.put(id, KARI.__class__(id, f"{id}@x", None, id, "", ""))
        world.tenant.store.mailboxes.put(id, Mailbox(id, picture=kari.picture))
    requests = [get(id, f"/users/{id}/photo") for id in people]
    ask(world, requests)
    begun = time.perf_counter()
    for _ in range(10):
        answers = ask(world, requests)
    took = (time.perf_counter() - begun) / 10
    assert all(entry["status"] == 200 for entry in answers.values())
    assert took < 0.25, "about 6 ms on a quiet machine"
    print(f"a batch of 20 photo descriptions: {took * 1000:.1f} ms")
