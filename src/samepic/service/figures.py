"""The service in numbers, for Prometheus. No name of a person is among the labels, and no text from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric

from samepic.model.decision import Reason
from samepic.ports.state import StateUnusable
from samepic.service.ended import Came, Ended
from samepic.service.scheduler import Scheduler
from samepic.service.standing import BudgetUse, Standing, Standings

THROTTLED = (429, 503)
"""Answers that mean too much or too soon (learn.microsoft.com/graph/throttling, SharePoint's the same)."""

_SECONDS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600)


class Figures:
    """What is counted while it happens, and what is looked up when somebody asks."""

    def __init__(self, scheduler: Scheduler, standings: Standings) -> None:
        # Nothing of the process, Python's garbage or files: others measure those.
        self._registry = CollectorRegistry(auto_describe=False)
        self._sweeps = self._counter("samepic_sweeps", "Sweeps that this service carried out, by end.", "route", "came")
        self._written = self._counter("samepic_written", "Pictures that its sweeps wrote.", "route")
        self._cleared = self._counter("samepic_cleared", "Pictures that its sweeps took away.", "route")
        self._failed = self._counter("samepic_failed", "People whose turn failed in its sweeps.", "route")
        self._calls = self._counter("samepic_calls", "Answers of systems to its requests.", "system", "status")
        self._throttled = self._counter(
            "samepic_throttled_calls", "Those among them that meant too much or too soon.", "system"
        )
        self._seconds = Histogram(
            "samepic_sweep_seconds",
            "How long its sweeps took.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        for route in scheduler.routes:
            self._seconds.labels(route)
            for came in (Came.DONE, Came.HELD, Came.FAILED, Came.INTERRUPTED):
                self._sweeps.labels(route, came.value)  # a zero is an answer, too
            for counter in (self._written, self._cleared, self._failed):
                counter.labels(route)
        self._registry.register(_LookedUp(scheduler, standings))

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def answered(self, system: str, status: int) -> None:
        """Count one answer."""
        self._calls.labels(system, str(status)).inc()
        if status in THROTTLED:
            self._throttled.labels(system).inc()

    def ended(self, ended: Ended) -> None:
        """Count one sweep."""
        if ended.came is Came.BUSY:
            return
        self._sweeps.labels(ended.route, ended.came.value).inc()
        self._seconds.labels(ended.route).observe(max(0.0, (ended.ended_at - ended.began_at).total_seconds()))
        if ended.outcome is not None:
            self._written.labels(ended.route).inc(ended.outcome.written)
            self._cleared.labels(ended.route).inc(ended.outcome.cleared)
            self._failed.labels(ended.route).inc(ended.outcome.failed)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """The text that Prometheus reads, and its type, as it asks for it. Asks the state: not in the event loop."""
        encoder, kind = choose_encoder(accept)
        return encoder(self._registry), kind


class _LookedUp:
    """What the state and the scheduler know at the moment."""

    def __init__(self, scheduler: Scheduler, standings: Standings) -> None:
        self._scheduler = scheduler
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client."""
        reachable = GaugeMetricFamily("samepic_state_reachable", "Whether the state can be read: 1 or 0.")
        try:
            standings = {route: self._standings.of(route) for route in self._scheduler.routes}
            budgets = self._standings.budgets()
        except StateUnusable:
            reachable.add_metric([], 0)
            yield reachable
        else:
            reachable.add_metric([], 1)
            yield reachable
            yield from _of_the_state(standings, self._scheduler.now())
            yield from _of_budgets(budgets)
        yield from self._of_the_scheduler()

    def _of_the_scheduler(self) -> Iterator[Metric]:
        following = _gauge("samepic_next_sweep_timestamp_seconds", "When the clock begins the next sweep.", "route")
        under_way = _gauge("samepic_sweep_under_way", "Whether this service sweeps the route now: 1 or 0.", "route")
        queue = _gauge("samepic_queue_depth", "What is due and not begun: sweeps (another run is at work).", "queue")
        now, due = self._scheduler.now(), 0
        for route in self._scheduler.routes:
            under_way.add_metric([route], route in self._scheduler.under_way)
            if (moment := self._scheduler.next(route)) is not None:
                following.add_metric([route], moment.timestamp())
                due += moment <= now and route not in self._scheduler.under_way
        queue.add_metric(["sweeps"], due)
        yield from (following, under_way, queue)


def _of_the_state(standings: dict[str, Standing], now: datetime) -> Iterator[Metric]:
    people = _gauge("samepic_people", "People by reason, as the latest plan left them.", "route", "reason")
    pictures = _gauge("samepic_pictures", "Pictures that a system holds of them.", "route", "system")
    age = _gauge("samepic_sweep_age_seconds", "Since the beginning of the latest sweep that was carried out.", "route")
    full = _gauge("samepic_full_sweep_age_seconds", "Since the beginning of the latest full one that was.", "route")
    failed = _gauge("samepic_sweep_failed", "Whether the latest sweep failed: 1 or 0.", "route")
    held = _gauge("samepic_plan_held", "Whether a plan waits for a person's word: 1 or 0.", "route")
    unfinished = _gauge("samepic_unfinished_writes", "Writes that began and whose end nobody saw yet.", "route")
    for route, standing in standings.items():
        for reason in Reason:
            people.add_metric([route, reason.value], standing.status.counts.get(reason, 0))
        for system, count in standing.pictures.items():
            pictures.add_metric([route, system], count)
        if standing.done is not None:
            age.add_metric([route], max(0.0, (now - standing.done.started_at).total_seconds()))
        if (heard := standing.status.heard) is not None:
            full.add_metric([route], max(0.0, (now - heard.full_began_at).total_seconds()))
        if standing.last is not None:
            failed.add_metric([route], standing.last.state == "failed")
        held.add_metric([route], standing.status.held is not None)
        unfinished.add_metric([route], standing.status.unfinished)
    yield from (people, pictures, age, full, failed, held, unfinished)


def _of_budgets(budgets: Sequence[BudgetUse]) -> Iterator[Metric]:
    used = _gauge("samepic_budget_used", "Units of a vendor's budget that count now.", "budget")
    limit = _gauge("samepic_budget_limit", "Units that the vendor publishes, or that are configured.", "budget")
    share = _gauge("samepic_budget_share", "The share of them that is kept below, after refusals.", "budget")
    for one in budgets:
        used.add_metric([one.name], one.used)
        limit.add_metric([one.name], one.limit)
        share.add_metric([one.name], one.share)
    yield from (used, limit, share)


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
