"""Shows a run while it runs: a bar on a terminal, nothing elsewhere; gathers faces for the report."""

from __future__ import annotations

import sys
from collections import Counter
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from samepic.cli.reader import Screen
from samepic.imaging import MOST_CELLS
from samepic.model.decision import Action, Reason
from samepic.model.outcome import StepResult
from samepic.model.person import NotEligible
from samepic.model.picture import Picture
from samepic.model.plan import Step
from samepic.planning.words import REASONS
from samepic.ports.progress import Phase
from samepic.report import Face, Faces
from samepic.report.faces import small

PHASES = {
    Phase.CENSUS: "Who exists",
    Phase.LISTING: "Listing pictures",
    Phase.LOOKING: "Looking for changes",
    Phase.COMPARING: "Comparing pictures",
    Phase.DECIDING: "Deciding",
    Phase.WRITING: "Writing pictures",
    Phase.VAULT: "Reading the vault",
}


class Watch:
    """A `Progress` for the command line. Bars go to standard error and only where a person looks at it.

    faces: where a report is wanted, the people whose pictures changed. not_eligible: people who take no part, by why.
    changes: the first steps that would change the target, for a report of what was not done.
    """

    def __init__(self, faces: Faces | None = None, *, show: bool | None = None) -> None:
        self._faces = faces
        self.not_eligible: Counter[NotEligible] = Counter()
        self.changes: list[Step] = []
        shown = sys.stderr.isatty() if show is None else show
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<20}"),
            BarColumn(bar_width=40),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Screen(stderr=True),
            disable=not shown,
        )
        self._task = None if not shown else self._bars.add_task("Starting", total=None)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, phase: Phase, total: int | None) -> None:
        """A phase starts."""
        if self._task is not None:
            self._bars.reset(self._task, total=total, description=PHASES[phase])

    def advance(self, people: int) -> None:
        """So many more people are through the present phase."""
        if self._task is not None:
            self._bars.advance(self._task, people)

    def decided(self, step: Step) -> None:
        """Count who takes no part and why, which the plan's counts do not say; keep some of what it would do."""
        self._count(step)
        if self._faces is not None and step.action is not Action.NOTHING and len(self.changes) < MOST_CELLS:
            self.changes.append(step)

    def done(self, step: Step, result: StepResult, before: Picture | None, after: Picture | None, words: str) -> None:
        """Keep the faces of a step that was taken, or that failed; what was skipped changed nobody's picture."""
        if result is StepResult.SKIPPED:
            self._count(step)  # the system said so only when it was asked to write
        if self._faces is not None and result is not StepResult.SKIPPED:
            told = words or step.detail or REASONS[step.reason].meaning
            address = step.keys.upn or step.keys.mail or step.keys.object_id or ""
            self._faces.add(Face(step.display_name, address, step.reason, told, small(before), small(after)))

    def _count(self, step: Step) -> None:
        if step.reason is Reason.NOT_ELIGIBLE and step.detail in set(NotEligible):
            self.not_eligible[NotEligible(step.detail)] += 1
