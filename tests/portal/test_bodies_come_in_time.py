"""What is sent byte by byte, or by too many at once, keeps nobody else out and fills nothing."""

from __future__ import annotations

import asyncio
import http.client
import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock
from urllib.parse import urlsplit

import pytest
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import HTTPReceiveMessage, HTTPRequestEvent, Receive, Scope, Send
from tests.portal.running import Guest, Portal
from tests.portal.sending import face, send
from tests.samepic_commands import until

from samepic.portal import bodies, plain


def begun(guest: Guest, address: str, length: int = 1_000) -> http.client.HTTPConnection:
    """A form of which the beginning is sent, and no more."""
    at = urlsplit(guest.url)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=60)
    connection.putrequest("POST", address)
    connection.putheader("Cookie", "; ".join(f"{one.name}={one.value}" for one in guest.jar))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(length))
    connection.endheaders(b"--x\r\n")
    return connection


@pytest.mark.parametrize("address", ["/my/upload", "/my/undo", "/tiles/exchange-to-sharepoint"])
def test_a_body_that_does_not_come_is_not_waited_for(
    portal: Portal, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PIECE_S", 0.2)
    with_it = begun(portal.visit(portal.somebody()), address)
    assert with_it.getresponse().status == 408
    with_it.close()


def test_a_body_that_comes_byte_by_byte_has_an_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WHOLE_S", 0.5)
    trickling = begun(portal.visit(portal.somebody()), "/my/upload", 10_000_000)
    trickling.send(b'Content-Disposition: form-data; name="picture"; filename="me.jpg"\r\n\r\n')
    with pytest.raises((BrokenPipeError, ConnectionResetError, TimeoutError)):
        for _ in range(6_000):  # a minute, in which it never comes to its end
            trickling.send(b"x")
            time.sleep(0.01)
    trickling.close()


def test_one_person_fills_no_queue_that_others_wait_in(portal: Portal) -> None:
    guest, other = portal.visit(portal.somebody()), portal.visit(portal.somebody(number=7))
    word = guest.word()
    slow = [begun(guest, "/my/upload") for _ in range(bodies.MOST_LARGE_OF_ONE)]
    until(lambda: bodies._coming.total() == bodies.MOST_LARGE_OF_ONE, "they have begun to come")
    assert send(guest, face(3), word=word).status == 503
    assert send(other, face(3)).status == 200
    for one in slow:
        one.close()
    until(lambda: not bodies._coming, "it is seen that they went away")
    assert send(guest, face(3), word=word).status == 200, "whoever goes away makes room"


async def test_whoever_has_sent_all_makes_room_while_it_is_taken_in() -> None:
    """A slow cloud is waited for without the place among large bodies: others send theirs meanwhile."""
    held, pieces = [], iter([True, False])

    async def receive() -> HTTPRequestEvent:
        return {"type": "http.request", "body": b"x", "more_body": next(pieces)}

    async def takes(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            await receive()
            held.append(bodies._coming["anna"])

    scope: Any = {"type": ScopeType.HTTP, "method": "POST", "user": SimpleNamespace(object_id="anna")}
    await bodies.few_at_once(takes)(scope, receive, AsyncMock())
    assert held == [1, 0] and "anna" not in bodies._coming


async def test_whoever_has_sent_all_may_wait_for_the_answer_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PIECE_S", 0.01)
    monkeypatch.setattr(bodies, "WHOLE_S", 0.01)
    whole: HTTPRequestEvent = {"type": "http.request", "body": b"x", "more_body": False}
    told = []

    async def receive() -> HTTPReceiveMessage:
        if not told:
            return whole
        await asyncio.sleep(0.1)  # ten times what a piece may take
        return {"type": "http.disconnect"}

    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            told.append((await receive())["type"])

    scope: Any = {"type": ScopeType.HTTP, "method": "POST"}
    await bodies.in_time(answers)(scope, receive, AsyncMock())
    assert told == ["http.request", "http.disconnect"]


def test_many_together_have_an_end_too(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_LARGE", 0)
    assert send(portal.visit(portal.somebody()), face(3)).status == 503


def test_an_address_with_a_character_that_is_none_is_none(portal: Portal) -> None:
    guest = portal.visit(portal.somebody())
    for address in ("/my/why/%00", "/tiles/x?lang=%00", "/sign-in?to=/%00"):
        assert guest.ask(address).status == 404, address


@pytest.mark.parametrize("path", ["/admin/people/\x00", "/api/v1/runs/a\x00b"])
def test_no_route_is_asked_for_it(path: str) -> None:
    """Most would say the same with SQLite; PostgreSQL would refuse the question, and the page say that it is broken."""
    scope: Any = {"type": ScopeType.HTTP, "path": path, "query_string": b""}
    plain.guard(ASGIConnection(scope | {"path": path.replace("\x00", "")}), Mock())
    with pytest.raises(NotFoundException):
        plain.guard(ASGIConnection(scope), Mock())
