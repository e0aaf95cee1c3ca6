"""What the API says of a held plan and of those whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from samepic.model.decision import Action, Reason
from samepic.model.held import PlanRecord
from samepic.portal.api.shapes import Plan


@dataclass(frozen=True, slots=True)
class Example:
    """One of those whom the plan is about. now, then: addresses of what the target shows, and would show instead.

    then: null where the picture would be cleared.
    """

    person: str
    display_name: str
    reason: Reason
    action: str
    now: str
    then: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A held plan, what it would do in numbers, and some of those whom it is about: a contact sheet's data."""

    plan: Plan
    overwrites: int
    clears: int
    examples: list[Example]

    @classmethod
    def of(cls, record: PlanRecord) -> Sheet:
        """From the state."""
        held = record.held
        at, examples = f"/api/v1/plans/{quote(held.plan, safe='')}/faces", []
        for number, step in enumerate(held.examples):
            person = step.keys.object_id or step.keys.upn or step.keys.mail or ""
            then = None if step.action is Action.CLEAR else f"{at}/{number}/source"
            faces = (f"{at}/{number}/target", then)
            examples.append(Example(person, step.display_name, step.reason, step.action.value, *faces))
        return cls(Plan.of(record), held.hold.overwrites, held.hold.clears, examples)
