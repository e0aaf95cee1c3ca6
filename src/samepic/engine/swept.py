"""The figures of a run while it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from samepic.engine.apply import Taken
from samepic.engine.plan import Plan, target_has_picture
from samepic.engine.verify import Verified
from samepic.model.decision import Reason
from samepic.model.outcome import Failure, LookedAt, MatchedNobody, StepResult
from samepic.model.plan import Hold
from samepic.model.remembered import Row
from samepic.model.sweeping import Observed
from samepic.model.system import Grant

FAILURES_TOLD = 100


@dataclass(slots=True)
class Swept:
    """What has come of a sweep so far; readable at any moment, also after it was cancelled."""

    observed: Observed = field(default_factory=Observed)
    plan: Plan | None = None
    held: Hold | None = None
    stopped: str | None = None
    cancelled: bool = False
    missing: tuple[Grant, ...] = ()
    written: int = 0
    cleared: int = 0
    failed: int = 0
    gained: int = 0  # pictures that the target has now and had not
    pending: int = 0
    failures: list[Failure] = field(default_factory=list)
    skipped: int = 0  # the facts were others than planned; who takes no part or was refused is told by their reason
    skips: list[Failure] = field(default_factory=list)
    matched_nobody: MatchedNobody = field(default_factory=MatchedNobody)
    moved: Counter[Reason] = field(default_factory=Counter)  # what the steps taken add to the plan's counts
    verified: Verified = field(default_factory=Verified)

    @property
    def state(self) -> str:
        """How the run stands that has come so far and goes no further, in the history's word."""
        if self.stopped:
            return "failed"
        return "interrupted" if self.cancelled else "held" if self.held else "done"

    @property
    def looked_at(self) -> LookedAt:
        """What looks at written people showed, in numbers."""
        return self.verified.looked_at

    def count(self, taken: Taken) -> None:
        """Count one step taken."""
        had_one = target_has_picture(taken.row)
        self.pending -= 1
        match taken.result:
            case StepResult.WRITTEN:
                self.written += 1
                self.gained += not had_one
                self._move(taken.row, Reason.IN_STEP)
            case StepResult.CLEARED:
                self.cleared += 1
                self.gained -= had_one
                self._move(taken.row, Reason.ABSENT)
            case StepResult.FAILED:
                self.fail(name_of(taken.row), taken.words)
            case StepResult.SKIPPED:
                self._skip(taken)

    def standing(self, planned: Mapping[Reason, int]) -> dict[Reason, int]:
        """How many people stand where after the steps taken, from how many the plan had where."""
        counts = Counter(planned)
        counts.update(self.moved)
        return {reason: count for reason, count in counts.items() if count > 0}

    def _move(self, row: Row, to: Reason) -> None:
        if row.decision is not None and row.decision.reason is not Reason.RESTORED:
            self.moved[row.decision.reason] -= 1
            self.moved[to] += 1

    def _skip(self, taken: Taken) -> None:
        """Count a person who was passed over; only the first hundred are told by name."""
        if taken.row.decision is not None and taken.row.decision.reason in (Reason.NOT_ELIGIBLE, Reason.REFUSED):
            return
        self.skipped += 1
        if len(self.skips) < FAILURES_TOLD:
            self.skips.append(Failure(name_of(taken.row), taken.words))

    def fail(self, person: str, words: str) -> None:
        """Count a person who is left for the next run; only the first hundred are told by name."""
        self.failed += 1
        if len(self.failures) < FAILURES_TOLD:
            self.failures.append(Failure(person, words))


def name_of(row: Row) -> str:
    """The person as whoever reads of a failure knows them."""
    return row.person.keys.upn or row.person.keys.mail or row.key
