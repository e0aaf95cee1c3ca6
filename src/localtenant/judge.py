"""Judges the clients: did they wait as they were told?

Whoever is answered 429 or 503 with Retry-After shall not call the same sort of thing before, nor before RateLimit-Reset
where that is later (sp-dev-docs: “honor the greater of the two values”). What was on its way when
the answer went out is no offence: within `GRACE_SECONDS` of the first refusal only a request that had itself been
refused counts as too early, since whoever sends it again knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from localtenant.budgets.ask import Ask

GRACE_SECONDS = 0.5
TOLERANCE_SECONDS = 0.02
MOST_CALLERS = 10_000
MOST_REFUSED = 5_000
OTHERS = "others"


@dataclass(slots=True)
class Conduct:
    """How one caller went about one sort of calls.

    told: how often it was told to wait, refusals that fell into one wait counting once. waited: how many of these ended
    without a call. too_early_seconds: all that was missing together, most_early_seconds: the most of one call.
    """

    calls: int = 0
    throttled: int = 0
    told: int = 0
    waited: int = 0
    too_early: int = 0
    too_early_seconds: float = 0
    most_early_seconds: float = 0
    at_once: int = 0


@dataclass(slots=True)
class Wait:
    """Somebody has been told to wait."""

    began: float
    until: float
    conduct: Conduct
    early: int = 0
    refused: set[str] = field(default_factory=set)


Caller = tuple[str, str | None, str]


class Judge:
    """What became of every wait. now: real seconds that only go forward."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._conduct: dict[Caller, Conduct] = {}
        self._waits: dict[tuple[str, str | None, str, str], Wait] = {}
        self._under_way: dict[Caller | str, int] = {}
        self._apis: dict[str, Conduct] = {}

    def clear(self) -> None:
        """Forget what was; who is under way is still counted."""
        for kept in (self._conduct, self._waits, self._apis):
            kept.clear()

    def arrived(self, ask: Ask) -> None:
        """A request comes in."""
        conduct = self._of(ask)
        conduct.calls += 1
        self._enter((ask.app, ask.person, ask.family), conduct)
        if not ask.batched:
            api = self._apis.setdefault(ask.api, Conduct())
            api.calls += 1
            self._enter(ask.api, api)
        now = self._now()
        missing = max((self._missing(ask, key, now) for key in self._keys(ask)), default=0)
        if missing:
            conduct.too_early += 1
            conduct.too_early_seconds += missing
            conduct.most_early_seconds = max(conduct.most_early_seconds, missing)

    def left(self, ask: Ask) -> None:
        """It has been answered, or its client went."""
        for key in ((ask.app, ask.person, ask.family), *(() if ask.batched else (ask.api,))):
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]

    def refused(self, ask: Ask, wait_seconds: float | None, scope: str, *, of_mailbox: bool = False) -> None:
        """A request is answered 429 or 503. wait_seconds: what its headers say, None without Retry-After.

        scope: a family or a whole API; of_mailbox: only what is about the same mailbox has to wait.
        """
        conduct = self._of(ask)
        conduct.throttled += 1
        if not ask.batched and ask.api in self._apis:
            self._apis[ask.api].throttled += 1
        if wait_seconds is None:
            return
        now = self._now()
        key = (ask.app, ask.person, scope, ask.mailbox if of_mailbox else "")
        wait = self._waits.get(key)
        if wait is None:
            if len(self._waits) >= MOST_CALLERS:
                self._close_those_over(now)
            conduct.told += 1
            wait = self._waits[key] = Wait(now, now, conduct)
        wait.until = max(wait.until, now + wait_seconds)
        if ask.same is not None and len(wait.refused) < MOST_REFUSED:
            wait.refused.add(ask.same)

    def _keys(self, ask: Ask) -> list[tuple[str, str | None, str, str]]:
        if not self._waits:
            return []
        mailboxes = ("", ask.mailbox) if ask.mailbox else ("",)
        return [(ask.app, ask.person, scope, box) for scope in (ask.family, ask.api) for box in mailboxes]

    def _missing(self, ask: Ask, key: tuple[str, str | None, str, str], now: float) -> float:
        wait = self._waits.get(key)
        if wait is None:
            return 0
        if now >= wait.until - TOLERANCE_SECONDS:
            self._close(key)
            return 0
        if now - wait.began <= GRACE_SECONDS and ask.same not in wait.refused:
            return 0
        wait.early += 1
        return wait.until - now

    def _close(self, key: tuple[str, str | None, str, str]) -> None:
        wait = self._waits.pop(key)
        wait.conduct.waited += not wait.early

    def _close_those_over(self, now: float) -> None:
        for key in [key for key, wait in self._waits.items() if now >= wait.until]:
            self._close(key)

    def _enter(self, key: Caller | str, conduct: Conduct) -> None:
        self._under_way[key] = self._under_way.get(key, 0) + 1
        conduct.at_once = max(conduct.at_once, self._under_way[key])

    def _of(self, ask: Ask) -> Conduct:
        caller = (ask.app, ask.person, ask.family)
        if caller not in self._conduct and len(self._conduct) >= MOST_CALLERS:
            caller = (OTHERS, None, ask.family)
        return self._conduct.setdefault(caller, Conduct())

    def as_json(self) -> dict[str, object]:
        """`{"callers": [...], "apis": [...]}`; who has only just been told is in `told` and not yet in `waited`."""
        self._close_those_over(self._now())
        return {
            "callers": [
                {"app": app, "person": person, "family": family, **asdict(conduct)}
                for (app, person, family), conduct in self._conduct.items()
            ],
            "apis": [
                {"api": api, "calls": all_.calls, "throttled": all_.throttled, "at_once": all_.at_once}
                for api, all_ in self._apis.items()
            ],
        }
