"""A batch made to break the tenant is refused, or answered part by part; nothing in it is a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.graph_client import KARI, World

PHOTO = f"/users/{KARI.id}/photo"


def part(**over: Any) -> dict[str, Any]:
    return {"id": "1", "method": "GET", "url": PHOTO, **over}


HOSTILE: dict[str, Any] = {
    "half a surrogate pair in the address": part(url="/users/\ud800/photo"),
    "half a surrogate pair in the query": part(url=f"{PHOTO}?$select=\ud800"),
    "half a surrogate pair in the id": part(id="\ud800"),
    "half a surrogate pair in a header": part(headers={"x": "\ud800"}),
    "a header's name in another script": part(headers={"ключ": "x"}),
    "a header with a line break": part(headers={"x": "a\r\nb: c"}),
    "no address": part(url=""),
    "only slashes": part(url="////"),
    "a bare percent": part(url="/users/%/photo"),
    "bytes that are no UTF-8": part(url="/users/%ff%fe/photo"),
    "a null": part(url="/users/%00/photo"),
    "a method of its own": part(method="\u2028"),
    "a million letters": part(url="/users/" + "a" * 1_000_000),
    "a body that is a list": part(method="PUT", url=f"{PHOTO}/$value", body=[], headers={"Content-Type": "image/jpeg"}),
    "depends on itself": part(dependsOn=["1"]),
    "depends on an object": part(dependsOn=[{}]),
}


@pytest.mark.parametrize("request_", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_parts_are_refused_and_leave_the_others_alone(request_: dict[str, Any]) -> None:
    world = World()
    body = json.dumps({"requests": [request_, {"id": "good", "method": "GET", "url": PHOTO}]})
    answer = world.client.post(
        "/v1.0/$batch", content=body, headers={**world.writer(), "Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        statuses = {entry["id"]: entry["status"] for entry in answer.json()["responses"]}
        assert statuses["good"] == 200
        assert all(status < 500 for status in statuses.values())
