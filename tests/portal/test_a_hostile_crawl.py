"""Whatever is sent to whatever page: never broken, never somebody else's words as markup, never to another origin."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from random import Random
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from tests.portal.administered import Administered, administered
from tests.portal.crawler import Asked, Crawler, form_word, signed_in
from tests.portal.ill_will import ON_THE_WIRE, PRODUCT, RAW

from samepic.portal import app
from samepic.portal.api.routes import ROUTES as API
from samepic.portal.pages.language import Speaker
from samepic.portal.roles import Role, least_role

SEED = 5
MOST = {Role.PERSON: 300, Role.HELPDESK: 300, Role.ADMINISTRATOR: 260}
"""Requests: the first 70, 140 and 160 are those of somebody who means well."""

SPEAKS = {Role.PERSON: "lv", Role.HELPDESK: "nb", Role.ADMINISTRATOR: "en"}
NOT_LED_TO = {("GET", "/sign-in/done"), ("GET", "/signed-out"), ("GET", "/sign-in"), ("POST", "/sign-out")}
"""What a way in or out has: tests of signing in are about them, and the attack below on strangers' pages."""

RUN = "/admin/runs/{run:str}"
NOT_FOR_A_CRAWLER = {("GET", "/my/going-on"), ("GET", f"{RUN}/live"), ("POST", f"{RUN}/cancel")}
"""While something is under way only."""

PROMISED = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    extra = "looks_per_minute = 60000\nchanges_per_minute = 6000"
    with administered(tmp_path_factory.mktemp("crawled"), extra=extra) as made:
        yield made


@pytest.mark.parametrize("role", [Role.PERSON, Role.HELPDESK, Role.ADMINISTRATOR], ids=lambda role: role.name.lower())
def test_nothing_that_is_sent_breaks_a_page_or_gets_out_of_it(at: Administered, role: Role) -> None:
    person = at.portal.somebody(role, case="changed_since_pull")
    with signed_in(at.portal, person, SPEAKS[role]) as client:
        crawler = Crawler(at.portal, client, SPEAKS[role], Random(SEED), MOST[role], form_word(client, at.portal))
        judge = Judge(at, SPEAKS[role])
        led_to = list(crawler.walk())
        for asked, answer in led_to:
            judge.sees(asked, answer)
        reached = {route for asked, _ in led_to if (route := route_of(asked)) is not None}
        assert reached >= within_reach(role), "every page of the role is led to"
        ways = {one.shape: one for one, _ in led_to if worth_it(one, role)}
        for asked, answer in crawler.attack(list(ways.values())):
            judge.sees(asked, answer)
            if len(crawler.answers) % 40 == 0:
                crawler.word = form_word(client, at.portal)
    tried = {route_of(one) for one, _ in crawler.answers if not one.clean}
    assert tried >= {route_of(one) for one in ways.values()}, "and each is tried with ill will"
    assert not judge.faults, "\n".join(sorted(set(judge.faults)))


def test_a_stranger_gets_no_further_and_nowhere_else(at: Administered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samepic.portal.often.STRANGERS", 100_000)
    judge = Judge(at, "nb")
    with httpx.Client(headers={"accept-language": "nb"}, timeout=60, trust_env=False) as client:
        crawler = Crawler(at.portal, client, "nb", Random(SEED), 200)
        begun = [
            Asked("GET", "/sign-in", (("to", "%2Fmy"),)),
            Asked("GET", "/sign-in/done", (("state", "x"), ("code", "x"), ("error", "x"))),
            Asked("GET", "/signed-out"),
            Asked("GET", "/help"),
            Asked("GET", "/my"),
            Asked("POST", "/my/upload", fields=(("form_word", "x"),)),
        ]
        for asked, answer in crawler.attack(begun):
            judge.sees(asked, answer)
    assert not judge.faults, "\n".join(sorted(set(judge.faults)))


def test_a_sign_in_leads_back_to_us_wherever_it_was_asked_to(at: Administered) -> None:
    judge = Judge(at, "en")
    with signed_in(at.portal, at.portal.somebody(number=0), "en") as client:
        for value in [one for one in ON_THE_WIRE if "evil" in one or "%2F" in one or "%5C" in one.upper()]:
            answer = client.get(httpx.URL(at.portal.url).copy_with(raw_path=f"/sign-in?to={value}".encode()))
            for _ in range(6):
                if answer.next_request is None:
                    break
                judge.stays(f"to={value[:60]}", answer)
                answer = client.send(answer.next_request)
            assert f"{answer.url.scheme}://{answer.url.netloc.decode()}" == at.portal.url, value
    assert not judge.faults, "\n".join(sorted(set(judge.faults)))


@pytest.mark.parametrize("beginning", RAW, ids=lambda raw: repr(raw[:40]))
def test_what_no_browser_sends_breaks_nothing(at: Administered, beginning: bytes) -> None:
    where = urlsplit(at.portal.url)
    with socket.create_connection((where.hostname or "", where.port or 0), 20) as line:
        line.settimeout(20)
        line.sendall(beginning.replace(b"HOST", where.netloc.encode()) + b"Connection: close\r\n\r\n")
        said = b""
        while len(said) < 100_000 and (more := line.recv(65_536)):
            said += more
    assert not re.match(rb"HTTP/1\.. 5", said), said[:200]
    assert b"\r\nx-evil" not in said.lower()
    if (to := re.search(rb"(?i)\r\nlocation: *([^\r]*)", said)) is not None:
        leads = urlsplit(urljoin(at.portal.url, to[1].decode("latin-1")))
        assert leads.netloc in (where.netloc, urlsplit(at.portal.at.url).netloc)


class Judge:
    """Holds every answer to what all of them promise. faults: sentences about those that do not."""

    def __init__(self, at: Administered, language: str) -> None:
        self.faults: list[str] = []
        self._ours = at.portal.url
        self._others = {urlsplit(at.portal.at.url).netloc, urlsplit(at.portal.url).netloc, ""}
        self._language = language

    def sees(self, asked: Asked, answer: httpx.Response) -> None:
        """One answer."""
        with_what = str(dict(asked.headers) or asked.body or asked.fields)[:100]
        what = f"{asked.method} {asked.target[:90]} {with_what} {answer.status_code}"

        def faulty(words: str) -> None:
            self.faults.append(f"{what}: {words}")

        if answer.status_code >= 500:
            faulty("broken")
        if asked.clean and answer.status_code >= 400 and asked.method == "GET":
            faulty("a page leads to it")
        for name, value in PROMISED.items():
            if value not in answer.headers.get(name, ""):
                faulty(f"{name} is missing")
        if re.search(r"(?i)x.evil|evil\.example", "".join(n + v for n, v in answer.headers.items() if n != "location")):
            faulty(f"a header has what was sent: {answer.headers}")
        for cookie in answer.headers.get_list("set-cookie"):
            if "httponly" not in cookie.lower() or "samesite=lax" not in cookie.lower():
                faulty(f"a cookie is open: {cookie}")
        self.stays(what, answer)
        markup = answer.headers.get("content-type", "").startswith("text/html")
        if markup:
            for words in self._out_of_place(answer.text):
                faulty(words)
        if answer.status_code >= 400 and asked.method != "HEAD" and not asked.path.startswith("/api/"):
            if "hx-request" in dict(asked.headers) and answer.status_code == 401:
                return
            if not markup:
                faulty(f"an error without a page: {answer.headers.get('content-type')} {answer.text[:80]}")
            elif (words := self._undesigned(asked, answer)) is not None:
                faulty(words)

    def stays(self, what: str, answer: httpx.Response) -> None:
        """A redirect leads to us or to the provider."""
        to = answer.headers.get("location")
        if to is not None and urlsplit(urljoin(str(answer.url), to)).netloc not in self._others:
            self.faults.append(f"{what}: leads to {to}")

    def _out_of_place(self, text: str) -> Iterator[str]:
        soup = BeautifulSoup(text, "html.parser")
        for one in soup.find_all(True):
            if one.name.startswith("x-") or one.name in ("iframe", "object", "embed", "base", "style"):
                yield f"<{one.name}> is none of ours"
            if one.name == "script" and (not one.get("nonce") or one.text.strip()):
                yield "a script without the answer's word"
            for name, value in one.attrs.items():
                if name.startswith("on") or name in ("data-evil", "style", "srcdoc"):
                    yield f"an attribute {name} on <{one.name}>"
                if name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-live"):
                    leads = urlsplit(urljoin(self._ours, str(value)))
                    if leads.scheme not in ("http", "https") or leads.netloc not in self._others:
                        yield f"{name} leads to {value}"
        if PRODUCT in soup.text:
            yield "somebody reckons"
        for node in soup.find_all(string=re.compile("[\u202e\u2066]")):
            if node.find_parent(["bdi", "q", "textarea"]) is None:
                yield f"a text turns the page around it: {node!r:.60}"

    def _undesigned(self, asked: Asked, answer: httpx.Response) -> str | None:
        soup = BeautifulSoup(answer.text, "html.parser")
        if "hx-request" not in dict(asked.headers) and not (soup.select(".bar") and len(soup.select("main h1")) == 1):
            return f"an error that is no page of ours: {answer.text[:120]}"
        said = {"accept-language", "cookie"} & dict(asked.headers).keys() or "lang" in dict(asked.query)
        language = self._language
        if soup.html is not None and not said and soup.html.get("lang") != language:
            return f"speaks {soup.html.get('lang')} and not {language}"
        home = Speaker(language)("page.home")
        return f"has no {home}" if soup.select(".bar nav") and not said and home not in soup.text else None


def route_of(asked: Asked) -> tuple[str, str] | None:
    """The route of the application that a request means."""
    for one in app.ROUTES:
        for path in one.paths:
            pattern = re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+:(?:str|int)\}", "[^/]+", path))
            if asked.method in one.http_methods and re.fullmatch(pattern, asked.path):
                return asked.method, path
    return None


def within_reach(role: Role) -> set[tuple[str, str]]:
    """The routes that somebody of a role is led to."""
    routes = {
        (str(method), path)
        for one in app.ROUTES
        if one not in API and (least_role(one) or Role.ANYBODY) <= role
        for path in one.paths
        for method in one.http_methods
    }
    return routes - NOT_LED_TO - NOT_FOR_A_CRAWLER


def worth_it(asked: Asked, role: Role) -> bool:
    """Whether a request is of the pages that this role is the first to have."""
    if asked.path.startswith("/admin") is (role is Role.PERSON):
        return False
    return role < Role.ADMINISTRATOR or asked.method == "POST" or "audit" in asked.path
