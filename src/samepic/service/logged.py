"""A sweep in the log: its phases, and each picture that was changed, by the person's id."""

from __future__ import annotations

import logging

from samepic.model.outcome import StepResult
from samepic.model.picture import Picture
from samepic.model.plan import Step
from samepic.ports.progress import Phase

_log = logging.getLogger("samepic.service")


class Logged:
    """A `samepic.ports.progress.Progress`. names: whether people are also told by name, with what systems said."""

    def __init__(self, *, names: bool) -> None:
        self._names = names

    def begin(self, phase: Phase, total: int | None) -> None:
        """A phase starts."""
        _log.info("a phase begins", extra={"facts": {"phase": phase.value, "people": total}})

    def advance(self, people: int) -> None:
        """Not told: there may be many."""

    def decided(self, step: Step) -> None:
        """Not told: the plan is remembered, and `samepic explain` says of anybody what it is and why."""

    def done(self, step: Step, result: StepResult, before: Picture | None, after: Picture | None, words: str) -> None:
        """One line for each picture that was changed, or was to be."""
        facts = {"person": step.keys.object_id, "result": result.value, "reason": step.reason.value}
        if self._names:
            facts |= {"name": step.display_name, "upn": step.keys.upn, "words": words}
        level = logging.WARNING if result is StepResult.FAILED else logging.INFO
        _log.log(level, "a picture", extra={"facts": facts})
