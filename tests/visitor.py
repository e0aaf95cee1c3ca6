"""A browser of few skills for tests of pages: it keeps cookies, reads forms, and follows a redirect when told to."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True)
class Seen:
    """One answer."""

    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str | None:
        return self.headers["location"]

    @property
    def answer(self) -> dict[str, str]:
        """The fields in the query that a redirect leads to."""
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.location or "").query))

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "html.parser")

    def fields(self) -> dict[str, str]:
        """What the page's main form carries so far."""
        form = self.soup.select_one("main form")
        assert isinstance(form, Tag), self.text
        return {str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]")}


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class Visitor:
    """A fresh browser session."""

    def __init__(self, url: str, language: str = "en") -> None:
        self.url = url
        self.language = language
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar), _StayHere
        )

    def ask(
        self,
        address: str,
        fields: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> Seen:
        """One request; with fields or a body it is a POST. A field may come twice, as a pair. Redirects are answers."""
        url = urllib.parse.urljoin(self.url, address)
        data = urllib.parse.urlencode(fields).encode() if fields is not None else body
        named = {"Accept-Language": self.language} | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            with self._opener.open(urllib.request.Request(url, data, named), timeout=60) as answer:
                return Seen(url, answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Seen(url, error.code, error.headers, error.read())

    def follow(self, seen: Seen, most: int = 6) -> Seen:
        """Where redirects lead, within this tenant."""
        while seen.location is not None:
            assert most, f"redirects without end, last to {seen.location}"
            seen, most = self.ask(urllib.parse.urljoin(seen.url, seen.location)), most - 1
        return seen

    def submit(self, seen: Seen, **fields: str) -> Seen:
        """Fill in a page's form and send it."""
        form = seen.soup.select_one("main form")
        action = str(form.get("action") or seen.url) if isinstance(form, Tag) else seen.url
        return self.ask(urllib.parse.urljoin(seen.url, action), seen.fields() | fields)

    def sign_in(self, name: str, password: str, to: str = "/") -> Seen:
        """From a page through the sign-in and back to it."""
        door = self.follow(self.ask(to))
        return self.follow(self.submit(door, name=name, password=password))

    def cookie(self, kind: str) -> http.cookiejar.Cookie | None:
        """The session cookie of a kind: signin, home, form."""
        return next((c for c in self.jar if f"localtenant-{kind}-" in c.name), None)
