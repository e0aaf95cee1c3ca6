"""What needs somebody is told to a real server over TLS: signed, once, again where it was not taken, without names."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.properties.test_the_scheduler import World

from localtenant.tls.certificates import certificates_in
from samepic.model.outcome import Failure, RunOutcome
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.system import Grant
from samepic.service.ended import Came, Ended, Why
from samepic.service.webhook import Receiver, Webhook

KEY = b"k" * 24
SECRET = "whsec_" + base64.b64encode(KEY).decode()
NAME = "kari@contoso.com"
HELD = Hold("share", f"held because of {NAME}", overwrites=34, target_pictures=166, objections=("share",))
RUN = RunOutcome(RunId("r1"), PlanId("p1"), "main", 200, {}, failures=(Failure(NAME, "no"),))


def ended(came: Came = Came.FAILED, **more: Any) -> Ended:
    world = World()
    return Ended("main", Why.SCHEDULE, True, world.at, world.at, came, words=f"{NAME} was refused", **more)


class Receives:
    """A server that answers as it is told, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.came = asyncio.Event()
        self.silent = False

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        self.came.set()
        if self.silent:
            await asyncio.Event().wait()
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    async def count(self, number: int) -> None:
        while len(self.got) < number:
            self.came.clear()
            await asyncio.wait_for(self.came.wait(), 20)

    def told(self, number: int) -> Any:
        return json.loads(self.got[number][1])


@asynccontextmanager
async def sending(
    folder: Path, receives: Receives, pauses_s: Sequence[float] = (0.0, 0.0), trusted: bool = True
) -> AsyncIterator[Webhook]:
    files = certificates_in(folder, [], keep_ca_key=False)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receives.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    trust = ssl.create_default_context(cafile=str(files.ca) if trusted else None)
    webhook = Webhook(Receiver(f"https://127.0.0.1:{runner.addresses[0][1]}/hook", SECRET, trust), World(), pauses_s)
    running = asyncio.create_task(webhook.run())
    yield webhook
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("end", "kind", "data"),
    [
        (ended(), "run.failed", {"route": "main", "why": "schedule"}),
        (ended(outcome=replace(RUN, stopped=NAME)), "run.failed", {"run": "r1", "people": 200}),
        (ended(missing=(Grant("ProfilePhoto.Read.All", "the pictures"),)), "permissions.missing", {}),
        (
            ended(outcome=replace(RUN, stopped="no", missing=(Grant("User.Read.All", "who exists"),))),
            "permissions.missing",
            {"missing": [{"permission": "User.Read.All", "why": "who exists"}]},
        ),
        (ended(Came.HELD, outcome=replace(RUN, held=HELD)), "plan.held", {"plan": "p1"}),
    ],
)
async def test_each_is_told_signed_and_without_names(tmp_path: Path, end: Ended, kind: str, data: Any) -> None:
    receives = Receives()
    async with sending(tmp_path, receives) as webhook:
        webhook.tell(end)
        await receives.count(1)
    headers, body = receives.got[0]
    told = json.loads(body)
    assert told["type"] == kind
    assert data.items() <= told["data"].items()
    assert NAME not in body.decode()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}", "as the specification of Standard Webhooks has it"
    if kind == "plan.held":
        assert told["data"]["held"]["overwrites"] == 34


async def test_what_needs_nobody_is_not_told(tmp_path: Path) -> None:
    receives = Receives()
    async with sending(tmp_path, receives) as webhook:
        for end in (ended(Came.DONE, outcome=RUN), ended(Came.INTERRUPTED), ended(Came.BUSY)):
            webhook.tell(end)
    assert receives.got == []


async def test_what_was_not_taken_is_sent_again_as_the_same_message(tmp_path: Path) -> None:
    receives = Receives()
    receives.answers = [503, 429]
    async with sending(tmp_path, receives) as webhook:
        webhook.tell(ended())
        await receives.count(3)
    assert len({headers["webhook-id"] for headers, _ in receives.got}) == 1


@pytest.mark.parametrize(("answers", "sendings"), [([500] * 9, 3), ([404], 1), ([302], 1)])
async def test_it_is_given_up_and_the_next_is_sent(tmp_path: Path, answers: list[int], sendings: int) -> None:
    receives = Receives()
    receives.answers = answers[:sendings]
    async with sending(tmp_path, receives) as webhook:
        webhook.tell(ended())
        await receives.count(sendings)
        webhook.tell(ended(Came.HELD, outcome=replace(RUN, held=HELD)))
        await receives.count(sendings + 1)
    assert [receives.told(number)["type"] for number in range(sendings + 1)] == ["run.failed"] * sendings + [
        "plan.held"
    ]


async def test_a_stranger_in_its_place_is_told_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    receives = Receives()
    async with sending(tmp_path, receives, pauses_s=(), trusted=False) as webhook:
        webhook.tell(ended())
        while not receives.got and "was not taken" not in caplog.text:
            await asyncio.sleep(0.001)
    assert receives.got == []


async def test_the_same_news_is_told_once_a_day_until_it_is_over(tmp_path: Path) -> None:
    receives, held = Receives(), ended(Came.HELD, outcome=replace(RUN, held=HELD))
    async with sending(tmp_path, receives) as webhook:
        webhook.tell(held)
        webhook.tell(held)
        webhook.tell(ended(Came.DONE, outcome=RUN))
        webhook.tell(held)
        webhook.tell(ended(Came.HELD, outcome=replace(RUN, held=HELD, plan=PlanId("p2"))))
        await receives.count(3)
        world = webhook._clock
        assert isinstance(world, World)
        world.at += timedelta(hours=25)
        webhook.tell(held)
        await receives.count(4)
    assert [receives.told(number)["data"]["plan"] for number in range(4)] == ["p1", "p1", "p2", "p1"]


async def test_nobody_waits_for_a_receiver_that_does_not_answer(tmp_path: Path) -> None:
    receives = Receives()
    receives.silent = True
    async with sending(tmp_path, receives) as webhook:
        for number in range(300):
            webhook.tell(ended(Came.HELD, outcome=replace(RUN, held=HELD, plan=PlanId(f"p{number}"))))
        await receives.count(1)
        assert webhook._waiting.qsize() <= 100, "bounded: the oldest are dropped"
        receives.silent = False
        receives.got.clear()
    assert len(receives.got) == 100, "what waits at the end is sent, once, and what was under way"
