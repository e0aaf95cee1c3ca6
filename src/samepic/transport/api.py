"""One system's way to one host: its tokens, its bound, its count."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from samepic.model.budget import Lane
from samepic.model.sayings import saying
from samepic.model.system import Grant
from samepic.ports.budgets import lane
from samepic.ports.errors import AccessDenied, Busy, OutOfContract, SystemFault
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient, Meter, Patience
from samepic.transport.granted import roles_of
from samepic.transport.tokens import Tokens
from samepic.transport.turns import Budgets

JSON = "application/json"


class Api:
    """Sends a system's requests to one origin, and to no other: a token never leaves it.

    grants: what an administrator has to grant for this API, told with every refusal. at_once: requests under way, of a
    sweep and besides of those who wait for their own picture. budgets: what every request waits for.
    """

    def __init__(
        self,
        http: HttpClient,
        meter: Meter,
        origin: str,
        scope: str,
        tokens: Tokens,
        *,
        grants: tuple[Grant, ...] = (),
        at_once: int = 8,
        accept: str = JSON,
        budgets: Budgets | None = None,
    ) -> None:
        self.origin = origin.rstrip("/")
        self.meter = meter
        self.grants = grants
        self._http = http
        self._scope = scope
        self._tokens = tokens
        self._accept = accept
        self._bound = {whom: asyncio.Semaphore(at_once) for whom in Lane}
        self._budgets = budgets or Budgets(sleep=http.sleep, longest=http.options.patience.altogether)
        self._joined = True
        http.join()

    async def aclose(self) -> None:
        """Give the connections back; safe to call twice."""
        if self._joined:
            self._joined = False
            await self._http.leave()

    def refused_within(self, statuses: Iterable[int]) -> None:
        """Tell whoever counts of calls that were refused within a batch's answer."""
        for status in statuses:
            if self._http.options.answered is not None:
                self._http.options.answered(self.meter.system, status)

    async def send(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | Mapping[str, Any] | None = None,
        max_bytes: int = 16_000_000,
        repeat: bool | None = None,
        parse_json: bool = False,
        bodies_apart: bool = False,
        parts: int = 1,
    ) -> Answer:
        """Send as the system's identity. path: below the origin, or an absolute URL of the same origin.

        repeat, parse_json, bodies_apart: see HttpClient.exchange; unless told, what only reads may be repeated.
        parts: how many requests it holds, where it is a batch.
        Raises Busy, AccessDenied on a second 401, OutOfContract, TooLarge. Other 4xx are answers.
        """
        url = self._url(path, doing)
        data = json.dumps(body).encode() if isinstance(body, Mapping) else body
        sent = {"Accept": self._accept, **(headers or {})}
        if isinstance(body, Mapping):
            sent.setdefault("Content-Type", JSON)
        again = method in ("GET", "HEAD") if repeat is None else repeat
        answer = Answer(0, {}, b"")
        for _ in range(2):
            token = await self._tokens.bearer(self._scope, self.meter)
            async with self._bound[lane()]:
                answer = await self._http.exchange(
                    method,
                    url,
                    meter=self.meter,
                    doing=doing,
                    headers={**sent, "Authorization": f"Bearer {token}"},
                    data=data,
                    max_bytes=max_bytes,
                    repeat=again,
                    parse_json=parse_json,
                    bodies_apart=bodies_apart,
                    turn=self._budgets.turn(self.meter.system, doing, self.origin, parts),
                )
            if answer.ok and answer.headers.get("content-type", "").casefold().startswith("text/html"):
                # Of what stands before the host, which may never have been asked: nothing counts as read or written.
                raise self.out_of_contract(doing, saying("page_of_html", status=str(answer.status)))
            if answer.status != 401:
                return answer
            self._tokens.discard(self._scope, token)
        raise AccessDenied(self.meter.system, doing, answer.words, self.grants)

    async def get_json(self, path: str, *, doing: str, headers: Mapping[str, str] | None = None) -> Any:
        """Read JSON; any other answer is a fault."""
        answer = await self.send("GET", path, doing=doing, headers=headers, parse_json=True)
        if not answer.ok:
            raise self.fault(answer, doing)
        return answer.json()

    async def granted(self) -> frozenset[str] | None:
        """The app's permissions for this API, by the vendor's names; None where its token does not tell.

        Raises Busy, AccessDenied, OutOfContract.
        """
        return roles_of(await self._tokens.bearer(self._scope, self.meter))

    def fault(self, answer: Answer, doing: str) -> SystemFault:
        """What an answer means that nobody expected here."""
        if answer.status in (401, 403):
            return AccessDenied(self.meter.system, doing, answer.words, self.grants)
        if answer.status == 429 or answer.status >= 500:
            return Busy(self.meter.system, doing, answer.words, answer.wait())
        return OutOfContract(self.meter.system, doing, answer.words)

    def out_of_contract(self, doing: str, saw: str) -> OutOfContract:
        """An answer that no document of the vendor's describes."""
        return OutOfContract(self.meter.system, doing, saw)

    @property
    def patience(self) -> Patience:
        """How long a busy host is waited for."""
        return self._http.options.patience

    async def pause(self, span: timedelta) -> None:
        """Wait, as the client does."""
        await self._http.sleep(span.total_seconds())

    async def heard(self, doing: str, answer: Answer) -> None:
        """Mind what an answer within a batch says to everybody: to wait, and to call less often."""
        await self._budgets.turn(self.meter.system, doing, self.origin).heard(answer)

    def _url(self, path: str, doing: str) -> str:
        """A link that the host sent may lead to itself only."""
        if path.startswith("/") and not path.startswith("//"):
            return self.origin + path
        if _origin(path) != _origin(self.origin):
            raise OutOfContract(self.meter.system, doing, saying("link_elsewhere"))
        return path


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        if "@" in parts.netloc or "\\" in url:
            return "", url, None  # a name and a password in a link, or what another reader takes for a host
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", url, None
    return parts.scheme, (parts.hostname or "").lower(), port
