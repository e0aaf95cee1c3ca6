"""OData addresses as SharePoint's clients write them: segments with arguments, aliases, query options.

`web/GetFileByServerRelativePath(decodedurl='/User Photos/O''Neill.jpg')/$value`,
`GetPropertiesFor(accountName=@v)?@v='i:0#.f|membership|…'`, `getbytitle('User Photos')`, `items(5)`,
`lists(guid'…')`. Names are matched without regard to case by whoever reads the segments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from localtenant.sharepoint.errors import bad_query

Literal = str | int | bool | None

_NUMBER = re.compile(r"-?[0-9]{1,18}$")
_TYPED = re.compile(r"(?:guid|datetime)'(.*)'$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of an address. `named` holds `key=value` arguments by folded key, `plain` those without a key.

    called: whether there were parentheses at all.
    """

    name: str
    plain: tuple[Literal, ...] = ()
    named: tuple[tuple[str, Literal], ...] = ()
    called: bool = False

    def argument(self, *names: str, at: int = 0) -> Literal:
        """An argument by any of its names, else by position; None where there is none."""
        for name, value in self.named:
            if name in names:
                return value
        return self.plain[at] if at < len(self.plain) else None


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split where `separator` stands outside quotes and parentheses; a doubled quote inside quotes is one quote."""
    parts: list[str] = []
    start = depth = 0
    quoted = False
    for found in re.finditer(rf"['(){separator}]", text):
        at, char = found.start(), found[0]
        if char == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    if quoted or depth:
        raise bad_query(f'The expression "{text}" is not valid.')
    parts.append(text[start:])
    return parts


def literal(text: str, aliases: Mapping[str, str]) -> Literal:
    """A literal's value; `@name` is looked up in the query string."""
    text = text.strip()
    if text.startswith("@"):
        found = aliases.get(text)
        if found is None or found.strip().startswith("@"):
            raise bad_query(f'The parameter "{text}" has no value.')
        return literal(found, aliases)
    if len(text) >= 2 and text[0] == text[-1] == "'":
        inner = text[1:-1]
        if "'" in inner.replace("''", ""):
            raise bad_query(f'The expression "{text}" is not valid.')
        return inner.replace("''", "'")
    if typed := _TYPED.match(text):
        return typed[1]
    if _NUMBER.match(text):
        return int(text)
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if text == "null":
        return None
    raise bad_query(f'The expression "{text}" is not valid.')


def segments(path: str, aliases: Mapping[str, str]) -> tuple[Segment, ...]:
    """The steps of a decoded path below `/_api`; empty steps (double slashes) are left out."""
    return tuple(_segment(part, aliases) for part in split_outside_quotes(path, "/") if part)


def _segment(text: str, aliases: Mapping[str, str]) -> Segment:
    name, bracket, rest = text.partition("(")
    if not bracket:
        return Segment(name)
    if not rest.endswith(")"):
        raise bad_query(f'The expression "{text}" is not valid.')
    plain: list[Literal] = []
    named: list[tuple[str, Literal]] = []
    for part in split_outside_quotes(rest[:-1], ","):
        if not part.strip():
            continue
        key, equals, value = part.partition("=")
        if equals and "'" not in key:
            named.append((key.strip().casefold(), literal(value, aliases)))
        else:
            plain.append(literal(part, aliases))
    return Segment(name, tuple(plain), tuple(named), called=True)


Selection = dict[str, "Selection"]
"""What is asked for, by property; an expanded property's own selection under it. Empty means everything usual."""


@dataclass(frozen=True, slots=True)
class Query:
    """The options of a request for a resource. `top` is None where the client named no page size."""

    select: Selection
    expand: frozenset[str]
    filter: str | None = None
    order_by: tuple[tuple[str, bool], ...] = ()  # property, descending
    top: int | None = None
    skip: int = 0
    skip_token: str | None = None

    def inside(self, name: str) -> Query:
        """The part that concerns an expanded property."""
        prefix = name + "/"
        expand = frozenset(e.removeprefix(prefix) for e in self.expand if e.startswith(prefix))
        return Query(self.select.get(name, {}), expand)


def query_of(params: Mapping[str, str]) -> Query:
    """The `$` options of a query string; 400 for a number that is none."""
    select: Selection = {}
    for path in _names(params.get("$select")):
        level = select
        for name in path.split("/"):
            level = level.setdefault(name, {})
    order = []
    for clause in _names(params.get("$orderby")):
        name, _, direction = clause.partition(" ")
        if direction.strip().casefold() not in ("", "asc", "desc"):
            raise bad_query(f'The expression "{clause}" is not valid.')
        order.append((name, direction.strip().casefold() == "desc"))
    return Query(
        select,
        frozenset(_names(params.get("$expand"))),
        params.get("$filter") or None,
        tuple(order),
        _count(params, "$top"),
        _count(params, "$skip") or 0,
        params.get("$skiptoken"),
    )


def _names(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _count(params: Mapping[str, str], name: str) -> int | None:
    text = params.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_query(f'The query option "{name}" with the value "{text}" is not a valid number.')
    return int(text)


def skip_token_id(token: str) -> int:
    """The item after which a page begins: `Paged=TRUE&p_ID=5000`."""
    found = re.search(r"p_ID=([0-9]{1,18})(?![0-9])", unquote(token))
    if not found:
        raise bad_query('The query string parameter "$skiptoken" is not valid.')
    return int(found[1])
