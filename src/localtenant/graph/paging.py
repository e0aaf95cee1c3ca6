"""One page of a listing, found without making the listing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from localtenant.graph.query import Cursor, Query

R = TypeVar("R")


def page(records: Iterable[R], query: Query, property_of: Callable[[R, str], object]) -> tuple[list[R], Cursor | None]:
    """The next `query.top` records that match, and the last one's cursor where more follow.

    records: by ascending id and, unless the query sorts, only those behind `query.after`.
    """
    found = _matching(records, query, property_of)
    if not query.order:
        taken = _first(found, query.top + 1)
        return _cut(taken, query.top, lambda record: ("", str(property_of(record, "id"))))

    def key(record: R) -> Cursor:
        return str(property_of(record, query.order) or "").casefold(), str(property_of(record, "id"))

    begun = query.after != ("", "")
    if query.descending:
        rest = (r for r in found if not begun or key(r) < query.after)
        return _cut(heapq.nlargest(query.top + 1, rest, key=key), query.top, key)
    rest = (r for r in found if not begun or key(r) > query.after)
    return _cut(heapq.nsmallest(query.top + 1, rest, key=key), query.top, key)


def count(records: Iterable[R], query: Query, property_of: Callable[[R, str], object]) -> int:
    """How many records match, on all pages."""
    return sum(1 for _ in _matching(records, query, property_of))


def _matching(records: Iterable[R], query: Query, property_of: Callable[[R, str], object]) -> Iterator[R]:
    if query.filter is None:
        return iter(records)
    matches = query.filter.matches
    return (record for record in records if matches(partial(property_of, record)))


def _first(records: Iterator[R], n: int) -> list[R]:
    return [record for record, _ in zip(records, range(n), strict=False)]


def _cut(taken: list[R], top: int, key: Callable[[R], Cursor]) -> tuple[list[R], Cursor | None]:
    return (taken, None) if len(taken) <= top else (taken[:top], key(taken[top - 1]))
