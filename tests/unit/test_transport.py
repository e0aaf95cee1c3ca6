"""The transport against a server that misbehaves on purpose, over a real socket."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.vendor import SECRET, Vendor, in_turn, says

from samepic.ports.errors import AccessDenied, Busy, OutOfContract
from samepic.transport.answer import Answer, shortened
from samepic.transport.client import USER_AGENT, HttpClient, HttpOptions, Meter, Patience, TooLarge
from samepic.transport.clouds import CLOUDS, custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientSecret
from samepic.transport.device_code import DeviceCodeSignIn


async def test_one_token_serves_many_callers_at_once(vendor: Vendor) -> None:
    vendor.answers["/x"] = says({"n": 1})
    api = vendor.api()
    await asyncio.gather(*(api.get_json("/x", doing="x") for _ in range(20)))
    assert vendor.tokens == 1
    assert {r.headers["Authorization"] for r in vendor.seen} == {"Bearer tok-1"}
    assert {r.headers["User-Agent"] for r in vendor.seen} == {USER_AGENT}
    assert vendor.forms[0]["scope"] == "https://graph.microsoft.com/.default"
    assert api.meter.requests == 21
    await api.aclose()
    await api.aclose()


async def test_a_token_near_its_end_is_renewed_before_it_is_refused(vendor: Vendor) -> None:
    vendor.answers["/x"] = says({})
    vendor.expires_in = 0
    api = vendor.api()
    await api.get_json("/x", doing="x")
    await api.get_json("/x", doing="x")
    assert vendor.tokens == 2
    await api.aclose()


async def test_a_refused_token_is_renewed_once_for_all_and_then_told(vendor: Vendor) -> None:
    vendor.answers["/x"] = says({"n": 1})
    api = vendor.api()
    await api.get_json("/x", doing="x")
    vendor.refused = {"tok-1"}
    await asyncio.gather(*(api.get_json("/x", doing="x") for _ in range(8)))
    assert vendor.tokens == 2
    vendor.refused |= {"tok-2", "tok-3"}
    with pytest.raises(AccessDenied, match="InvalidAuthenticationToken"):
        await api.get_json("/x", doing="x")
    assert vendor.tokens == 3
    await api.aclose()


async def test_the_greater_of_two_waits_is_kept(vendor: Vendor) -> None:
    vendor.answers["/x"] = in_turn(
        says({}, 429, Retry_After="9"), says({}, 429, Retry_After="2", RateLimit_Reset="31"), says({"n": 1})
    )
    api = vendor.api()
    assert await api.get_json("/x", doing="x") == {"n": 1}
    assert [round(s) for s in vendor.slept] == [9, 31]
    await api.aclose()


async def test_what_time_it_is_at_a_host_is_told_by_its_answers(vendor: Vendor) -> None:
    dates = ["Sat, 21 Nov 2026 09:00:00 GMT", "Sunday", "", "Sat, 99 Nov 99999999999 09:00:00 GMT"]
    vendor.answers["/x"] = in_turn(*(says({}, Date=date) for date in dates))
    api = vendor.api()
    for _ in dates:
        await api.get_json("/x", doing="x")
        told = api.meter.time
        assert told is not None and told.tzinfo is not None
        assert timedelta(0) <= told - datetime(2026, 11, 21, 9, tzinfo=UTC) < timedelta(minutes=5)
    await api.aclose()


def test_a_wait_may_be_a_date_and_is_never_negative() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for given, meant in ((timedelta(seconds=40), 40), (timedelta(days=-1), 0)):
        answer = Answer(503, {"retry-after": format_datetime(now + given, usegmt=True)}, b"")
        assert answer.wait(now) == timedelta(seconds=meant)
    assert Answer(503, {"retry-after": "soon"}, b"").wait(now) is None
    assert Answer(200, {"ratelimit-reset": "30", "ratelimit-remaining": "7"}, b"").wait(now) is None
    assert Answer(200, {"ratelimit-reset": "30", "ratelimit-remaining": "0"}, b"").wait(now) == timedelta(seconds=30)


async def test_a_system_that_asks_for_too_long_is_busy_with_its_wish(vendor: Vendor) -> None:
    vendor.answers["/x"] = says({}, 429, Retry_After="4000")
    api = vendor.api()
    with pytest.raises(Busy) as caught:
        await api.get_json("/x", doing="x")
    assert caught.value.after == timedelta(seconds=4000)
    assert len(vendor.seen) == 1
    await api.aclose()


@pytest.mark.parametrize(("status", "sendings"), [(429, 4), (503, 4), (500, 1), (502, 1), (504, 1)])
async def test_a_write_is_sent_again_only_if_nothing_was_applied(vendor: Vendor, status: int, sendings: int) -> None:
    vendor.answers["/x"] = says({}, status)
    api = vendor.api()
    with pytest.raises(Busy):
        await api.send("POST", "/x", doing="x", body=b"picture")
    assert len(vendor.seen) == sendings
    await api.aclose()


async def test_backing_off_doubles_with_jitter_to_a_cap(vendor: Vendor) -> None:
    vendor.answers["/x"] = says({}, 500)
    patience = Patience(attempts=7, first=timedelta(seconds=1), longest=timedelta(seconds=8))
    api = vendor.api(patience=patience)
    with pytest.raises(Busy):
        await api.get_json("/x", doing="x")
    for slept, most in zip(vendor.slept, (1, 2, 4, 8, 8, 8), strict=True):
        assert most / 2 <= slept <= most
    await api.aclose()


async def test_half_an_answer_is_no_answer(vendor: Vendor) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"value": [')
        assert request.transport is not None
        request.transport.close()
        return response

    vendor.answers["/x"] = in_turn(cut, says({"n": 1}))
    vendor.answers["/y"] = cut
    api = vendor.api()
    assert await api.get_json("/x", doing="x") == {"n": 1}
    with pytest.raises(Busy, match="cut short"):
        await api.get_json("/y", doing="y")
    await api.aclose()


async def test_json_that_is_none_is_asked_for_again_and_then_out_of_contract(vendor: Vendor) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<html>please log in to the proxy", content_type="text/html")

    vendor.answers["/x"] = page
    api = vendor.api()
    with pytest.raises(OutOfContract, match="no JSON"):
        await api.get_json("/x", doing="x")
    assert len(vendor.seen) == 3
    await api.aclose()


@pytest.mark.parametrize("chunked", [True, False])
async def test_no_body_is_read_beyond_its_limit(vendor: Vendor, chunked: bool) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={} if chunked else {"Content-Length": str(10**9)})
        await response.prepare(request)
        try:
            for _ in range(2000):
                await response.write(b"x" * 100_000)
                sent += 100_000
        except (ConnectionError, asyncio.CancelledError):
            pass
        return response

    vendor.answers["/x"] = endless
    api = vendor.api()
    with pytest.raises(TooLarge):
        await api.send("GET", "/x", doing="x", max_bytes=100_000)
    assert sent < 20_000_000
    await api.aclose()


async def test_a_link_to_another_host_does_not_get_the_token(vendor: Vendor) -> None:
    thief = Vendor()
    await thief.start()
    api = vendor.api()
    port = thief.server.port
    for link in (
        thief.url("/x"),
        f"//127.0.0.1:{port}/x",
        "ftp://x",
        f"http://user@[bad:{port}/",
        vendor.url("/x").replace("//", "//me:pw@"),
        vendor.url("\\@x"),
    ):
        with pytest.raises(OutOfContract, match="another host"):
            await api.get_json(link, doing="next page")
    vendor.answers["/x"] = says({"n": 1})
    assert await api.get_json(vendor.url("/x?$skiptoken=1"), doing="next page") == {"n": 1}
    vendor.answers["/r"] = says({}, 302, Location=thief.url("/x"))
    with pytest.raises(OutOfContract):
        await api.get_json("/r", doing="redirected")
    assert thief.seen == []
    await api.aclose()
    await thief.server.close()


async def test_nobody_there_is_busy_and_quiet() -> None:
    async def sleep(_: float) -> None:
        return None

    http = HttpClient(HttpOptions(patience=Patience(attempts=2)), sleep=sleep)
    app = App("t", "c", ClientSecret(SECRET))
    connection = TenantConnection(custom("http://127.0.0.1:9"), app, http=http)
    api = connection.graph(Meter("graph"), grants=(), at_once=1)
    with pytest.raises(Busy, match="no connection"):
        await api.get_json("/x", doing="x")
    assert api.meter.requests == 2
    await api.aclose()


async def test_an_answer_that_takes_too_long_is_busy(vendor: Vendor) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return web.json_response({})

    vendor.answers["/x"] = slow
    api = vendor.api(answer_timeout=timedelta(seconds=0.2), patience=Patience(attempts=1))
    with pytest.raises(Busy, match="no answer in time"):
        await api.get_json("/x", doing="x")
    await api.aclose()


async def test_nothing_secret_is_ever_shown(vendor: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.answers["/x"] = says({"error": {"code": "No", "message": "Bearer tok-1 and eyJhbGciOi.eyJvaWQi.c2ln"}}, 403)
    vendor.answers["/busy"] = says({}, 503)
    connection = vendor.connection()
    api = connection.graph(Meter("graph"), grants=(), at_once=1)
    told = []
    for path in ("/x", "/busy"):
        with pytest.raises((AccessDenied, Busy)) as caught:
            await api.get_json(path, doing="x")
        error: BaseException | None = caught.value
        while error is not None:
            told.append(f"{error} {error!r} {vars(error)}")
            error = error.__cause__
    shown = "\n".join([caplog.text, *told, repr(connection.app), repr(api), repr(connection.http.options)])
    held = [o for o in gc.get_objects() if str(type(o).__module__).startswith("samepic.transport")]
    shown += "\n".join(repr(o) for o in held)
    for secret in (SECRET, "tok-1", "eyJhbGciOi", "PRIVATE"):
        assert secret not in shown
    assert "waiting" in caplog.text
    await api.aclose()


def test_long_words_are_shortened_to_one_line() -> None:
    words = shortened("a\nb " * 500)
    assert len(words) == 300
    assert "\n" not in words


async def test_json_nested_without_end_is_no_json(vendor: Vendor) -> None:
    async def deep(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"[" * 200_000, content_type="application/json", status=int(request.query["status"]))

    vendor.answers["/x"] = deep
    api = vendor.api()
    with pytest.raises(OutOfContract):
        await api.send("GET", "/x?status=200", doing="x", repeat=False, parse_json=True)
    assert (await api.send("GET", "/x?status=404", doing="x")).words.startswith("404")
    await api.aclose()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"access_token": "t", "expires_in": "soon"},
        {"access_token": "t", "expires_in": "nan"},
        {"access_token": "t"},
        {"access_token": "t\r\nX-Injected: 1", "expires_in": 3600},
    ],
)
async def test_a_token_answer_of_another_shape_is_out_of_contract(vendor: Vendor, body: object) -> None:
    vendor.answers["token"] = says(body)
    api = vendor.api()
    with pytest.raises(OutOfContract, match="token") as caught:
        await api.get_json("/x", doing="x")
    assert "Injected" not in str(caught.value)
    await api.aclose()


def test_no_wait_that_a_system_asks_for_breaks_the_client() -> None:
    for wish in ("nan", "inf", "-1", "1e400", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "now", ""):
        wait = Answer(429, {"retry-after": wish}, b"").wait()
        assert wait is None or wait >= timedelta(0)


class Kept:
    """A refresh token in a variable."""

    def __init__(self) -> None:
        self.token: str | None = None

    def load(self) -> str | None:
        return self.token

    def save(self, token: str) -> None:
        self.token = token


async def test_a_device_code_gives_a_refresh_token_that_then_serves(vendor: Vendor) -> None:
    vendor.answers["/tid/oauth2/v2.0/devicecode"] = says(
        {"device_code": "dc", "user_code": "ABC", "verification_uri": "https://m.example", "expires_in": 900}
    )
    vendor.answers["token"] = in_turn(
        says({"error": "authorization_pending", "error_description": ""}, 400),
        says({"error": "slow_down", "error_description": ""}, 400),
        says({"access_token": "a", "expires_in": 3600, "refresh_token": "r1"}),
        says({"access_token": "b", "expires_in": 3600, "refresh_token": "r2"}),
    )
    kept = Kept()
    http = HttpClient(sleep=vendor.sleep)
    sign_in = DeviceCodeSignIn(http, vendor.url(), "tid", "cid", "https://c-admin.sharepoint.com/.default")
    code = await sign_in.begin()
    assert "dc" not in repr(code)
    await sign_in.finish(code, kept)
    assert (kept.token, vendor.slept) == ("r1", [5, 5, 10])
    connection = TenantConnection(
        custom(vendor.url()), App("tid", "cid", ClientSecret(SECRET)), refresh_tokens=kept, http=http
    )
    assert connection.delegated is not None
    assert await connection.delegated.bearer("scope", Meter("sharepoint")) == "b"
    assert kept.token == "r2"
    assert vendor.forms[-1] == {
        "client_id": "cid", "scope": "scope", "grant_type": "refresh_token", "refresh_token": "r1"
    }  # fmt: skip
    await http.aclose()


async def test_a_sign_in_that_the_app_does_not_allow_says_what_to_allow(vendor: Vendor) -> None:
    words = {"error": "invalid_client", "error_description": "AADSTS7000218: client_assertion or client_secret"}
    vendor.answers["/tid/oauth2/v2.0/devicecode"] = says(words, 401)
    http = HttpClient(sleep=vendor.sleep)
    with pytest.raises(AccessDenied, match="AADSTS7000218") as caught:
        await DeviceCodeSignIn(http, vendor.url(), "tid", "cid", "scope").begin()
    assert "public client flows" in caught.value.missing[0].permission
    await http.aclose()


async def test_an_expired_sign_in_says_what_to_do(vendor: Vendor) -> None:
    vendor.answers["token"] = says({"error": "invalid_grant", "error_description": "AADSTS70043: too old"}, 400)
    kept = Kept()
    connection = TenantConnection(custom(vendor.url()), App("t", "c", ClientSecret(SECRET)), refresh_tokens=kept)
    assert connection.delegated is not None
    for words in ("nobody has signed in", "AADSTS70043"):
        with pytest.raises(AccessDenied, match=words) as caught:
            await connection.delegated.bearer("scope", Meter("sharepoint"))
        assert caught.value.missing[0].permission == "samepic sign-in"
        kept.token = "r"
    await connection.http.aclose()


@pytest.mark.parametrize("given", ["r\u00e9fresh", "with space", 7])
async def test_a_refresh_token_that_is_none_is_not_kept(vendor: Vendor, given: object) -> None:
    vendor.answers["token"] = says({"access_token": "a", "expires_in": 3600, "refresh_token": given})
    vendor.answers["/t/oauth2/v2.0/devicecode"] = says(
        {"device_code": "dc", "user_code": "ABC", "verification_uri": "https://m.example", "expires_in": 900}
    )
    kept, http = Kept(), HttpClient(sleep=vendor.sleep)
    sign_in = DeviceCodeSignIn(http, vendor.url(), "t", "c", "scope")
    with pytest.raises(OutOfContract, match="refresh_token"):
        await sign_in.finish(await sign_in.begin(), kept)
    assert kept.token is None
    kept.token = "older"
    connection = TenantConnection(custom(vendor.url()), App("t", "c", ClientSecret(SECRET)), refresh_tokens=kept)
    assert connection.delegated is not None
    with pytest.raises(OutOfContract, match="sharepoint: token: a refresh_token"):
        await connection.delegated.bearer("scope", Meter("sharepoint"))
    assert kept.token == "older"
    await connection.http.aclose()
    await http.aclose()


async def test_a_private_authority_is_trusted_when_its_file_is_given(tmp_path: Path) -> None:
    import ssl
    from ipaddress import ip_address

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "private")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, both = tmp_path / "ca.pem", tmp_path / "both.pem"
    ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + ca.read_bytes()
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(both)
    app = web.Application()
    app.router.add_get("/x", says({"n": 1}))
    server = TestServer(app)
    await server.start_server(ssl=served)
    for options, trusted in ((HttpOptions(ca_file=ca), True), (HttpOptions(), False)):
        http, meter = HttpClient(options), Meter("x")
        asking = http.exchange(
            "GET", f"https://127.0.0.1:{server.port}/x", meter=meter, doing="x", max_bytes=99, repeat=True
        )
        if trusted:
            assert json.loads((await asking).body) == {"n": 1}
        else:
            words = r"127\.0\.0\.1:\d+ shows a certificate that is not trusted \(self.signed certificate\); .*ca_file"
            with pytest.raises(OutOfContract, match=words):
                await asking
            assert meter.requests == 1, "asking again would show the same certificate"
        await http.aclose()
    await server.close()


async def test_a_proxy_gets_the_requests(vendor: Vendor) -> None:
    reached: list[str] = []

    async def proxied(request: web.Request) -> web.StreamResponse:
        reached.append(request.raw_path if request.raw_path.startswith("http") else str(request.url))
        return web.json_response({"n": 1})

    vendor.answers["/x"] = proxied
    http = HttpClient(HttpOptions(proxy=vendor.url()))
    url = "http://graph.invalid/x"
    await http.exchange("GET", url, meter=Meter("x"), doing="x", max_bytes=99, repeat=True)
    assert reached == [url]
    assert "127.0.0.1" not in repr(http.options)
    await http.aclose()


def test_every_cloud_is_https_and_of_one_family() -> None:
    families = {"global": ".com", "us_government": ".us", "us_dod": ".us", "china": ".cn"}
    for name, cloud in CLOUDS.items():
        for url in (cloud.authority, cloud.graph, cloud.graph_resource, cloud.my_site("c"), cloud.admin_site("c")):
            assert url.startswith("https://")
            assert url.endswith(families[name])
            assert not url.endswith("/")
    local = custom("http://127.0.0.1:8080/")
    assert local.my_site("c") == local.admin_site("c") == local.graph == local.authority == "http://127.0.0.1:8080"
    assert local.graph_resource == "https://graph.microsoft.com"


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        (b'\n{"a": "' + b"x" * 600_000 + b'"}\n', True),
        (b'{"a": "' + b"x" * 600_000, False),
        (b"<html>" + b"x" * 600_000 + b"</html>", False),
        (b'{"a": 1', False),
        (b"{}", True),
    ],
)
def test_half_a_json_is_told_from_a_whole_one_large_or_small(body: bytes, whole: bool) -> None:
    from samepic.transport.client import _is_json

    assert _is_json(Answer(200, {}, body)) is whole
