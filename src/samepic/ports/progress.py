"""How a run tells what it is doing while it does it."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from samepic.model.outcome import StepResult
from samepic.model.picture import Picture
from samepic.model.plan import Step


class Phase(StrEnum):
    """The parts of a run, in order."""

    CENSUS = "census"
    LISTING = "listing"
    LOOKING = "looking"
    COMPARING = "comparing"
    DECIDING = "deciding"
    WRITING = "writing"
    VAULT = "vault"  # no part of a run: going through what is kept


class Progress(Protocol):
    """Whoever watches a run. Methods return at once and raise nothing."""

    def begin(self, phase: Phase, total: int | None) -> None:
        """A phase starts; total people, None where nobody knows."""
        ...

    def advance(self, people: int) -> None:
        """So many more people are through the present phase."""
        ...

    def decided(self, step: Step) -> None:
        """A step of the plan, in the plan's order."""
        ...

    def done(self, step: Step, result: StepResult, before: Picture | None, after: Picture | None, words: str) -> None:
        """A step was taken: the target's picture before (None: none, or not known) and after."""
        ...


class Silent:
    """Nobody watches."""

    def begin(self, phase: Phase, total: int | None) -> None:
        """Ignored."""

    def advance(self, people: int) -> None:
        """Ignored."""

    def decided(self, step: Step) -> None:
        """Ignored."""

    def done(self, step: Step, result: StepResult, before: Picture | None, after: Picture | None, words: str) -> None:
        """Ignored."""
