"""What the environment says of proxies is minded, and asked for once; ~/.netrc is nobody's business here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from samepic.transport import proxies
from samepic.transport.client import HttpClient, HttpOptions, Meter, Patience
from samepic.transport.proxies import Proxies

Asked = tuple[str, str | None, str | None]
"""The path, whom the proxy is told of, and whom the host is."""

ASKED = web.AppKey("asked", list[Asked])


@pytest.fixture(autouse=True)
def _no_proxies_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def answering() -> AsyncIterator[TestServer]:
    """Answers whoever asks for whatever, also as a proxy is asked, with what it was asked."""
    app = web.Application()
    app[ASKED] = asked = list[Asked]()

    async def answer(request: web.BaseRequest) -> web.Response:
        headers = request.headers
        asked.append((request.raw_path, headers.get("Proxy-Authorization"), headers.get("Authorization")))
        return web.Response(text="{}")

    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def _asked(server: TestServer, url: str) -> Asked:
    http = HttpClient(HttpOptions(patience=Patience(attempts=1)))
    headers = {"Authorization": "Bearer ours"}
    await http.exchange("GET", url, meter=Meter("x"), doing="x", headers=headers, max_bytes=99, repeat=True)
    await http.aclose()
    return server.app[ASKED][-1]


async def test_a_proxy_of_the_environment_is_sent_through_with_its_password(
    answering: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://clerk:hush@127.0.0.1:{answering.port}")
    path, password, ours = await _asked(answering, "http://graph.invalid/x")
    assert path == "http://graph.invalid/x"
    assert password == "Basic Y2xlcms6aHVzaA=="
    assert ours == "Bearer ours"


async def test_a_host_that_needs_no_proxy_is_reached_without(
    answering: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert (await _asked(answering, f"http://127.0.0.1:{answering.port}/x"))[0] == "/x"


async def test_a_netrc_with_an_entry_for_everybody_is_no_hindrance(
    answering: TestServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login anonymous password guest\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert (await _asked(answering, f"http://127.0.0.1:{answering.port}/x"))[2] == "Bearer ours"


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({"https_proxy": "http://one:1"}, "https://graph.example/x", "http://one:1"),
        ({"https_proxy": "http://one:1"}, "http://graph.example/x", None),
        ({"https_proxy": "https://one:1"}, "https://graph.example/x", None),
        ({"https_proxy": "http://one:1", "no_proxy": ".example"}, "https://graph.example/x", None),
        ({"https_proxy": "http://one:1", "no_proxy": "other"}, "https://graph.example/x", "http://one:1"),
    ],
)
def test_the_environment_is_read_as_everybody_reads_it(
    environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Proxies(None, trust_env=True).of(url) == proxy
    assert Proxies(None, trust_env=False).of(url) is None
    assert Proxies("http://ours:2", trust_env=True).of(url) == "http://ours:2"


def test_the_environment_is_asked_once_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def bypass(host: str) -> bool:
        asked.append(host)
        return False

    monkeypatch.setattr(proxies, "proxy_bypass", bypass)
    ours = Proxies(None, trust_env=True)
    for url in ("https://a.example/1", "https://a.example/2", "https://b.example/1", "https://a.example/3"):
        ours.of(url)
    assert asked == ["a.example", "b.example"]
