"""Goes wherever the portal's pages lead, as somebody with a role, and then there again with ill will."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from random import Random
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag
from tests.portal.ill_will import BODIES, HEADERS, METHODS, ON_THE_WIRE
from tests.portal.running import Portal
from tests.portal.sending import face

FORM = "application/x-www-form-urlencoded"
_SOME_ID = re.compile(r".*\d.*")
_LEADS = (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src"), ("li", "hx-get"), ("div", "hx-get"))
_LEADS += (("section", "hx-get"), ("div", "data-live"))


@dataclass(frozen=True)
class Asked:
    """One request. path and query as on the wire; fields of a form; body instead of them. clean: meant well."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    headers: tuple[tuple[str, bytes], ...] = ()
    body: tuple[str, bytes] | None = None
    clean: bool = True

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """The same for all people, runs and pictures."""
        path = "/".join("{}" if _SOME_ID.fullmatch(part) else part for part in self.path.split("/"))
        return self.method, path, tuple(k for k, _ in self.query), tuple(sorted({k for k, _ in self.fields}))

    @property
    def target(self) -> str:
        """What stands in the request's first line."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.path}?{query}" if query else self.path


@dataclass
class Crawler:
    """One visit in a language. most: requests altogether; answers: every one of them, as it came."""

    portal: Portal
    client: httpx.Client
    language: str
    chance: Random
    most: int
    word: str = ""
    answers: list[tuple[Asked, httpx.Response]] = field(default_factory=list)

    def walk(self) -> Iterator[tuple[Asked, httpx.Response]]:
        """Everything that is led to, each kind of it once, forms as they stand; then again, as they left it."""
        for _ in range(2):
            waiting, seen = [Asked("GET", "/")], set[object]()
            while waiting:
                asked = waiting.pop(0)
                if asked.shape in seen:
                    continue
                seen.add(asked.shape)
                answer = self.send(asked)
                yield asked, answer
                if answer.headers.get("content-type", "").startswith("text/html"):
                    waiting += [one for one in self._leads(answer) if one.shape not in seen]

    def attack(self, ways: list[Asked]) -> Iterator[tuple[Asked, httpx.Response]]:
        """Each request in turn with something ill in one of its places, again and again while there are any."""
        of_each = []
        for asked in ways:
            places = list(_places(asked))
            others = [one for place in places for one in self.chance.sample(place[1:], min(len(place) - 1, 2))]
            self.chance.shuffle(others)
            of_each.append([*(place[0] for place in places), *others])
        for turn in zip_longest(*of_each):
            for asked in filter(None, turn):
                if len(self.answers) >= self.most:
                    return
                yield asked, self.send(asked)

    def send(self, asked: Asked) -> httpx.Response:
        """One request and its answer; redirects are answers."""
        headers: dict[str, bytes] = {"origin": self.portal.url.encode(), **dict(asked.headers)}
        if asked.method == "GET":
            del headers["origin"]
        content: bytes | None = None
        files = None
        if asked.body is not None:
            kind, content = asked.body
            headers["content-type"] = kind.encode()
            content = content.replace(b"WORD", self.word.encode())
        elif asked.files:
            data = face(3) if asked.clean else b"Dear colleagues,"
            files = dict.fromkeys(asked.files, ("me.jpg", data, "image/jpeg"))
        elif asked.method == "POST":
            headers.setdefault("content-type", FORM.encode())
            content = "&".join(f"{name}={self._own(name, value)}" for name, value in asked.fields).encode()
        url = httpx.URL(self.portal.url).copy_with(raw_path=asked.target.encode())
        form = {name: self._own(name, value) for name, value in asked.fields} if files else None
        request = self.client.build_request(asked.method, url, headers=headers, content=content, files=files, data=form)
        answer = self.client.send(request)
        self.answers.append((asked, answer))
        return answer

    def _own(self, name: str, value: str) -> str:
        return quote(self.word, safe="") if name == "form_word" and value == "WORD" else value

    def _leads(self, answer: httpx.Response) -> Iterator[Asked]:
        soup = BeautifulSoup(answer.text, "html.parser")
        for kind, name in _LEADS:
            for one in soup.select(f"{kind}[{name}]"):
                yield from self._link(answer, str(one[name]))
        for form in soup.select("form"):
            yield from self._form(answer, form)

    def _link(self, answer: httpx.Response, address: str) -> Iterator[Asked]:
        at = urlsplit(urljoin(str(answer.url), address))
        query = tuple((k, quote(v, safe="")) for k, v in parse_qsl(at.query, keep_blank_values=True))
        others = dict(query).get("lang", self.language) != self.language  # it would be remembered
        if f"{at.scheme}://{at.netloc}" == self.portal.url and not others and not address.startswith("#"):
            yield Asked("GET", at.path, query)

    def _form(self, answer: httpx.Response, form: Tag) -> Iterator[Asked]:
        action = urlsplit(urljoin(str(answer.url), str(form.get("action") or "")))
        if action.path == "/sign-out":
            return
        told = [(str(i["name"]), str(i.get("value") or "")) for i in form.select("[name]") if i.get("type") != "file"]
        fields = tuple((name, "WORD" if name == "form_word" else quote(value, safe="")) for name, value in told)
        files = tuple(str(i["name"]) for i in form.select("input[type=file]"))
        if str(form.get("method", "get")).lower() == "get":
            yield Asked("GET", action.path, fields)
            return
        boxes = {str(i["name"]) for i in form.select("input[type=checkbox]")}
        names = [name for name, _ in fields]
        few = tuple(one for n, one in enumerate(fields) if one[0] not in boxes or one[0] not in names[:n])
        for path in [action.path, *(str(b["formaction"]) for b in form.select("button[formaction]"))]:
            yield Asked("POST", path, fields=few, files=files)


def _places(asked: Asked) -> Iterator[list[Asked]]:
    """For each place of a request, the requests that have something ill there."""
    ill = replace(asked, clean=False)
    parts, some = asked.path.split("/"), [value for value in ON_THE_WIRE if value]
    for number in range(1, len(parts)):
        yield [replace(ill, path="/".join([*parts[:number], value, *parts[number + 1 :]])) for value in some]
    yield [replace(ill, path=f"{asked.path}/{value}") for value in ON_THE_WIRE]
    for what in ("query", "fields"):
        had: tuple[tuple[str, str], ...] = getattr(asked, what)
        for number, (name, _) in enumerate(had):
            changed = [(*had[:number], (name, value), *had[number + 1 :]) for value in ON_THE_WIRE]
            twice = [(*had, (name, value)) for value in ON_THE_WIRE[::4]]
            without = had[:number] + had[number + 1 :]
            yield [_with(ill, what, one) for one in [*changed, *twice, without]]
    names = ("lang", "to", "before", "q", "x[]", "%00", "__proto__")
    yield [replace(ill, query=(*asked.query, (name, value))) for name in names for value in ON_THE_WIRE[::3]]
    yield [replace(ill, headers=tuple(one.items())) for one in HEADERS]
    yield [replace(ill, method=one) for one in METHODS if one != asked.method]
    if asked.method == "POST":
        yield [replace(ill, body=one) for one in BODIES]


def _with(asked: Asked, what: str, pairs: tuple[tuple[str, str], ...]) -> Asked:
    return replace(asked, query=pairs) if what == "query" else replace(asked, fields=pairs)


def signed_in(portal: Portal, person: str, language: str) -> httpx.Client:
    """A program with somebody's cookies, and no other machine to go to."""
    client = httpx.Client(headers={"accept-language": language}, timeout=60, trust_env=False)
    for one in portal.visit(person, language).jar:
        client.cookies.set(one.name, one.value or "", domain=one.domain, path=one.path)
    return client


def form_word(client: httpx.Client, portal: Portal) -> str:
    """What this session's forms carry."""
    tag = BeautifulSoup(client.get(f"{portal.url}/").text, "html.parser").select_one("input[name=form_word]")
    assert tag is not None
    return str(tag["value"])
