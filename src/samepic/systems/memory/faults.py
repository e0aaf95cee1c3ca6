"""What shall go wrong in a memory system, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samepic.model.person import PersonId


class When(StrEnum):
    """Where in a request a fault strikes."""

    BEFORE = "before"  # nothing was applied
    MIDWAY = "midway"  # a write: only the first rendition was stored
    AFTER = "after"  # applied, and the answer was lost


@dataclass(eq=False, slots=True)
class Fault:
    """One thing that goes wrong: a test asks for it, and afterwards reads `met`.

    operation: people, find, look, read, write, clear, probe, members, changed, told. person: None strikes anybody.
    error: what is raised; a BaseException stands for being killed. times: None means for ever.
    skip: how many matching calls pass unharmed first.
    """

    operation: str
    error: BaseException
    person: PersonId | None = None
    when: When = When.BEFORE
    times: int | None = 1
    skip: int = 0
    met: int = 0

    def strikes(self, operation: str, person: PersonId | None, when: When) -> bool:
        """Whether it strikes this call; counts what it meets."""
        if operation != self.operation or when is not self.when:
            return False
        if self.person is not None and person != self.person:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None and self.met >= self.times:
            return False
        self.met += 1
        return True
