"""Sweeps that workers carry out, as the state keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from samepic.model.decision import Reason
from samepic.model.outcome import LookedAt, RunRecord
from samepic.model.plan import RunId
from samepic.model.shard import Span
from samepic.model.sweeping import Changed, Figures, Observed, Part, Planned, Shard, Sweep
from samepic.model.system import Grant


class SweepStore(Protocol):
    """Sweeps and their shards. While one is not over, the route lock is refused to everybody."""

    def begin(self, record: RunRecord, full: bool, why: str) -> None:
        """Enter a sweep for the workers to find, and its run; whoever calls holds the route lock."""
        ...

    def of(self, run: RunId) -> Sweep | None:
        """One sweep; None of a run that no worker carried out."""
        ...

    def under_way(self) -> list[Sweep]:
        """Those of all routes that are not over."""
        ...

    def end(
        self, run: RunId, *, cancelled: bool = False, stopped: str | None = None, missing: Sequence[Grant] = ()
    ) -> bool:
        """Let a sweep end early; False where it was over, or was to end already. missing: what is to be granted."""
        ...

    def sent(self, run: RunId, requests: Mapping[str, int]) -> None:
        """Add to the requests that a sweep has sent, by system."""
        ...

    def passed_over(self, run: RunId, key: str, words: str) -> None:
        """Enter that a person's step was not taken, because the facts were others than planned."""
        ...

    def looked_back(self, run: RunId, looked_at: LookedAt) -> None:
        """Enter what looks at written people showed."""
        ...

    def figures(self, run: RunId) -> Figures:
        """What else came of it, as far as it has come; of people as long as the run's rows are there."""
        ...

    def over(self, run: RunId) -> None:
        """Enter that a sweep is over."""
        ...

    def again(self, run: RunId) -> Sweep:
        """Take up a sweep that is over: whoever failed is begun anew, what no worker has done is left to do."""
        ...

    def observed(self, run: RunId, observed: Observed, finished: int, spans: Sequence[Span]) -> None:
        """Enter what was observed, and the run's shards; those of an earlier try are forgotten."""
        ...

    def what_was_observed(self, run: RunId) -> Observed | None:
        """None where that has not come to its end."""
        ...

    def planned(self, run: RunId, planned: Planned) -> None:
        """Enter the plan."""
        ...

    def what_was_planned(self, run: RunId) -> Planned | None:
        """None where there is none yet."""
        ...

    def shards(self, run: RunId) -> list[Shard]:
        """By number."""
        ...

    def shard(self, run: RunId, number: int) -> Shard:
        """One of them."""
        ...

    def taken_on(self, run: RunId, number: int, holder: str) -> None:
        """Enter which worker is at a shard."""
        ...

    def done(self, run: RunId, number: int, part: Part) -> None:
        """Enter that a part of a shard is done."""
        ...

    def changed(self, run: RunId) -> Changed:
        """What a run has changed so far, whoever did it."""
        ...

    def moved(self, run: RunId) -> Mapping[tuple[Reason, Reason], int]:
        """How many people a run's changes took from where the plan had them to where they stand now."""
        ...

    def forget_observed(self, run: RunId) -> None:
        """Drop the rows and listings of an observation that did not come to its end."""
        ...
