"""A table of frozen records by key, telling whoever keeps them of every change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar, cast

from localtenant.store.past import AS_OF, Past

R = TypeVar("R")


class Table(Generic[R]):
    """An ordered mapping whose changes are reported to `on_change(table name, key, record or None)`.

    past: where what is replaced or removed is noted.
    """

    def __init__(
        self, name: str, on_change: Callable[[str, str, R | None], None] | None = None, past: Past | None = None
    ) -> None:
        self.name = name
        self._past = past
        self._rows: dict[str, R] = {}
        self._sorted: list[str] | None = None
        self._loaded: dict[str, R | None] = {}  # what each changed key held before its first change
        self._loaded_order: list[str] | None = None  # all keys as loaded, once one of those was deleted
        self.revision = 0  # rises with every change, for whoever keeps an index
        self._on_change = on_change

    def get(self, key: str) -> R | None:
        """The record, None where there is none; under a view of the past, what it was then."""
        view = AS_OF.get()
        if view is not None and (change := view.change_of(self.name, key)) is not None:
            return cast("R | None", change.held)
        return self._rows.get(key)

    def put(self, key: str, record: R) -> R:
        """Set the record and report it."""
        if self._past is not None:
            self._past.note(self.name, key, self._rows.get(key))
        self._loaded.setdefault(key, self._rows.get(key))
        if key not in self._rows:
            self._sorted = None
        self._rows[key] = record
        self.revision += 1
        if self._on_change is not None:
            self._on_change(self.name, key, record)
        return record

    def delete(self, key: str) -> None:
        """Remove the record if there is one, and report it."""
        if key not in self._rows:
            return
        if self._past is not None:
            self._past.note(self.name, key, self._rows[key])
        self._set_aside(key)
        del self._rows[key]
        self._sorted = None
        self.revision += 1
        if self._on_change is not None:
            self._on_change(self.name, key, None)

    def load(self, rows: dict[str, R]) -> None:
        """Set many without a report: a world's beginnings."""
        self._sorted = None
        self.revision += 1
        self._rows.update(rows)

    def lay_over(self, changes: dict[str, R | None]) -> None:
        """Make many changes without a report: what was kept before a restart, None for what was deleted."""
        for key, record in changes.items():
            if record is not None:
                self._loaded.setdefault(key, self._rows.get(key))
                self._rows[key] = record
            elif key in self._rows:
                self._set_aside(key)
                del self._rows[key]
        self._sorted = None
        self.revision += 1

    def restore(self) -> None:
        """Take every change back since the loading, without a report; the order is as loaded too."""
        for key, record in self._loaded.items():
            if record is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = record
        if self._loaded_order is not None:
            self._rows = {key: self._rows[key] for key in self._loaded_order}
        self._loaded, self._loaded_order, self._sorted = {}, None, None
        self.revision += 1

    def _set_aside(self, key: str) -> None:
        """Before a deletion: whatever `restore` needs to bring the record back where it was."""
        loaded = self._loaded.setdefault(key, self._rows[key])
        if loaded is not None and self._loaded_order is None:
            self._loaded_order = [k for k in self._rows if self._loaded.get(k, self._rows[k]) is not None]

    def in_order(self, after: str = "") -> Iterator[R]:
        """Records by ascending key, those behind `after`: where a page begins, even if `after` is gone by now."""
        if self._sorted is None:
            self._sorted = sorted(self._rows)
        keys = self._sorted
        return (self._rows[key] for key in keys[bisect_right(keys, after) :] if key in self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows
