"""A finished plan: every step in order, its numbers, its digest, and whether it is held."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from samepic.engine.work import Work
from samepic.model.decision import Action, Reason
from samepic.model.picture import Answer, PictureState
from samepic.model.plan import Hold, PlanId, Step, Tally
from samepic.model.remembered import Row
from samepic.planning import hold, overwrites
from samepic.ports.progress import Phase


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do. changes: steps that would change the target."""

    id: PlanId
    tally: Tally
    held: Hold | None
    changes: int
    failed: int


@dataclass(slots=True)
class _Sum:
    """Adds up rows as they stream past."""

    counts: Counter[Reason] = field(default_factory=Counter)
    overwrites: int = 0
    clears: int = 0
    changes: int = 0
    failed: int = 0
    target_pictures: int = 0
    digest: int = 0

    def add(self, row: Row) -> None:
        """Count one row. The digest is a sum, so that it does not depend on the order of the steps."""
        decision = row.decision
        if decision is None:
            return
        self.counts[decision.reason] += 1
        self.target_pictures += row.not_eligible is None and row.unmatched is None and target_has_picture(row)
        if row.failed is not None:
            self.failed += 1
        elif decision.action is not Action.NOTHING:
            self.changes += 1
            self.overwrites += overwrites(decision)
            self.clears += decision.action is Action.CLEAR
            self.digest = (self.digest + _digest(row)) % 2**256


def target_has_picture(row: Row) -> bool:
    """Whether the target shows a picture of this person; a placeholder is none, whoever put it there."""
    return isinstance(row.target, str) and not row.target_blank and not row.blanked_by_system


async def plan_of(work: Work, incomplete: Sequence[str]) -> Plan:
    """Go through every decided row once, telling whoever watches."""
    work.progress.begin(Phase.DECIDING, await work.remembering(work.state.rows.count, work.run))
    total = _Sum()
    async for page in work.pages():
        for row in page:
            total.add(row)
            if row.decision is not None:
                work.progress.decided(step_of(row))
        work.progress.advance(len(page))
    before = await work.remembering(work.state.runs.target_pictures, work.route.name)
    tally = _tally(total, before, incomplete)
    return Plan(_id(work, total), tally, hold(tally, work.route.policy), total.changes, total.failed)


def plan_of_request(work: Work, rows: Iterable[Row]) -> Plan:
    """The same for a few people at hand; a request is never held."""
    total = _Sum()
    for row in rows:
        total.add(row)
    return Plan(_id(work, total), _tally(total, None, ()), None, total.changes, total.failed)


def step_of(row: Row) -> Step:
    """A row as whoever watches sees it."""
    decision = row.decision
    if decision is None:
        raise ValueError(f"{row.key} is not decided yet")
    return Step(
        keys=row.person.keys,
        display_name=row.person.display_name,
        action=decision.action,
        reason=decision.reason,
        detail=row.failed or decision.detail,
        source=row.source,
        target=row.target,
    )


def changed_since(approved: PlanId, plan: Plan) -> Hold:
    """The hold of a plan that is not the one that was approved."""
    return Hold(
        reason="changed",
        words=f"The facts have changed since plan {approved} was made. This is plan {plan.id}: look at it and approve "
        "it, or sync without approving any.",
        overwrites=plan.tally.overwrites,
        clears=plan.tally.clears,
        target_pictures=plan.tally.target_pictures,
    )


def _tally(total: _Sum, before: int | None, incomplete: Sequence[str]) -> Tally:
    return Tally(
        people=total.counts.total(),
        counts=dict(total.counts),
        overwrites=total.overwrites,
        clears=total.clears,
        target_pictures=total.target_pictures,
        target_pictures_before=before,
        incomplete=tuple(incomplete),
    )


def _id(work: Work, total: _Sum) -> PlanId:
    """The same steps give the same id, in whichever run they were decided: what was approved is what is meant."""
    return PlanId(_hash(work.route.name, f"{total.changes}", f"{total.digest:064x}")[:12])


def _digest(row: Row) -> int:
    decision = row.decision
    if decision is None:
        return 0
    parts = (row.key, decision.action, decision.reason, _text(row.source), _text(row.target), row.original or "")
    return int(_hash(*parts), 16)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _text(state: PictureState) -> str:
    return state.value if isinstance(state, Answer) else f"={state}"
