"""What is sent byte by byte, or by too many at once, keeps nobody else out and fills nothing."""

from __future__ import annotations

import http.client
import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock
from urllib.parse import urlsplit

import pytest
from litestar.enums import ScopeType
from litestar.types import HTTPRequestEvent, Receive, Scope, Send
from tests.portal.running import Guest, Portal
from tests.portal.sending import face, send

from samepic.portal import bodies


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
    with pytest.raises((BrokenPipeError, ConnectionResetError, TimeoutError)):
        while True:
            trickling.send(b"x" * 10_000)
            time.sleep(0.01)
    trickling.close()


def test_one_person_fills_no_queue_that_others_wait_in(portal: Portal) -> None:
    guest, other = portal.visit(portal.somebody()), portal.visit(portal.somebody(number=7))
    word = guest.word()
    slow = [begun(guest, "/my/upload") for _ in range(bodies.MOST_LARGE_OF_ONE)]
    while bodies._coming.total() < bodies.MOST_LARGE_OF_ONE:
        time.sleep(0.01)
    assert send(guest, face(3), word=word).status == 503
    assert send(other, face(3)).status == 200
    for one in slow:
        one.close()
    while bodies._coming:
        time.sleep(0.01)
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


def test_many_together_have_an_end_too(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_LARGE", 0)
    assert send(portal.visit(portal.somebody()), face(3)).status == 503


def test_an_address_with_a_character_that_is_none_is_none(portal: Portal) -> None:
    guest = portal.visit(portal.somebody())
    for address in ("/my/why/%00", "/tiles/x?lang=%00", "/sign-in?to=/%00"):
        assert guest.ask(address).status == 404, address
