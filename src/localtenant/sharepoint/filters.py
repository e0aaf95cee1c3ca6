"""`$filter` expressions: parsed once, asked of every row.

The grammar is OData v2's as SharePoint takes it: `and`, `or`, `not`, parentheses, `eq ne gt ge lt le`,
`startswith(field,'x')`, `substringof('x',field)`; literals are numbers, strings, `datetime'…'`, `guid'…'`, booleans.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localtenant.sharepoint.errors import bad_query
from localtenant.sharepoint.odata import Literal, literal

Row = Callable[[str], Literal]
"""Gives a row's value of a property."""

MOST_TOKENS = 1200
"""About 300 conditions: enough for anybody, and not too deep to be asked."""

_TOKEN = re.compile(r"\s*(?:([(),])|((?:guid|datetime)?'(?:[^']|'')*')|([^\s(),']+))")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {  # only ever asked of two values of one type
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed expression.

    accepts: tells whether a row fulfils it. by_id: whether a condition on the id, joined by `and` at the top, lets the
    index on it narrow the whole. above: no row with an id up to this one is accepted.
    """

    accepts: Callable[[Row], bool]
    by_id: bool = False
    above: int = 0


def parse_filter(text: str) -> Filter:
    """Understand an expression; 400 with the vendor's code for one that is not valid."""
    parser = _Parser(text)
    found = parser.either()
    if parser.at != len(parser.tokens):
        raise parser.invalid()
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        self.at = 0
        self.depth = 0
        start = 0
        stripped = text.rstrip()
        while start < len(stripped):
            found = _TOKEN.match(stripped, start)
            if found is None:
                raise self.invalid()
            self.tokens.append(found[1] or found[2] or found[3])
            start = found.end()
            if len(self.tokens) > MOST_TOKENS:
                raise self.invalid()

    def invalid(self) -> Exception:
        return bad_query(f'The expression "{self.text}" is not valid.')

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise self.invalid()
        self.at += 1
        return token

    def either(self) -> Filter:
        found = self.both()
        while self.peek().casefold() == "or":
            self.take()
            found = _or(found, self.both())
        return found

    def both(self) -> Filter:
        found = self.one()
        while self.peek().casefold() == "and":
            self.take()
            found = _and(found, self.one())
        return found

    def one(self) -> Filter:
        self.depth += 1
        if self.depth > 100:
            raise self.invalid()
        try:
            return self.condition()
        finally:
            self.depth -= 1

    def condition(self) -> Filter:
        next_one = self.peek()
        if next_one.casefold() == "not":
            self.take()
            inner = self.one()
            return Filter(lambda row: not inner.accepts(row))
        if next_one == "(":
            self.take()
            inner = self.either()
            self.take(")")
            return inner
        if next_one.casefold() in ("startswith", "substringof"):
            return self.text_function()
        return self.comparison()

    def comparison(self) -> Filter:
        left, compare, right = self.take(), self.take().casefold(), self.take()
        if compare not in _COMPARE:
            raise self.invalid()
        if self.is_literal(left):
            left, right = right, left
            compare = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}.get(compare, compare)
        if self.is_literal(left) or not self.is_literal(right):
            raise self.invalid()
        value, test = literal(right, {}), _COMPARE[compare]
        by_id = left in ("Id", "ID") and isinstance(value, int) and compare != "ne"
        above = 0
        if by_id and isinstance(value, int):
            above = {"gt": value, "ge": value - 1, "eq": value - 1}.get(compare, 0)
        return Filter(lambda row: _compares(test, compare, row(left), value), by_id, max(0, above))

    def text_function(self) -> Filter:
        name = self.take().casefold()
        self.take("(")
        first = self.take()
        self.take(",")
        second = self.take()
        self.take(")")
        if self.peek().casefold() == "eq":  # `startswith(…) eq true`
            self.take()
            if self.take().casefold() != "true":
                raise self.invalid()
        field, wanted = (first, second) if name == "startswith" else (second, first)
        needle = literal(wanted, {}) if self.is_literal(wanted) else None
        if not isinstance(needle, str) or self.is_literal(field):
            raise self.invalid()
        folded = needle.casefold()
        if name == "startswith":
            return Filter(lambda row: str(row(field) or "").casefold().startswith(folded))
        return Filter(lambda row: folded in str(row(field) or "").casefold())

    @staticmethod
    def is_literal(token: str) -> bool:
        return bool(re.match(r"(guid|datetime)?'|-?[0-9]+$|(true|false|null)$", token, re.IGNORECASE))


def _compares(test: Callable[[object, object], bool], name: str, have: Literal, want: Literal) -> bool:
    if isinstance(have, str) and isinstance(want, str):
        return test(have.casefold(), want.casefold())
    if isinstance(have, int) and isinstance(want, str) and re.fullmatch(r"-?[0-9]{1,18}", want):
        want = int(want)
    if type(have) is not type(want) and not (isinstance(have, int) and isinstance(want, int)):
        return name == "ne"
    if have is None:
        return name in ("eq", "ge", "le")
    return test(have, want)


def _and(left: Filter, right: Filter) -> Filter:
    both = left.by_id or right.by_id
    return Filter(lambda row: left.accepts(row) and right.accepts(row), both, max(left.above, right.above))


def _or(left: Filter, right: Filter) -> Filter:
    both = left.by_id and right.by_id
    return Filter(lambda row: left.accepts(row) or right.accepts(row), both, min(left.above, right.above))
