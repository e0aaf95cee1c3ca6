"""Lets requests in as far as their budgets reach, and counts what they take."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from localtenant.budgets.ask import Ask
from localtenant.budgets.costs import charges
from localtenant.budgets.history import History
from localtenant.budgets.table import BUDGETS, BY_NAME, Budget, Per, Shape
from localtenant.budgets.windows import Window, window_of
from localtenant.clock import Clock

SECONDS_FOR_A_PLACE = 1.0
"""What a request hears that finds no place among those under way; no page says how long, so the least is assumed."""

AT_ONCE = "pictures_at_once"
MINUTE = "sharepoint_app_minute"


class UnknownBudget(ValueError):
    """No such budget, or no such figure; the words say what there is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which budget is used up, and for how many seconds of real time."""

    budget: Budget
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a budget is used. remaining, resets_in_seconds: as the vendor's headers tell them."""

    limit: int
    used: float
    resets_in_seconds: int

    @property
    def remaining(self) -> int:
        """Never below nothing."""
        return max(0, int(self.limit - self.used))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a request at the door. shares: of the budgets that it drew on, by name. place: to give back."""

    refusal: Refusal | None = None
    shares: Mapping[str, Share] | None = None
    place: str | None = None


class Budgets:
    """The budgets of one tenant with their figures and their use.

    chosen: figures other than the published ones, by name; None switches a budget off. people: the size of the tenant,
    taken for the number of its licences where that is None.
    """

    def __init__(
        self,
        clock: Clock,
        people: int = 200,
        chosen: Mapping[str, int | None] | None = None,
        licences: int | None = None,
    ) -> None:
        self._clock = clock
        self._people, self._licences = people, people if licences is None else licences
        self._at_start = dict(chosen or {})
        self.limits: dict[str, int | None] = {}
        self.history = History(clock)
        self._windows: dict[str, OrderedDict[str, Window]] = {}
        self._places: dict[str, int] = {}
        self.restore()

    def restore(self) -> None:
        """The figures as at the start, and nothing used."""
        self.clear()
        self.choose(self._at_start, others_default=True)

    def clear(self) -> None:
        """Nothing used; who is under way keeps the place."""
        self._windows = {budget.name: OrderedDict() for budget in BUDGETS}
        self.history.clear()

    def choose(self, chosen: Mapping[str, int | None], *, others_default: bool = False) -> None:
        """Set figures; what was used counts on. Names and figures are as `figures_of` gives them."""
        if others_default:
            self.limits = {budget.name: self.published(budget.name) for budget in BUDGETS}
        self.limits.update(chosen)

    def published(self, name: str) -> int | None:
        """The figure that the vendor's page gives for a tenant of this size."""
        return BY_NAME[name].limit_for(self._people, self._licences)

    def admit(self, ask: Ask, *, each_mailbox: bool = True) -> Verdict:
        """Count a request and let it in, or say which budget refuses it. each_mailbox: has four places of its own."""
        if not ask.is_known:
            return Verdict()
        now = self._clock.budget_seconds()
        taken = list(charges(ask))
        waits: dict[str, float] = {}
        shares: dict[str, Share] = {}
        for name, whose, amount in taken:
            limit = self.limits[name]
            if limit is None:
                continue
            window = self._window(BY_NAME[name], whose, now)
            wait = window.take(amount, limit, now)
            if wait > 0:
                waits[name] = wait
            shares[name] = Share(limit, window.used(now), self._clock.real_seconds(window.resets_in(now)))
        place = None if waits else self._place(ask, waits, each_mailbox)
        self.history.add(taken, admitted=not waits)
        if not waits:
            return Verdict(None, shares, place)
        longest = max(waits, key=lambda name: waits[name])
        return Verdict(Refusal(BY_NAME[longest], self._clock.real_seconds(waits[longest])), shares)

    def leave(self, verdict: Verdict) -> None:
        """A request has been answered."""
        if verdict.place is not None:
            self._places[verdict.place] -= 1
            if not self._places[verdict.place]:
                del self._places[verdict.place]

    def _place(self, ask: Ask, waits: dict[str, float], each_mailbox: bool) -> str | None:
        """A place among the pictures under way, where they are counted."""
        limit = self.limits[AT_ONCE]
        if limit is None or ask.family != "graph pictures" or (each_mailbox and not ask.mailbox):
            return None
        place = f"{ask.app} {ask.mailbox}" if each_mailbox else ask.app
        if self._places.get(place, 0) >= limit:
            waits[AT_ONCE] = SECONDS_FOR_A_PLACE * self._clock.scale
            return None
        self._places[place] = self._places.get(place, 0) + 1
        return place

    def _window(self, budget: Budget, whose: str, now: float) -> Window:
        """Those that nothing counts in any longer are forgotten, so that a sweep of many mailboxes leaves nothing."""
        windows = self._windows[budget.name]
        window = windows.pop(whose, None) or window_of(budget.shape, budget.span_seconds)
        while windows and not (oldest := next(iter(windows.items())))[1].used(now):
            del windows[oldest[0]]
        windows[whose] = window
        return window

    def as_json(self) -> list[dict[str, object]]:
        """Every budget with its figure, its source and its use now; of mailboxes only the one that is used most."""
        now = self._clock.budget_seconds()
        return [self._told(budget, now) for budget in BUDGETS]

    def _told(self, budget: Budget, now: float) -> dict[str, object]:
        if budget.shape is Shape.AT_ONCE:
            use = {place: float(n) for place, n in self._places.items()}
        else:
            use = {whose: window.used(now) for whose, window in self._windows[budget.name].items()}
        if budget.per is Per.APP_AND_MAILBOX and use:
            most = max(use, key=lambda whose: use[whose])
            use = {most: use[most]}
        return {
            "name": budget.name,
            "limit": self.limits[budget.name],
            "published": self.published(budget.name),
            "counts": budget.counts,
            "shape": budget.shape,
            "per": budget.per,
            "span_seconds": budget.span_seconds,
            "scope": budget.scope,
            "source": budget.source,
            "used": use,
        }


def figures_of(given: Mapping[str, object]) -> dict[str, int | None]:
    """Figures as written: a number or `off`. `all` is every budget.

    Raises UnknownBudget with everything that is wrong.
    """
    figures: dict[str, int | None] = {}
    wrong = []
    for written, value in given.items():
        name = written.replace("-", "_")
        if name != "all" and name not in BY_NAME:
            wrong.append(f"no budget is called {written!r}; there are: all, {', '.join(BY_NAME)}")
            continue
        figure = _figure(value)
        if figure == 0 or (name == "all" and figure is not None):
            wrong.append(f"{written} is {'off' if name == 'all' else 'a whole number above 0, or off'}; not {value!r}")
            continue
        figures.update(dict.fromkeys(BY_NAME, figure) if name == "all" else {name: figure})
    if wrong:
        raise UnknownBudget("; ".join(wrong))
    return figures


def _figure(value: object) -> int | None:
    """None for `off`, 0 for what is no figure."""
    if value is None or (isinstance(value, str) and value.casefold() == "off"):
        return None
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return max(0, value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16 else 0
