"""What the API says of one run."""

from __future__ import annotations

from dataclasses import dataclass

from samepic.model.decision import Reason
from samepic.portal.admin.runs import RunView
from samepic.portal.api.shapes import Run


@dataclass(frozen=True, slots=True)
class PersonFailed:
    """Somebody whose turn failed; the next run tries again."""

    person: str
    words: str


@dataclass(frozen=True, slots=True)
class RunStanding:
    """One run as it stands. part: how far it is, 0 to 1; null where nobody knows, and where it is over.

    written, cleared: so far. held: why its plan waits, null where it does not. failures: the first hundred.
    """

    run: Run
    going: bool
    can_be_cancelled: bool
    part: float | None
    people: int
    decided: int
    written: int
    cleared: int
    counts: dict[Reason, int]
    held: str | None
    failures: list[PersonFailed]

    @classmethod
    def of(cls, view: RunView) -> RunStanding:
        """From the state."""
        record = view.record
        return cls(
            Run.of(record),
            view.going,
            view.can_cancel,
            view.part if view.going else None,
            view.people,
            view.decided,
            view.written,
            view.cleared,
            dict(view.counts),
            view.hold.reason if view.hold else None,
            [PersonFailed(row.key, row.failed or "") for row in view.failures],
        )
