"""The imperative shell of a run."""

from __future__ import annotations

from collections.abc import Sequence

from samepic.engine.route import Route
from samepic.model.outcome import Explanation, RouteStatus, RunOutcome, RunRecord
from samepic.model.plan import PlanId
from samepic.ports.clock import Clock
from samepic.ports.progress import Progress, Silent
from samepic.ports.state import State
from samepic.ports.vault import Vault


class UnknownPerson(Exception):
    """The census knows nobody by these keys, or a key is not unique."""

    def __init__(self, keys: Sequence[str], census: str) -> None:
        super().__init__(f"{census}: nobody is known as {', '.join(keys)}")
        self.keys = tuple(keys)
        self.census = census


class Engine:
    """Runs one route. Several engines, in one process or many, may share a state."""

    def __init__(self, route: Route, state: State, vault: Vault, clock: Clock) -> None:
        self.route = route
        self._state = state
        self._vault = vault
        self._clock = clock

    async def plan(self, progress: Progress | None = None) -> RunOutcome:
        """Observe, ask and decide for everybody; nothing is written to any system.

        Raises RouteBusy where another run is at work. What a system refuses is told in `RunOutcome.stopped`.
        """
        raise NotImplementedError

    async def sync(
        self,
        people: Sequence[str] = (),
        *,
        dry_run: bool = False,
        limit: int | None = None,
        approve: PlanId | None = None,
        progress: Progress | None = None,
    ) -> RunOutcome:
        """Bring the target in step: everybody, or only `people` (object ids, UPNs or mail addresses), at once.

        A request for some people is never held and runs beside a sweep. limit: at most so many people are changed.
        approve: the id of a held plan; where the facts have changed since, the outcome is held with the new plan's id
        and `Hold.reason` is "changed". Raises RouteBusy, and UnknownPerson before anything is done.
        Cancelling leaves nothing half done that the next run does not finish.
        """
        progress = progress or Silent()
        raise NotImplementedError

    async def explain(self, key: str) -> Explanation:
        """Say for one person what each system shows, why, and what happens next; writes nothing, anywhere.

        Raises UnknownPerson, and SystemFault where a system does not answer.
        """
        raise NotImplementedError

    async def runs(self, limit: int = 20) -> list[RunRecord]:
        """The latest runs of this route, newest first."""
        raise NotImplementedError

    async def status(self) -> RouteStatus:
        """How the route stands, without asking any system."""
        raise NotImplementedError
