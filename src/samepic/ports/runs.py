"""What was run, and which of its plans were held. Synchronous, as all of the state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from samepic.model.decision import Reason
from samepic.model.held import HeldPlan, Kind, PlanEvent, PlanGlance, PlanRecord, Standing
from samepic.model.outcome import Pictures, RunFigures, RunRecord
from samepic.model.plan import Hold, PlanId, RunId


class Runs(Protocol):
    """The history of runs, and what only a run in progress needs of its rows."""

    def begin(self, record: RunRecord) -> None:
        """Enter a run; with the route lock held, those still called running are from dead processes and say so."""
        ...

    def end(
        self, record: RunRecord, counts: Mapping[Reason, int], hold: Hold | None, pictures: Pictures | None
    ) -> None:
        """Enter what became of a run, one that never was begun too.

        counts: people by reason as the run left them.
        pictures: what the next run's tally calls before; None if unknown.
        """
        ...

    def cancel(self, run: RunId, at: datetime) -> bool:
        """Enter that a run which one process carries out is to end; False where it is over, or was to end already."""
        ...

    def is_cancelled(self, run: RunId) -> bool:
        """Whether somebody has entered that."""
        ...

    def found_dead(self, run: RunId, at: datetime) -> None:
        """Enter that a run's process has ended without saying so; whoever calls holds the route lock."""
        ...

    def latest(self, route: str, limit: int) -> list[RunRecord]:
        """Newest first."""
        ...

    def page(self, routes: Collection[str], before: RunId | None, limit: int) -> list[RunRecord]:
        """Newest first, of several routes; before: those that were entered before that run."""
        ...

    def history(self, route: str, limit: int) -> list[RunFigures]:
        """What the latest syncs of everybody that were carried out left, oldest first."""
        ...

    def of(self, run: RunId) -> RunRecord | None:
        """One run; None where there never was such a run."""
        ...

    def running(self, route: str) -> RunRecord | None:
        """The run over everybody that is at work, or was when its process died; requests come and go beside it."""
        ...

    def latest_sweep(self, route: str) -> RunRecord | None:
        """The newest run that was no request, whatever became of it."""
        ...

    def last_planned(self, route: str) -> RunRecord | None:
        """The newest run over everybody that has ended and came to a plan, whatever became of it then."""
        ...

    def last_sweep(self, route: str, *, done: bool = False) -> RunRecord | None:
        """The newest sweep that has ended, incremental or full; done: that was carried out."""
        ...

    def last_held(self, route: str) -> RunRecord | None:
        """The newest run that came to a plan for more than those who asked, where it held that; None else."""
        ...

    def changed_on_request(self, route: str, since: RunId) -> int:
        """How many pictures all but runs over everybody have written or cleared since a run began."""
        ...

    def outcome(self, run: RunId) -> tuple[Mapping[Reason, int], Hold | None]:
        """The counts and the hold with which a run ended."""
        ...

    def pictures(self, route: str) -> Pictures:
        """How many pictures each side held at the last sweep that ended well; None where there was none."""
        ...


class Plans(Protocol):
    """Plans that were held, and what was said about them: entered, never changed."""

    def found_held(self, held: HeldPlan) -> PlanEvent:
        """Enter that a run found this plan held; says what happened to it last.

        A plan whose facts had changed and are back, or that was done, waits anew; one that was rejected stays so.
        """
        ...

    def enter(self, event: PlanEvent, given: Collection[Standing]) -> PlanEvent | None:
        """Enter an event where the plan stands as given; says what had happened last, None where there is no plan.

        Of several processes that enter at once each sees what the one before it has entered.
        """
        ...

    def outdate(self, event: PlanEvent, kinds: Collection[Kind]) -> list[PlanGlance]:
        """Enter that every plan of these kinds but the event's is stale; says how those of the route stood."""
        ...

    def of(self, route: str, plan: PlanId) -> PlanRecord | None:
        """A plan with everything that happened to it, and with whom it is about."""
        ...

    def glance(self, route: str, plan: PlanId) -> PlanGlance | None:
        """The same without those whom it is about."""
        ...

    def latest(self, route: str, limit: int) -> list[PlanGlance]:
        """The plans that something happened to last, newest first."""
        ...
