"""A table of frozen records by key, telling whoever keeps them of every change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

R = TypeVar("R")


class Table(Generic[R]):
    """An ordered mapping whose changes are reported to `on_change(table name, key, record or None)`."""

    def __init__(self, name: str, on_change: Callable[[str, str, R | None], None] | None = None) -> None:
        self.name = name
        self._rows: dict[str, R] = {}
        self._on_change = on_change

    def get(self, key: str) -> R | None:
        """The record, None where there is none."""
        return self._rows.get(key)

    def put(self, key: str, record: R) -> R:
        """Set the record and report it."""
        self._rows[key] = record
        if self._on_change is not None:
            self._on_change(self.name, key, record)
        return record

    def delete(self, key: str) -> None:
        """Remove the record if there is one, and report it."""
        if self._rows.pop(key, None) is not None and self._on_change is not None:
            self._on_change(self.name, key, None)

    def load(self, rows: dict[str, R]) -> None:
        """Set many without a report: a world's beginnings, or what was kept before a restart."""
        self._rows.update(rows)

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows
