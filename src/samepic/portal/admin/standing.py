"""How each route stands, and what of it needs somebody: from the state alone, so that no page waits for a system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from samepic.engine import glance_at
from samepic.model.decision import Reason
from samepic.model.held import Standing
from samepic.model.outcome import RouteGlance, RunFigures, RunRecord
from samepic.model.system import Probe
from samepic.portal.site import Site

LONG = timedelta(days=7)
"""Since the last sweep: longer than this is shown, whatever the schedule says."""

MOST_RUNS = 60
"""In a plot: more points than that are a smear."""

GROUPS: Mapping[str, tuple[Reason, ...]] = {
    "in_step": (Reason.IN_STEP, Reason.ABSENT, Reason.KEPT, Reason.RESTORED),
    "behind": (Reason.NEW, Reason.CHANGED, Reason.BLANKED, Reason.FIRST_MEETING, Reason.REMOVED, Reason.WAITING),
    "differs": (Reason.DRIFTED, Reason.CLASH, Reason.PARTED, Reason.OVERRULED, Reason.UNMATCHED),
    "refused": (Reason.REFUSED,),
    "left_out": (Reason.NOT_ELIGIBLE,),
}
"""Each reason in one group, as an administrator asks."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs somebody. kind: which sentence says it, with `fields`; address: where one does it."""

    kind: str
    fields: Mapping[str, object]
    address: str


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route for the overview. changes: of the plan that is held."""

    name: str
    source: str
    target: str
    status: RouteGlance
    history: tuple[RunFigures, ...]
    last_sweep: RunRecord | None
    last_done: RunRecord | None
    changes: int = 0

    @property
    def groups(self) -> dict[str, dict[Reason, int]]:
        """People by group and, within it, by reason; without those that nobody is in."""
        counts = self.status.counts
        found = {name: {one: counts[one] for one in reasons if counts.get(one)} for name, reasons in GROUPS.items()}
        return {name: reasons for name, reasons in found.items() if reasons}

    @property
    def waits(self) -> bool:
        """Whether a plan waits for a person's word."""
        last = self.status.held_last
        return self.status.held is not None and last is not None and last.what is Standing.HELD

    def needs(self, now: datetime) -> Iterator[Need]:
        """The most pressing first."""
        status, last, done = self.status, self.last_sweep, self.last_done
        if self.waits:
            yield Need(
                "plan_waits", {"route": self.name, "n": self.changes}, f"/admin/plans/{self.name}/{status.held_plan}"
            )
        if last is not None and last.state == "failed":
            yield Need("run_failed", {"route": self.name}, f"/admin/runs/{last.run}")
        if done is None:
            yield Need("never_run", {"route": self.name}, "/admin/runs")
        elif now - done.started_at > LONG:
            yield Need("long_ago", {"route": self.name, "since": done.started_at}, "/admin/runs")
        if status.unfinished and status.running is None:
            yield Need("unfinished", {"route": self.name, "n": status.unfinished}, "/admin/runs")
        if last is not None and last.failed and last.state != "failed":
            yield Need("people_failed", {"route": self.name, "n": last.failed}, f"/admin/runs/{last.run}")


def unwell(probes: Mapping[str, Probe]) -> Iterator[Need]:
    """Systems that were tried and did not work, or lack a permission."""
    for name, probe in sorted(probes.items()):
        if not probe.works or probe.missing:
            yield Need("unwell", {"system": name}, "/admin/systems")


def view_of(site: Site, name: str) -> RouteView:
    """One route's. Asks the state: not in the event loop. Raises StateUnusable."""
    route, runs = site.routes[name].route, site.state.runs
    status, ended = glance_at(name, site.state), runs.last_sweep(name)
    held = site.state.plans.glance(name, status.held_plan) if status.held_plan else None
    return RouteView(
        name,
        route.source.profile.name,
        route.target.profile.name,
        status,
        tuple(runs.history(name, MOST_RUNS)),
        ended,
        ended if ended is not None and ended.state == "done" else runs.last_sweep(name, done=True),
        held.held.changes if held else 0,
    )
