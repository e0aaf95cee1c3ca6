"""What a `$batch` comes to: each request has its own answer, or nobody has one."""

from __future__ import annotations

import base64
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from aiohttp import web
from tests.vendor import Vendor, says

from samepic.ports.errors import OutOfContract
from samepic.transport.batch import Inner, batch
from samepic.transport.client import TooLarge


async def test_a_batch_sends_again_only_what_was_busy(vendor: Vendor) -> None:
    rounds: list[list[dict[str, Any]]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = (await request.json())["requests"]
        rounds.append(asked)
        parts: list[dict[str, Any]] = []
        for inner in asked:
            part: dict[str, Any] = {"id": inner["id"], "status": 200, "headers": {"Content-Type": "image/jpeg"}}
            part["body"] = base64.b64encode(inner["url"].encode()).decode()
            if len(rounds) == 1 and inner["url"] == "/b":
                part = {"id": inner["id"], "status": 429, "headers": {"Retry-After": "7"}, "body": {}}
            if len(rounds) == 1 and inner["url"] == "/b/value":
                part = {"id": inner["id"], "status": 424, "body": {}}
            if inner["url"] == "/none":
                body = {"error": {"code": "ImageNotFound", "message": ""}}
                part = {"id": inner["id"], "status": 404, "headers": {"Content-Type": "application/json"}, "body": body}
            parts.insert(0, part)
        return web.json_response({"responses": parts})

    vendor.answers["/v1.0/$batch"] = answer
    api = vendor.api()
    counted: list[tuple[str, int]] = []
    api._http.options = replace(api._http.options, answered=lambda *told: counted.append(told))
    inner = [Inner("/a"), Inner("/b"), Inner("/b/value", after=1), Inner("/none"), Inner("/none/value", after=3)]
    found = await batch(api, inner, doing="photos")
    assert [a.status for a in found] == [200, 200, 200, 404, 200]
    assert [a.body for a in found[:3]] == [b"/a", b"/b", b"/b/value"]
    assert found[3].error[0] == "ImageNotFound"
    assert [[r["id"] for r in asked] for asked in rounds] == [["0", "1", "2", "3", "4"], ["1", "2"]]
    assert rounds[1][1]["dependsOn"] == ["1"]
    assert round(vendor.slept[0]) == 7
    assert [status for _, status in counted] == [200, 200, 429, 200], (
        "a token, a batch, a refusal within, the batch again"
    )
    await api.aclose()


async def test_a_picture_in_a_batch_arrives_whole_or_not_at_all(vendor: Vendor) -> None:
    picture = Random(1).randbytes(900_001)
    part = {"id": "0", "status": 200, "headers": {"Content-Type": "image/jpeg"}}
    vendor.answers["/v1.0/$batch"] = says({"responses": [{**part, "body": base64.b64encode(picture).decode()}]})
    api = vendor.api()
    assert [answer.body for answer in await batch(api, [Inner("/a")], doing="photos")] == [picture]
    with pytest.raises(TooLarge):
        await batch(api, [Inner("/a")], doing="photos", max_bytes=1_000_000)
    for broken in ("A" * 8001, "!5"):
        vendor.answers["/v1.0/$batch"] = says({"responses": [{**part, "body": broken}]})
        with pytest.raises(OutOfContract):
            await batch(api, [Inner("/a")], doing="photos")
    await api.aclose()


async def test_a_batch_that_loses_an_answer_is_out_of_contract(vendor: Vendor) -> None:
    vendor.answers["/v1.0/$batch"] = says({"responses": [{"id": "0", "status": 200}]})
    api = vendor.api()
    with pytest.raises(OutOfContract):
        await batch(api, [Inner("/a"), Inner("/b")], doing="photos")
    await api.aclose()


async def test_two_answers_to_one_request_of_a_batch_are_not_chosen_between(vendor: Vendor) -> None:
    hers, his = ({"id": "0", "status": 200, "body": {"who": who}} for who in ("hers", "his"))
    vendor.answers["/v1.0/$batch"] = says({"responses": [hers, {"id": "1", "status": 200}, his]})
    api = vendor.api()
    with pytest.raises(OutOfContract):
        await batch(api, [Inner("/a"), Inner("/b")], doing="photos")
    await api.aclose()
