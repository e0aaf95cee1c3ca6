"""One thing that shall go wrong: when, how, for whom, and how often it has been met."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

KINDS = (
    "status",
    "error_page",
    "expired_cursor",
    "cut_listing",
    "repeat_page",
    "skip_page",
    "cut_body",
    "corrupt_body",
    "slow_body",
    "hold_before",
    "hold_after",
    "stall",
    "reset_before",
    "reset_after",
    "stale_reads",
    "clock_skew",
)
BY_EFFECT = frozenset({"cut_listing", "repeat_page", "skip_page", "expired_cursor", "stale_reads"})
"""Kinds that not every matching request can meet: they count as met once something was really done to an answer."""

MOST_CALLERS = 100
APIS = ("authority", "graph", "ews", "sharepoint", "home")


class BadFault(ValueError):
    """A posted fault that nobody could meet; the words say every reason."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as far as faults look at it. `text` is its path, query and, where asked for, its body, folded."""

    api: str
    operation: str
    method: str
    text: str
    batched: bool = False


@dataclass
class Fault:
    """A fault as posted, with its accounting.

    nth: the first matching request from the posting on that meets it, counted from 1.
    times: how many matching requests meet it from there on; None for every one.
    people: every name by which the person goes in requests, folded; empty for anybody.
    share: how much of the body or of the listing is left, 0 to 1; where in the body bytes are corrupted.
    seconds: how far the clock is off, or how long a read is stale after a write.
    met_by: how often by whom: app, person, operation.
    """

    id: str
    kind: str
    api: str | None = None
    operation: str | None = None
    method: str | None = None
    person: str | None = None
    people: tuple[str, ...] = ()
    path: str | None = None
    batched: bool | None = None
    nth: int = 1
    times: int | None = 1
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None
    share: float = 0.5
    bytes_per_second: int = 1_000
    seconds: float = 5
    seen: int = 0
    met: int = 0
    holding: int = 0
    met_by: dict[tuple[str, str | None, str], int] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, call: Call) -> bool:
        """Whether a request is of the sort this fault waits for."""
        return (
            self.api in (None, call.api)
            and (self.operation is None or self.operation.casefold() == call.operation.casefold())
            and (self.method is None or self.method.upper() == call.method)
            and self.batched in (None, call.batched)
            and (self.path is None or self.path.casefold() in call.text)
            and (not self.person or any(name in call.text for name in self.people))
        )

    def is_due(self) -> bool:
        """Whether the request just seen is to meet it."""
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)

    def release(self) -> None:
        """Let go whatever is held now."""
        self.released.set()
        self.released = asyncio.Event()

    def end(self) -> None:
        """Let go whatever is held, and hold nobody any more: not who has met it already and is on the way to wait."""
        self.released.set()

    def account(self, caller: tuple[str, str | None, str]) -> None:
        """Somebody has met it. caller: app, person, operation."""
        self.met += 1
        if caller in self.met_by or len(self.met_by) < MOST_CALLERS:
            self.met_by[caller] = self.met_by.get(caller, 0) + 1

    def as_json(self) -> dict[str, object]:
        """As posted, with `seen`, `met`, `holding` and `met_by`."""
        shown = ["id", "kind", "api", "operation", "method", "person", "path", "batched", "nth", "times"]
        shown += _SHOWN.get(self.kind, ())
        told = {name: getattr(self, name) for name in (*shown, "seen", "met", "holding")}
        by = [
            {"app": app, "person": person, "operation": operation, "count": count}
            for (app, person, operation), count in self.met_by.items()
        ]
        return {**told, "met_by": by}


def fault_from(posted: object, fault_id: str) -> Fault:
    """Check what was posted. Raises BadFault with everything that is wrong with it."""
    if not isinstance(posted, dict):
        raise BadFault("post a JSON object")
    wrong = [f"there is no {name!r}" for name in posted if name not in _FIELDS]
    for name, (kinds, allowed, words) in _FIELDS.items():
        value = posted.get(name)
        if value is None:
            continue
        right = isinstance(value, kinds) and isinstance(value, bool) == (kinds is bool)
        if not right or (allowed and not allowed(value)):
            wrong.append(f"{name}: {words}")
    if "kind" not in posted:
        wrong.append(f"kind: {_FIELDS['kind'][2]}")
    if wrong:
        raise BadFault("; ".join(wrong))
    given = {name: value for name, value in posted.items() if value is not None or name == "times"}
    if given["kind"] == "status":
        given.setdefault("status", 503)
    if given["kind"] == "stale_reads":
        given.setdefault("times", None)
    given["headers"] = {str(name): str(value) for name, value in given.get("headers", {}).items()}
    return Fault(id=fault_id, **given)


def folded_text(path: str, query: bytes, body: bytes = b"") -> str:
    """What a person's or a path's name is looked for in: path, query and body, escapes resolved, case folded."""
    return "\n".join((path, unquote_to_bytes(query).decode(errors="replace"), body.decode(errors="replace"))).casefold()


_SHOWN: dict[str, tuple[str, ...]] = {
    "status": ("status", "headers", "code", "message"),
    "expired_cursor": ("status", "headers", "code", "message"),
    "cut_listing": ("share",),
    "cut_body": ("share",),
    "corrupt_body": ("share",),
    "slow_body": ("bytes_per_second",),
    "stale_reads": ("seconds",),
    "clock_skew": ("seconds",),
}

MOST_SECONDS = 10 * 366 * 86_400

_FIELDS: dict[str, tuple[type | tuple[type, ...], Callable[[Any], bool] | None, str]] = {
    "kind": (str, lambda v: v in KINDS, f"one of {', '.join(KINDS)}"),
    "api": (str, lambda v: v in APIS, f"one of {', '.join(APIS)}"),
    "operation": (str, None, "the vendor's name of the operation, as the ledger has it"),
    "method": (str, None, "an HTTP method"),
    "person": (str, None, "an object id, UPN or mail"),
    "path": (str, None, "a part of the path or query"),
    "batched": (bool, None, "true or false"),
    "nth": (int, lambda v: v >= 1, "1 or more"),
    "times": (int, lambda v: v >= 1, "1 or more, or null for every one"),
    "status": (int, lambda v: 400 <= v <= 599, "400 to 599"),
    "headers": (dict, None, "an object of header names and values"),
    "code": (str, None, "the vendor's error code"),
    "message": (str, None, "the error's words"),
    "share": ((int, float), lambda v: 0 <= v < 1, "what is left of it, from 0 to less than 1"),
    "bytes_per_second": (int, lambda v: v >= 1, "1 or more"),
    "seconds": ((int, float), lambda v: abs(v) <= MOST_SECONDS, f"a number, {MOST_SECONDS} at most, either way"),
}
