"""Hosts that answer what was not asked, without end, or for somebody else: a clear error, and nothing believed."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from samepic.model.person import PersonId
from samepic.model.picture import Picture, PictureFormat
from samepic.ports.errors import Busy, OutOfContract, PersonGone
from samepic.systems.entra_id import EntraId
from samepic.systems.exchange_online import ExchangeOnline
from samepic.systems.sharepoint_online import SharePointOnline, csom
from samepic.transport.api import Api
from samepic.transport.batch import Inner, batch
from samepic.transport.client import HttpClient, HttpOptions, Meter, Patience, TooLarge
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientSecret

OLA, KARI = "0b3d7d51-9a0f-4f6e-8d0a-0d8f4a1c2b3e", "1c4e8e62-0b10-4a7f-9e1b-1e905b2d3c4f"
Reply = Callable[[str, str, bytes], bytes]


def http(body: bytes, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    named = {"Content-Type": kind, "Content-Length": str(len(body))} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def says(value: Any, **headers: str) -> bytes:
    return http(json.dumps(value).encode(), **headers)


class Liar:
    """A host that sends the very bytes a test makes up: method, target and body in, bytes out."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reply: Reply = lambda *_: http(b"{}")
        self.asked: list[str] = []

    def connection(self) -> TenantConnection:
        async def no_wait(_: float) -> None:
            await asyncio.sleep(0)

        options = HttpOptions(patience=Patience(attempts=2, first=timedelta(0)), trust_env=False, connections=1)
        app = App("t", "c", ClientSecret("a secret of the app"))
        return TenantConnection(custom(self.url), app, http=HttpClient(options, sleep=no_wait))

    def graph(self) -> Api:
        return self.connection().graph(Meter("graph"), grants=(), at_once=4)


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                method, target, _ = line.decode().split(" ")
                length = 0
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode().partition(":")
                    length = int(value) if name.lower() == "content-length" else length
                body = await reader.readexactly(length)
                if "/oauth2/" in target:
                    writer.write(says({"access_token": "a-token-for-tests", "expires_in": 3600}))
                else:
                    found.asked.append(target)
                    writer.write(found.reply(method, target, body))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    found = Liar(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    yield found
    server.close()


@asynccontextmanager
async def closing(system: Any) -> AsyncIterator[Any]:
    try:
        yield system
    finally:
        await system.aclose()


def always(value: bytes) -> Reply:
    return lambda *_: value


BOMB = gzip.compress(b"0" * 100_000_000)


@pytest.mark.parametrize(("coding", "bomb"), [("gzip", BOMB), ("deflate", zlib.compress(b"0" * 100_000_000))])
async def test_a_small_body_that_unpacks_without_end_is_not_unpacked(liar: Liar, coding: str, bomb: bytes) -> None:
    liar.reply = always(http(bomb, Content_Encoding=coding))
    async with closing(liar.graph()) as api:
        with pytest.raises(OutOfContract):  # the token, and what the client needs once, before memory is looked at
            await api.send("GET", "/x", doing="x", max_bytes=1000)
        tracemalloc.start()
        with pytest.raises(TooLarge, match="more than 1000000 bytes"):
            await api.send("GET", "/x", doing="x", max_bytes=1_000_000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 30_000_000, f"{most} bytes were at hand"


async def test_what_follows_an_answer_is_not_taken_for_the_next_one(liar: Liar) -> None:
    """Content-Length says less than there is; the rest looks like the answer to whatever is asked next."""
    evil = says({"value": "evil"})
    honest = says({"value": "honest"})
    replies = iter([http(b"{}").replace(b"\r\n\r\n{}", b"\r\n\r\n{}" + evil), *[honest] * 5])
    liar.reply = lambda *_: next(replies)
    async with closing(liar.graph()) as api:
        try:
            first = await api.get_json("/x", doing="x")
        except Busy:
            first = {}
        await asyncio.sleep(0.05)
        assert first == {} and await api.get_json("/x", doing="x") == {"value": "honest"}


LIES = {
    "more than there is": http(b"{}").replace(b"Content-Length: 2", b"Content-Length: 2000"),
    "less than nothing": http(b"{}").replace(b"Content-Length: 2", b"Content-Length: -2"),
    "two lengths": http(b"{}").replace(b"Content-Length: 2", b"Content-Length: 2\r\nContent-Length: 3"),
    "no gzip": http(b"{}", Content_Encoding="gzip"),
    "a header without end": http(b"{}", X_Long="x" * 1_000_000),
    "headers without end": http(b"{}").replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 40_000 + b"\r\n"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n" * 50,
    "a page": http(b"<html>Sign in to the hotel's network</html>", kind="text/html"),
    "entities": http(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', kind="text/xml"),
    "brackets without end": http(b"[" * 400_000),
    "digits without end": http(b'{"value": ' + b"9" * 400_000 + b"}"),
    "nothing": http(b""),
    "a redirect to itself": http(b"", "302 Found", Location="/x"),
    "a redirect without a place": http(b"", "301 Moved Permanently"),
    "a partial answer that nobody asked for": http(b"{", "206 Partial Content"),
    "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_answer_that_is_none_is_told_so(liar: Liar, lie: str) -> None:
    liar.reply = always(LIES[lie])
    async with closing(liar.graph()) as api:
        with pytest.raises((OutOfContract, Busy)) as caught:
            async with asyncio.timeout(20):
                # A body that does not come is waited for as long as any; here the host goes away first.
                ask = asyncio.create_task(api.get_json("/x", doing="x"))
                done, _ = await asyncio.wait({ask}, timeout=0.5)
                if not done:
                    ask.cancel()
                    raise Busy("graph", "x", "no answer in time")
                await ask
    assert len(str(caught.value)) < 400 and "Traceback" not in str(caught.value)
    assert len(liar.asked) <= 3, "no redirect was followed, nothing asked for without end"


def inner(number: object, who: str, status: int = 200) -> dict[str, Any]:
    context = f"https://graph.microsoft.com/v1.0/$metadata#users('{who}')/photo/$entity"
    body = {"@odata.context": context, "@odata.mediaEtag": f'W/"{who}"', "id": "648x648", "width": 648, "height": 648}
    return {"id": number, "status": status, "headers": {"Content-Type": "application/json"}, "body": body}


@pytest.mark.parametrize(
    "parts",
    [
        [inner("0", OLA)],
        [inner("0", OLA), inner("0", OLA)],
        [inner("0", OLA), inner("0", OLA), inner("1", KARI)],
        [inner("0", OLA), inner("1", KARI), inner("2", OLA)],
        [inner("0", OLA), inner("7", KARI)],
        [inner("0", OLA), inner(None, KARI)],
        [inner("0", OLA), inner("-1", KARI)],
        [inner("0", KARI), inner("1", OLA)],
    ],
    ids=["one missing", "one twice", "one twice and all", "one more", "unasked", "unnamed", "negative", "swapped"],
)
async def test_a_batch_whose_answers_do_not_belong_is_not_believed(liar: Liar, parts: list[dict[str, Any]]) -> None:
    liar.reply = always(says({"responses": parts}))
    async with closing(ExchangeOnline(liar.connection())) as exchange:
        with pytest.raises(OutOfContract):
            [s async for s in exchange.look([PersonId(OLA), PersonId(KARI)])]


async def test_a_picture_that_comes_with_anothers_description_is_nobodys(liar: Liar) -> None:
    value = {"id": "1", "status": 200, "headers": {"Content-Type": "image/jpeg"}, "body": "/9j/"}
    liar.reply = always(says({"responses": [inner("0", KARI), value]}))
    async with closing(ExchangeOnline(liar.connection())) as exchange:
        with pytest.raises(OutOfContract, match="somebody else than was asked for"):
            await exchange.read(PersonId(OLA))


async def test_answers_in_any_order_are_told_apart(liar: Liar) -> None:
    liar.reply = always(says({"responses": [inner("1", KARI), inner("0", OLA)]}))
    async with closing(ExchangeOnline(liar.connection())) as exchange:
        seen = {s.person: s.state async for s in exchange.look([PersonId(OLA), PersonId(KARI)])}
    assert seen == {OLA: f'W/"{OLA}"', KARI: f'W/"{KARI}"'}
    async with closing(liar.graph()) as api:
        assert len(await batch(api, [Inner("/a"), Inner("/b")], doing="x")) == 2


def user(who: str) -> dict[str, Any]:
    return {"id": who, "userPrincipalName": f"{who[:4]}@made.up", "assignedPlans": []}


@pytest.mark.parametrize(
    "links",
    [["/v1.0/users?a"], ["/v1.0/users?a", "/v1.0/users?b"], [{"x": 1}], [7], ["https://thief.example/v1.0/users"]],
    ids=["itself", "a circle", "an object", "a number", "elsewhere"],
)
@pytest.mark.parametrize("of", ["people", "members"])
async def test_a_listing_that_leads_nowhere_ends(liar: Liar, of: str, links: list[Any]) -> None:
    sent = 0

    def page(*_: object) -> bytes:
        nonlocal sent
        link = links[sent % len(links)]
        sent += 1
        following = liar.url + link if isinstance(link, str) and link.startswith("/") else link
        return says({"value": [user(OLA)], "@odata.nextLink": following})

    liar.reply = page
    async with closing(EntraId(liar.connection())) as entra:
        with pytest.raises(OutOfContract):
            async with asyncio.timeout(10):
                [x async for x in (entra.people() if of == "people" else entra.members(OLA))]
    assert len(liar.asked) <= 4


@pytest.mark.parametrize(
    ("pages", "whole"),
    [
        ([[OLA, KARI], [KARI, "2d"]], True),
        ([[OLA, KARI], [KARI, KARI]], False),
        ([[OLA, OLA], [KARI, KARI]], False),
        ([[OLA, KARI], ["2d"]], True),
    ],
    ids=["one twice, none missing", "one three times", "two twice", "each once"],
)
async def test_who_is_listed_twice_does_not_stand_for_somebody_missing(
    liar: Liar, pages: list[list[str]], whole: bool
) -> None:
    def page(_: str, target: str, __: bytes) -> bytes:
        number = int("page=1" in target)
        link = {} if number else {"@odata.nextLink": f"{liar.url}/v1.0/users?page=1"}
        return says({"@odata.count": 3, "value": [user(who) for who in pages[number]], **link})

    liar.reply = page
    async with closing(EntraId(liar.connection())) as entra:
        closed = [one.closes_full_listing async for one in entra.people()]
    assert any(closed) is whole


async def test_whoever_was_not_asked_for_is_not_found(liar: Liar) -> None:
    liar.reply = always(says(user(KARI)))
    async with closing(EntraId(liar.connection())) as entra:
        for key in (OLA, "ola@made.up"):
            with pytest.raises(OutOfContract, match="somebody else"):
                await entra.find(key)
        assert (await entra.find(KARI.upper())) is not None, "letter case is no difference"


def item(number: int) -> dict[str, Any]:
    path = f"/User Photos/Profile Pictures/{OLA}_MThumb.jpg"
    return {"Id": number, "File": {"ServerRelativeUrl": path, "ETag": f'"{number}"'}}


@pytest.mark.parametrize(
    "rows", [[item(1), item(2)], [item(3), item(3)], [item(0)]], ids=["the same page again", "one twice", "backwards"]
)
async def test_a_library_that_does_not_get_on_ends(liar: Liar, rows: list[dict[str, Any]]) -> None:
    liar.reply = always(says({"value": rows, "odata.nextLink": "more", "ItemCount": 9}))
    async with closing(SharePointOnline(liar.connection())) as sharepoint:
        with pytest.raises(OutOfContract, match="leads back"):
            async with asyncio.timeout(10):
                [page async for page in sharepoint.people()]
    assert len(liar.asked) <= 2


@pytest.mark.parametrize("folder", ["/Shared Documents/x", "/User Photos/../x", "/User Photos", "", "/User Photos/./y"])
async def test_a_folder_outside_the_library_is_not_written_to(liar: Liar, folder: str) -> None:
    liar.reply = always(says({"value": [{"Name": "x", "ItemCount": 3, "ServerRelativeUrl": folder}]}))
    async with closing(SharePointOnline(liar.connection())) as sharepoint:
        with pytest.raises(OutOfContract, match="another library"):
            await sharepoint.library.folder()


def profiles(*accounts: str) -> bytes:
    told: list[Any] = [{"SchemaVersion": "15.0.0.0", "ErrorInfo": None}]
    for number, account in enumerate(accounts):
        _, seen, query = csom._ids(number)
        properties = {"PictureURL": "", "SPS-UserPrincipalName": account, "msOnline-ObjectId": OLA}
        told += [seen, {"IsNull": False}]
        told += [query, {"AccountName": csom.account(account), "UserProfileProperties": properties}]
    return says(told)


async def test_a_profile_of_somebody_else_decides_about_nobody(liar: Liar) -> None:
    liar.reply = always(profiles("kari@made.up", "OLA@MADE.UP"))
    async with closing(SharePointOnline(liar.connection())) as sharepoint:
        swapped = await sharepoint.profiles.read_many(["ola@made.up", "kari@made.up"])
        assert all(isinstance(one, OutOfContract) for one in swapped.values()), swapped
        right = await sharepoint.profiles.read_many(["kari@made.up", "ola@made.up"])
        assert not any(isinstance(one, Exception) for one in right.values()), "letter case is no difference"
        with pytest.raises(OutOfContract, match="somebody else than was asked for"):
            await sharepoint.profiles.write("ola@made.up", [("PictureURL", "x")])


async def test_an_account_that_xml_cannot_name_spoils_nobodys_request(liar: Liar) -> None:
    liar.reply = always(profiles("kari@made.up"))
    async with closing(SharePointOnline(liar.connection())) as sharepoint:
        found = await sharepoint.profiles.read_many(["\x1bola@made.up", "kari@made.up"])
        assert found["\x1bola@made.up"] is None and not isinstance(found["kari@made.up"], Exception | None)
        with pytest.raises(PersonGone):
            picture = Picture(b"\xff\xd8\xff", PictureFormat.JPEG)
            await sharepoint.write(PersonId("\x1bola@made.up"), [picture] * 3, replacing="x", place=None)
    assert not [target for target in liar.asked if "add" in target]
