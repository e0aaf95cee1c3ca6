"""Every request that the tenant answered, counted by API, operation and status."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

CHANGES_KEPT = 50_000

CHANGED = "localtenant.changed"
"""Scope key under which a handler says what it has set, where the request's path does not tell."""


LONGEST_PATH = 1_000
"""Characters of a change's path that are kept; a query string may be sixty times as long."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MERGE"})


def method_name(method: str) -> str:
    """A method as requests are counted by it: those that somebody makes up are one."""
    return method if method in _METHODS else "other"


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """What requests are counted by. `api` is one of authority, graph, ews, sharepoint, home."""

    api: str
    operation: str
    method: str
    status: int
    batched: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One request with a body that was carried out: what was sent, in which order.

    path: with its query, decoded, cut at `LONGEST_PATH`. sha256: of the body, in hex.
    changed: what was set, where the path does not tell.
    """

    api: str
    operation: str
    method: str
    path: str
    status: int
    bytes: int
    sha256: str
    changed: tuple[str, ...] = ()


class Ledger:
    """Counts since the start or the last clearing; beside them the latest changes, one by one."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=CHANGES_KEPT)
        self._count: Counter[LedgerKey] = Counter()
        self._bytes_in: Counter[LedgerKey] = Counter()
        self._bytes_out: Counter[LedgerKey] = Counter()

    def add(self, key: LedgerKey, bytes_in: int, bytes_out: int) -> None:
        """One request more."""
        self._count[key] += 1
        self._bytes_in[key] += bytes_in
        self._bytes_out[key] += bytes_out

    def sent(self, key: LedgerKey, bytes_out: int) -> None:
        """More of a counted request's answer."""
        self._bytes_out[key] += bytes_out

    def clear(self) -> None:
        """Start counting anew."""
        self._changes.clear()
        for counter in (self._count, self._bytes_in, self._bytes_out):
            counter.clear()

    def changed(self, change: Change) -> None:
        """One change more."""
        self._changes.append(change)

    def changes_as_json(self) -> dict[str, object]:
        """`{"changes": [...]}`, in the order in which they were carried out."""
        return {"changes": [asdict(change) for change in self._changes]}

    def as_json(self) -> dict[str, Any]:
        """`{"total", "entries": [...]}`; total counts the requests on the wire, not those inside a batch."""
        return {
            "total": sum(n for key, n in self._count.items() if not key.batched),
            "entries": [
                {
                    "api": key.api,
                    "operation": key.operation,
                    "method": key.method,
                    "status": key.status,
                    "batched": key.batched,
                    "count": n,
                    "bytes_in": self._bytes_in[key],
                    "bytes_out": self._bytes_out[key],
                }
                for key, n in self._count.items()
            ],
        }
