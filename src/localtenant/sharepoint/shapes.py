"""How SharePoint prints what it answers: `odata=nometadata`, `minimalmetadata` and `verbose`, as Accept asks.

Sources: sp-dev-docs `use-odata-query-operations-in-sharepoint-rest-requests.md` and `complete-basic-operations…`
(verbose: `d`, `__metadata`, `results`, `__deferred`; light: `value`, `odata.*`); `odata.null` for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from localtenant.sharepoint.errors import bad_query
from localtenant.sharepoint.odata import Query

T = TypeVar("T")

LEVELS = ("nometadata", "minimalmetadata", "verbose")


@dataclass(frozen=True, slots=True)
class Complex:
    """A value with properties and no address of its own, such as a key and its value."""

    type: str
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Many:
    """A collection of values, `type` being that of one."""

    type: str
    values: Sequence[object]


class Lazy(Mapping[str, object], Generic[T]):
    """A subject's properties, each worked out when it is asked for: a page of 5,000 asks for few."""

    def __init__(self, table: Mapping[str, Callable[[T], object]], subject: T) -> None:
        self._table = table
        self._subject = subject

    def __getitem__(self, name: str) -> object:
        return self._table[name](self._subject)

    def __contains__(self, name: object) -> bool:
        return name in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


@dataclass(frozen=True, slots=True)
class Entity:
    """Something with an address. address: below `/_api/`, worked out where the metadata level prints it.

    links: what leads on to other entities, made when `$expand` asks. hidden: properties that only `$select` shows.
    strict: whether selecting what it does not have is an error, as for list items; else it is passed over, on which
    Office365-REST-Python-Client relies (it selects `Id` of a file).
    """

    type: str
    address: Callable[[], str]
    properties: Mapping[str, object]
    etag: str | None = None
    links: Mapping[str, Callable[[], Entity | Sequence[Entity] | None]] | None = None
    hidden: frozenset[str] = frozenset()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is printed of entities of one type."""

    names: tuple[str, ...]
    expanded: Mapping[str, Choices]
    deferred: tuple[str, ...]


class Choices:
    """`$select` and `$expand` understood, once for all entities of a type that one answer has."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._made: dict[str, Choice] = {}

    def for_one(self, entity: Entity) -> Choice:
        """What is printed of this entity; 400 for what it does not have."""
        found = self._made.get(entity.type)
        if found is None:
            found = self._made[entity.type] = self._choose(entity)
        return found

    def _choose(self, entity: Entity) -> Choice:
        links, selected = entity.links or {}, self._query.select
        asked = {name.partition("/")[0] for name in self._query.expand}
        unknown = [name for name in asked if name not in links]
        if selected and "*" not in selected:
            names = [name for name in selected if name not in links]
        else:
            names = [name for name in entity.properties if name not in entity.hidden]
            names += [name for name in selected if name in entity.hidden]
        if entity.strict:
            unknown += [name for name in selected if name not in (*links, "*") and name not in entity.properties]
        for name in unknown:
            raise bad_query(f"The field or property '{name}' does not exist.")
        return Choice(
            tuple(name for name in names if name in entity.properties),
            {name: Choices(self._query.inside(name)) for name in links if name in asked},
            tuple(name for name in links if name not in asked and (not selected or name in selected)),
        )


def level_of(request: Request) -> str:
    """The metadata level that Accept asks for; plain JSON means minimalmetadata."""
    accept = request.headers.get("accept", "").lower().replace(" ", "")
    return next((level for level in LEVELS if f"odata={level}" in accept), "minimalmetadata")


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints for one request. `api` is the absolute address of `/_api/`."""

    level: str
    api: str

    def answer(self, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """JSON under the media type of the level."""
        kind = f"application/json;odata={self.level};streaming=true;charset=utf-8"
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(text, status, headers, media_type=kind)

    def one(self, entity: Entity | Complex, query: Query, called: str | None = None) -> Response:
        """An entity; a complex value of a called method is wrapped in the method's name under verbose."""
        if isinstance(entity, Complex):
            return self.value(entity, called or "", entity.type)
        body = self.entity(entity, Choices(query).for_one(entity))
        headers = {"ETag": entity.etag} if entity.etag else None
        if self.level == "verbose":
            return self.answer({"d": body}, headers=headers)
        if self.level == "minimalmetadata":
            body = {"odata.metadata": f"{self.api}$metadata#{entity.type}/@Element", **body}
        return self.answer(body, headers=headers)

    def many(self, kind: str, entities: Sequence[Entity], query: Query, next_link: str | None = None) -> Response:
        """A page of a collection."""
        choices = Choices(query)
        rows = [self.entity(entity, choices.for_one(entity)) for entity in entities]
        if self.level == "verbose":
            inner: dict[str, object] = {"results": rows}
            if next_link:
                inner["__next"] = next_link
            return self.answer({"d": inner})
        body: dict[str, object] = {"odata.metadata": f"{self.api}$metadata#{kind}"} if self.has_metadata else {}
        body["value"] = rows
        if next_link:
            body["odata.nextLink"] = next_link
        return self.answer(body)

    def value(self, value: object, called: str, kind: str) -> Response:
        """What a method returns: text, a complex value, a collection of them, or nothing."""
        if self.level == "verbose":
            return self.answer({"d": {called: self.plain(value)}})
        metadata: dict[str, object] = {"odata.metadata": f"{self.api}$metadata#{kind}"} if self.has_metadata else {}
        if value is None:
            return self.answer({**metadata, "odata.null": True})
        if isinstance(value, Complex):
            printed = self.plain(value)
            assert isinstance(printed, dict)
            return self.answer({**metadata, **printed})
        return self.answer({**metadata, "value": self.plain(value)})

    @property
    def has_metadata(self) -> bool:
        """Whether the light shapes carry `odata.*` properties."""
        return self.level == "minimalmetadata"

    def entity(self, entity: Entity, choice: Choice) -> dict[str, object]:
        """One entity with what was selected and expanded."""
        body = self._marks(entity)
        for name in choice.names:
            body[name] = self.plain(entity.properties[name])
        if entity.links:
            for name, inner in choice.expanded.items():
                body[name] = self._expanded(entity.links[name](), inner)
            if self.level == "verbose":
                for name in choice.deferred:
                    body[name] = {"__deferred": {"uri": f"{self.api}{entity.address()}/{name}"}}
        return body

    def _expanded(self, leads_to: Entity | Sequence[Entity] | None, inner: Choices) -> object:
        if leads_to is None or isinstance(leads_to, Entity):
            return None if leads_to is None else self.entity(leads_to, inner.for_one(leads_to))
        rows = [self.entity(one, inner.for_one(one)) for one in leads_to]
        return {"results": rows} if self.level == "verbose" else rows

    def _marks(self, entity: Entity) -> dict[str, object]:
        if self.level == "nometadata":
            return {}
        address = entity.address()
        uri = self.api + address
        if self.level == "verbose":
            metadata = {"id": uri, "uri": uri, "type": entity.type}
            if entity.etag:
                metadata["etag"] = entity.etag
            return {"__metadata": metadata}
        marks: dict[str, object] = {"odata.type": entity.type, "odata.id": uri, "odata.editLink": address}
        if entity.etag:
            marks["odata.etag"] = entity.etag
        return marks

    def plain(self, value: object) -> object:
        """A value as JSON."""
        if isinstance(value, Complex):
            inner = {name: self.plain(part) for name, part in value.properties.items()}
            return {"__metadata": {"type": value.type}, **inner} if self.level == "verbose" else inner
        if isinstance(value, Many):
            values = [self.plain(part) for part in value.values]
            if self.level != "verbose":
                return values
            return {"__metadata": {"type": f"Collection({value.type})"}, "results": values}
        return value
