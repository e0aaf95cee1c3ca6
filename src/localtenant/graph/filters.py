"""`$filter` as a predicate: eq, ne, startsWith, endsWith, in, and, or, not, any.

Grammar: OData 4.01 part 2, as far as graph/filter-query-parameter and graph/aad-advanced-queries use it for users and
groups. Text compares without regard to case, as the directory does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from localtenant.graph.errors import GraphError, bad_request, unsupported_query

Getter = Callable[[str], object]
Predicate = Callable[[Getter], bool]
MAX_CLAUSES = 15
MAX_DEPTH = 50
"""Parentheses and `not` within each other: more than anybody writes, less than the parser can bear."""

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w.]*(?:/[\w.]+)*)|(-?\d[\w:.+-]*)|([(),:]))")


@dataclass(slots=True)
class Filter:
    """A parsed `$filter`. advanced: operators that ask for `ConsistencyLevel: eventual`, named as the vendor does."""

    matches: Predicate
    advanced: list[str] = field(default_factory=list)


def parse(text: str, properties: frozenset[str], type_name: str) -> Filter:
    """A filter over these properties; GraphError with the vendor's code for anything else."""
    parser = _Parser(_tokens(text), properties, type_name)
    matches = parser.disjunction()
    if parser.peek() is not None:
        raise _syntax()
    return Filter(matches, parser.advanced)


def _syntax() -> GraphError:
    return bad_request("Invalid filter clause: syntax error in the '$filter' expression.")


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _syntax()
        tokens.append(match.group().strip())
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str], properties: frozenset[str], type_name: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._properties = properties
        self._type = type_name
        self._variable = ""
        self._clauses = 0
        self._depth = 0
        self.advanced: list[str] = []

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if token is None or (wanted is not None and token.lower() != wanted):
            raise _syntax()
        self._at += 1
        return token

    def _takes(self, word: str) -> bool:
        token = self.peek()
        if token is not None and token.lower() == word:
            self._at += 1
            return True
        return False

    def disjunction(self) -> Predicate:
        parts = [self._conjunction()]
        while self._takes("or"):
            parts.append(self._conjunction())
            self._count_clauses(1)
        return parts[0] if len(parts) == 1 else lambda get: any(part(get) for part in parts)

    def _count_clauses(self, more: int) -> None:
        self._clauses += more
        if self._clauses >= MAX_CLAUSES:
            raise unsupported_query(
                "Too many child clauses specified in search filter expression containing 'OR' operators: "
                f"{self._clauses + 1}. Max allowed: {MAX_CLAUSES}."
            )

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._takes("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else lambda get: all(part(get) for part in parts)

    def _negation(self) -> Predicate:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _syntax()
        try:
            return self._inner()
        finally:
            self._depth -= 1

    def _inner(self) -> Predicate:
        if self._takes("not"):
            self.advanced.append("Not")
            inner = self._negation()
            return lambda get: not inner(get)
        if self._takes("("):
            whole = self.disjunction()
            self._take(")")
            return whole
        return self._clause()

    def _clause(self) -> Predicate:
        name = self._take()
        if name.lower() in ("startswith", "endswith") and self.peek() == "(":
            return self._begins_or_ends(name.lower())
        if name.lower().endswith("/any"):
            return self._any(name[: -len("/any")])
        return self._comparison(self._property(name))

    def _property(self, name: str) -> str:
        if self._variable:
            if not name.startswith(f"{self._variable}/"):
                raise _syntax()
            return name.partition("/")[2]
        if name not in self._properties:
            raise bad_request(
                f"Invalid filter clause: Could not find a property named '{name}' on type '{self._type}'."
            )
        return name

    def _begins_or_ends(self, function: str) -> Predicate:
        self._take("(")
        name = self._property(self._take())
        self._take(",")
        text = str(_literal(self._take()) or "").casefold()
        self._take(")")
        if function == "endswith":
            self.advanced.append("EndsWith")
            return lambda get: str(get(name) or "").casefold().endswith(text) and get(name) is not None
        return lambda get: str(get(name) or "").casefold().startswith(text) and get(name) is not None

    def _any(self, collection: str) -> Predicate:
        name = self._property(collection)
        self._take("(")
        self._variable = self._take()
        self._take(":")
        inner = self.disjunction()
        self._take(")")
        self._variable = ""

        def matches(get: Getter) -> bool:
            items = get(name)
            return isinstance(items, list) and any(inner(_getter(item)) for item in items)

        return matches

    def _comparison(self, name: str) -> Predicate:
        operator = self._take().lower()
        if operator == "in":
            self._take("(")
            wanted = [_folded(_literal(self._take()))]
            while self._takes(","):
                wanted.append(_folded(_literal(self._take())))
            self._take(")")
            self._count_clauses(len(wanted) - 1)
            return lambda get: _folded(get(name)) in wanted
        if operator not in ("eq", "ne"):
            raise unsupported_query(f"Unsupported property filter clause operator '{operator}'.")
        value = _folded(_literal(self._take()))
        if operator == "ne":
            self.advanced.append("NotEqualsMatch")
            return lambda get: _folded(get(name)) != value
        return lambda get: _folded(get(name)) == value


def _getter(item: object) -> Getter:
    if isinstance(item, Mapping):
        return item.get
    return lambda _: None


def _literal(token: str) -> object:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    constants: dict[str, object] = {"true": True, "false": False, "null": None}
    if token.lower() in constants:
        return constants[token.lower()]
    if token[0].isdigit() or token[0] == "-":
        return token
    raise _syntax()


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
