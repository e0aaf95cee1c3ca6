"""Tells a web address that a sweep failed, that a plan is held or that permissions are missing.

Signed as Standard Webhooks 1.0 has it (github.com/standard-webhooks/standard-webhooks, spec): receivers have libraries
for it. What is told are numbers, our own ids and words from closed lists: no name, no picture, no text from outside.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from samepic.ports.clock import Clock
from samepic.service.ended import Came, Ended

_log = logging.getLogger("samepic.service")

_MOST_WAITING = 100
_ANSWER_S = 15.0
_AT_THE_END_S = 5.0
_PAUSES_S = (1.0, 5.0, 30.0, 120.0, 600.0)
"""Between the sendings of one message: six in a good twelve minutes, and then it is given up."""

_REMINDS_AFTER = timedelta(hours=24)
"""The same news of a route is told once a day, however often its sweeps meet it."""

_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go. secret: what they are signed with; `whsec_` and base64, or any text. tls: what to trust."""

    url: str = field(repr=False)  # some receivers take the address itself for a secret
    secret: str = field(repr=False)
    tls: ssl.SSLContext | bool = True

    def key(self) -> bytes:
        """The secret's bytes. Raises ValueError where what follows `whsec_` is no base64."""
        if self.secret.startswith(_PREFIX):
            return base64.b64decode(self.secret.removeprefix(_PREFIX), validate=True)
        return self.secret.encode()


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell. about: what makes it the same news as another of its route and type."""

    type: str
    data: dict[str, Any]
    about: object = None


def message(ended: Ended) -> Message | None:
    """What there is to tell of a sweep's end; None where that is nothing."""
    outcome = ended.outcome
    told: dict[str, Any] = {"route": ended.route, "why": ended.why.value}
    if outcome is not None:
        told |= {"run": outcome.run, "plan": outcome.plan or None, "people": outcome.people}
        told |= {"written": outcome.written, "cleared": outcome.cleared, "failed": outcome.failed}
    if ended.came is Came.HELD and outcome is not None and outcome.held is not None:
        numbers = asdict(outcome.held)
        del numbers["words"]  # they may repeat what a system answered
        return Message("plan.held", told | {"held": numbers}, outcome.plan)
    if ended.came is not Came.FAILED:
        return None
    if missing := ended.missing or (outcome.missing if outcome is not None else ()):
        grants = [grant.permission for grant in missing]
        return Message("permissions.missing", told | {"missing": [asdict(grant) for grant in missing]}, grants)
    return Message("run.failed", told)


_Waiting = tuple[str, Message, datetime]


def signature(key: bytes, identity: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


class Webhook:
    """Sends messages one after the other, beside everything else. `tell` never waits.

    pauses_s: between the sendings of one message.
    """

    def __init__(self, receiver: Receiver, clock: Clock, pauses_s: Sequence[float] = _PAUSES_S) -> None:
        self._receiver = receiver
        self._key = receiver.key()
        self._clock = clock
        self._pauses_s = pauses_s
        self._news: dict[str, tuple[object, datetime]] = {}
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_MOST_WAITING)

    def tell(self, ended: Ended) -> None:
        """Have the message sent, where there is one. A receiver that was away for long misses the oldest ones."""
        told, now = message(ended), self._clock.now()
        if told is None:
            if ended.came is Came.DONE:
                self._news.pop(ended.route, None)
            return
        news = (told.type, told.about)
        before, at = self._news.get(ended.route, (None, now))
        if news == before and timedelta(0) <= now - at < _REMINDS_AFTER:
            return
        self._news[ended.route] = (news, now)
        if self._waiting.full():
            dropped, *_ = self._waiting.get_nowait()
            _log.warning("a webhook message is dropped: too many wait", extra={"facts": {"id": dropped}})
        run = ended.outcome.run if ended.outcome is not None else f"{ended.began_at:%Y%m%d-%H%M%S}"
        self._waiting.put_nowait((f"{ended.route}-{run}", told, now))

    async def run(self) -> None:
        """Send what comes. Cancelled, it tries once more, and briefly, to send what waits."""
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S)
        async with aiohttp.ClientSession(
            timeout=timeout, trust_env=True, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            current: _Waiting | None = None
            try:
                while True:
                    current = await self._waiting.get()
                    await self._send(session, *current)
                    current = None
            except asyncio.CancelledError:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_AT_THE_END_S):
                        if current is not None:
                            await self._once(session, *current)
                        while not self._waiting.empty():
                            await self._once(session, *self._waiting.get_nowait())
                raise

    async def _send(self, session: aiohttp.ClientSession, identity: str, told: Message, at: datetime) -> None:
        for pause_s in (*self._pauses_s, None):
            saw = await self._once(session, identity, told, at)
            if saw is None:
                return
            again = pause_s is not None and not (saw.isdigit() and _is_final(int(saw)))
            facts = {"id": identity, "saw": saw, "again_in_s": pause_s if again else None}
            _log.warning("a webhook message was not taken", extra={"facts": facts})
            if pause_s is None or not again:
                return
            await asyncio.sleep(pause_s)

    async def _once(self, session: aiohttp.ClientSession, identity: str, told: Message, at: datetime) -> str | None:
        """One sending: None where it was taken, else the status or the kind of error; its text may hold the address."""
        body = json.dumps({"type": told.type, "timestamp": at.isoformat(), "data": told.data}).encode()
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identity,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._key, identity, timestamp, body),
        }
        url, tls = self._receiver.url, self._receiver.tls
        try:
            async with session.post(url, data=body, headers=headers, ssl=tls, allow_redirects=False) as answer:
                return None if answer.ok and answer.status < 300 else str(answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return type(error).__name__


def _is_final(status: int) -> bool:
    """An answer that the same message will get again."""
    return 300 <= status < 500 and status not in (408, 429)
