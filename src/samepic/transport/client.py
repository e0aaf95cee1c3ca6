"""The one HTTP client: connections kept, bodies bounded, and patience with a busy system."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection

from samepic.model.budget import Lane
from samepic.model.sayings import saying
from samepic.ports.budgets import lane
from samepic.ports.errors import Busy, OutOfContract
from samepic.transport.answer import Answer, shortened
from samepic.transport.batch_bodies import Bodies
from samepic.transport.proxies import Proxies
from samepic.transport.trust import trusting, untrusted
from samepic.transport.turns import Turn
from samepic.transport.unspoken import unspoken

log = logging.getLogger("samepic.transport")

USER_AGENT = "NONISV|Samepic|Samepic/0.1.0"
"""As Microsoft asks traffic to be decorated (how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online)."""

_PARSED_BYTES = 500_000

NOT_APPLIED = (429, 503)
"""Statuses that say that nothing was done, so that even a write may be sent again."""

_HALF_ANSWERS = 2  # sendings after the first that are worth it where JSON came broken


class TooLarge(OutOfContract):
    """The body is larger than the caller's limit; it was not read further."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a busy system is waited for: `first` doubled up to `longest`, with jitter, at most `attempts` sendings.

    altogether: the longest sum of waits of one call; a system that asks for more raises Busy with its wish.
    """

    attempts: int = 6
    first: timedelta = timedelta(seconds=0.5)
    longest: timedelta = timedelta(seconds=30)
    altogether: timedelta = timedelta(minutes=5)

    def pause(self, attempt: int, asked: timedelta | None) -> timedelta:
        """The wait after the given sending (the first is 0): never less than the system asks."""
        own = min(self.longest, self.first * (1 << attempt)) * random.uniform(0.5, 1.0)
        return max(own, asked) if asked is not None else own


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """What a place's network wants. proxy None with trust_env: HTTPS_PROXY and its kin decide.

    ca_file: a PEM file of a private authority, trusted beside the system's own.
    sweeps_at_once: requests under way of sweeps, which leave the other connections to those who wait for their own
    picture.
    answered: called with the system and the status of every answer, and of each refusal within a batch's.
    """

    connect_timeout: timedelta = timedelta(seconds=10)
    answer_timeout: timedelta = timedelta(seconds=60)
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    trust_env: bool = True
    ca_file: Path | None = None
    connections: int = 64
    sweeps_at_once: int = 48
    patience: Patience = Patience()
    answered: Callable[[str, int], None] | None = None


@dataclass(slots=True)
class Meter:
    """Whose requests these are, how many were sent, and what time it was by the last answer."""

    system: str
    requests: int = 0
    _told: tuple[datetime, float] | None = field(default=None, repr=False)

    def tell_time(self, date: str | None) -> None:
        """The `Date` of an answer (RFC 9110 6.6.1); one that is none, or is missing, tells nothing."""
        with contextlib.suppress(ValueError, OverflowError):
            at = parsedate_to_datetime(date or "")
            self._told = (at if at.tzinfo else at.replace(tzinfo=UTC), monotonic())

    @property
    def time(self) -> datetime | None:
        """The same, moved on by a clock that nobody sets."""
        return self._told and self._told[0] + timedelta(seconds=monotonic() - self._told[1])


class HttpClient:
    """Sends requests without credentials of its own; `Api` adds them.

    sleep: waits, so that tests need not. A client that was closed opens again when it is used.
    """

    def __init__(
        self, options: HttpOptions | None = None, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.options = options or HttpOptions()
        self._proxies = Proxies(self.options.proxy, trust_env=self.options.trust_env)
        for proxy in self._proxies.all:
            unspoken(_password_of(proxy))
        self.sleep = sleep
        self.permit: Callable[[], None] = lambda: None
        """Called before each sending, also a repeated one; what it raises is raised instead, and nothing is sent."""
        self._session: aiohttp.ClientSession | None = None
        self._users = 0
        self._sweeps = asyncio.Semaphore(self.options.sweeps_at_once)

    def join(self) -> None:
        """Somebody more uses the connections."""
        self._users += 1

    async def leave(self) -> None:
        """Somebody uses them no more; the last one closes them."""
        self._users -= 1
        if self._users <= 0:
            await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        meter: Meter,
        doing: str,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        max_bytes: int,
        repeat: bool,
        parse_json: bool = False,
        bodies_apart: bool = False,
        turn: Turn | None = None,
    ) -> Answer:
        """Send until there is an answer that more patience does not better.

        repeat: sending twice does no harm. Otherwise only what certainly was not applied is sent again.
        parse_json: a 2xx body that is no JSON counts as half an answer.
        bodies_apart: base64 in the JSON is decoded as it comes and kept apart, with a mark in its place.
        turn: what each sending waits for, and what is told of each answer.
        Raises Busy, OutOfContract, TooLarge. 4xx other than 429 are answers.
        """
        patience, waited = self.options.patience, timedelta(0)
        for attempt in range(patience.attempts):
            try:
                async with turn or nullcontext(), self._room(turn):
                    answer = await self._once(method, url, meter, doing, headers, data, max_bytes, bodies_apart)
                    if turn is not None:
                        await turn.heard(answer)
                fault = _busy(answer, meter.system, doing)
                if fault is None and parse_json and answer.ok and not _is_json(answer):
                    saw = saying("no_json", status=str(answer.status), bytes=str(len(answer.body)))
                    if not repeat or attempt >= _HALF_ANSWERS:
                        raise OutOfContract(meter.system, doing, saw)
                    fault = Busy(meter.system, doing, saw)
                if fault is None:
                    return answer
                again = repeat or answer.status in NOT_APPLIED
            except _NotSent as error:
                fault, again = Busy(meter.system, doing, error.args[0]), True
            except Busy as error:
                fault, again = error, repeat
            pause = patience.pause(attempt, fault.after)
            waited += pause
            if not again or attempt + 1 == patience.attempts or waited > patience.altogether:
                raise fault
            log.info("%s: %s: %s; waiting %.1f s", meter.system, doing, fault.saw, pause.total_seconds())
            await self.sleep(pause.total_seconds())
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(
        self,
        method: str,
        url: str,
        meter: Meter,
        doing: str,
        headers: Mapping[str, str] | None,
        data: bytes | None,
        max_bytes: int,
        bodies_apart: bool,
    ) -> Answer:
        """One sending. No exception of the library leaves here, nor what it carries: headers hold tokens."""
        self.permit()
        meter.requests += 1
        began = monotonic()
        try:
            async with self._open().request(
                method, url, headers=headers, data=data, allow_redirects=False, proxy=self._proxies.of(url)
            ) as response:
                bodies = Bodies() if bodies_apart else None
                body = await _bounded(response, meter.system, doing, max_bytes, bodies)
                told = {k.lower(): v for k, v in response.headers.items()}
                meter.tell_time(told.get("date"))
                if self.options.answered is not None:
                    self.options.answered(meter.system, response.status)
                answer = Answer(response.status, told, body, bodies.taken if bodies else {})
        except aiohttp.ClientConnectorCertificateError as error:
            raise OutOfContract(meter.system, doing, untrusted(_host(url), error)) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _NotSent(_unreached(error, url)) from None
        except TimeoutError:
            raise Busy(meter.system, doing, saying("no_answer_in_time", host=_host(url))) from None
        except aiohttp.ClientPayloadError:
            raise Busy(meter.system, doing, saying("answer_cut_short")) from None
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise Busy(meter.system, doing, saying("connection_broke", words=_words(error))) from None
        except aiohttp.ClientError as error:
            raise OutOfContract(meter.system, doing, saying("no_http", kind=type(error).__name__)) from None
        log.debug("%s %s %s %.0f ms", method, urlsplit(url).path, answer.status, 1000 * (monotonic() - began))
        return answer

    def _room(self, turn: Turn | None) -> AbstractAsyncContextManager[object]:
        """A sweep's requests wait for each other. What has no turn is a sign-in, which may serve others too."""
        return self._sweeps if turn is not None and lane() is Lane.SWEEP else nullcontext()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            options = self.options
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=options.connections, limit_per_host=0, ssl=trusting(options.ca_file)
                ),
                headers={"User-Agent": USER_AGENT},
                request_class=_permitted_by(lambda: self.permit()),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=options.answer_timeout.total_seconds(),
                    sock_connect=options.connect_timeout.total_seconds(),
                ),
            )
        return self._session


def _permitted_by(permit: Callable[[], None]) -> type[aiohttp.ClientRequest]:
    """Requests that ask again when they have a connection, and before what they write: much may happen meanwhile."""

    class Permitted(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            permit()
            return await super().send(conn)

        async def write_bytes(
            self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
        ) -> None:
            """A task of its own: its head goes out with the body. Whoever waits for the answer hears of a refusal."""
            try:
                permit()
            except Exception as refused:
                if conn.protocol is not None:
                    conn.protocol.set_exception(refused)
                return
            await super().write_bytes(writer, conn, content_length)

    return Permitted


def _password_of(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


class _NotSent(Exception):
    """No connection came about, so that nothing can have been applied."""


async def _bounded(
    response: aiohttp.ClientResponse, system: str, doing: str, max_bytes: int, bodies: Bodies | None
) -> bytes:
    """The body, read no further than the limit."""
    if response.content_length is not None and response.content_length > max_bytes:
        response.close()
        raise TooLarge(system, doing, saying("too_many_came", bytes=str(response.content_length), most=str(max_bytes)))
    body, arrived = io.BytesIO(), 0  # its value is no copy
    async for chunk in response.content.iter_chunked(65_536):
        arrived += len(chunk)
        if arrived > max_bytes:
            response.close()
            raise TooLarge(system, doing, saying("more_came", most=str(max_bytes)))
        try:
            body.write(bodies.put(chunk) if bodies else chunk)
        except ValueError:
            response.close()
            raise OutOfContract(system, doing, saying("other_shape")) from None
    if bodies:
        body.write(bodies.end())
    return body.getvalue()


def _busy(answer: Answer, system: str, doing: str) -> Busy | None:
    if answer.status == 429 or answer.status >= 500:
        return Busy(system, doing, answer.words, answer.wait())
    return None


def _is_json(answer: Answer) -> bool:
    """Whether the body is whole JSON. A large one is judged by its ends: parsing it would hold it three times."""
    if len(answer.body) > _PARSED_BYTES:
        return answer.body[:16].lstrip()[:1] in (b"{", b"[") and answer.body[-16:].rstrip()[-1:] in (b"}", b"]")
    try:
        answer.json()
    except ValueError:
        return False
    return True


def _host(url: str) -> str:
    """The one part of an address that is no secret; the rest may hold a name, a key or a password."""
    parts = urlsplit(url)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")


def _unreached(error: BaseException, url: str) -> str:
    """Who could not be reached: with a proxy between, it may be the proxy."""
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return saying("no_connection_to_proxy", proxy=f"{error.host}:{error.port}", words=_words(error))
    return saying("no_connection", host=_host(url), words=_words(error))


def _words(error: BaseException) -> str:
    """An error of the library without what it holds of the request; a proxy's address may hold a password."""
    os_error = getattr(error, "os_error", None)
    cause = os_error if isinstance(os_error, OSError) else error
    return shortened(getattr(cause, "strerror", None) or type(cause).__name__)
