"""Every request that the tenant answered, counted by API, operation and status."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """What requests are counted by. `api` is one of authority, graph, ews, sharepoint, home."""

    api: str
    operation: str
    method: str
    status: int
    batched: bool


class Ledger:
    """Counts since the start or the last clearing."""

    def __init__(self) -> None:
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
        for counter in (self._count, self._bytes_in, self._bytes_out):
            counter.clear()

    def as_json(self) -> dict[str, object]:
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
