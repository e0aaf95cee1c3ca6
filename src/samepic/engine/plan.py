"""A finished plan: every step in order, its numbers, its digest, and whether it is held."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from samepic.engine.alike import Alike
from samepic.engine.examples import Examples
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.picture import NOT_TOLD, Answer, PictureState
from samepic.model.plan import Hold, PlanId, Step, Tally
from samepic.model.remembered import Refusal, Row
from samepic.planning import BLANK_SOURCE, hold, overwrites
from samepic.ports.progress import Phase


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    changes: steps that would change the target. source_pictures: those that the source told of, of people who take
    part. examples: where it is held, some of the steps that the hold is about.
    """

    id: PlanId
    tally: Tally
    held: Hold | None
    changes: int
    failed: int
    source_pictures: int = 0
    examples: tuple[Step, ...] = ()


@dataclass(slots=True)
class _Sum:
    """Adds up rows as they stream past."""

    counts: Counter[Reason] = field(default_factory=Counter)
    overwrites: int = 0
    clears: int = 0
    changes: int = 0
    failed: int = 0
    target_pictures: int = 0
    source_pictures: int = 0
    source_untold: int = 0
    blanks: int = 0
    digest: int = 0

    def add(self, row: Row, *, blank: bool = False) -> None:
        """Count one row. The digest is a sum, so that it does not depend on the order of the steps.

        blank: the source's picture has become one.
        """
        decision = row.decision
        if decision is None:
            return
        self.counts[decision.reason] += 1
        if row.not_eligible is None and row.unmatched is None:
            self.target_pictures += target_has_picture(row) or _may_yet_show(row, decision)
            self.source_pictures += isinstance(row.source, str)
            self.source_untold += row.source is NOT_TOLD
        if blank:
            self.blanks += 1
            self.digest = (self.digest + _digest(row)) % 2**256
        if row.failed is not None:
            self.failed += 1
        elif decision.action is not Action.NOTHING:
            self.changes += 1
            self.overwrites += overwrites(decision)
            self.clears += decision.action is Action.CLEAR
            self.digest = (self.digest + _digest(row)) % 2**256


def _may_yet_show(row: Row, decision: Decision) -> bool:
    """Whether the target may have a picture that it does not show: what was written lately is not missing."""
    return decision.reason is Reason.WAITING and (row.target is NOT_TOLD or isinstance(row.source, str))


def target_has_picture(row: Row) -> bool:
    """Whether the target shows a picture of this person; a placeholder is none, whoever put it there."""
    return isinstance(row.target, str) and not row.target_blank and not row.blanked_by_system


async def plan_of(
    work: Work, incomplete: Sequence[str], same: Alike | None = None, *, everybody: bool = True, of_all: bool = False
) -> Plan:
    """Go through every decided row once, telling whoever watches. same: the picture that would go to most people.

    everybody: the rows are all who take part, so that what each side holds can be held against what it held.
    of_all: they are not, and a share is one of all pictures that the target held at the last sweep.
    """
    work.progress.begin(Phase.DECIDING, await work.count())
    total, examples = _Sum(), Examples(same.keys if same else ())
    async for page in work.pages():
        blanks = await new_blanks(work, page)
        for row in page:
            blank = row.key in blanks
            total.add(row, blank=blank)
            if row.decision is not None:
                step = step_of(row)
                examples.add(row.key, step, blank=blank)
                work.progress.decided(step)
        work.progress.advance(len(page))
    tally = await _lately(work, _tally(total, incomplete), same or Alike(), everybody, of_all)
    held = hold(tally, work.route.policy)
    return Plan(
        _id(work, total, held),
        tally,
        held,
        total.changes,
        total.failed,
        total.source_pictures,
        examples.of(held.objections) if held else (),
    )


def plan_of_request(work: Work, rows: Iterable[Row]) -> Plan:
    """The same for a few people at hand; a request is never held."""
    total = _Sum()
    for row in rows:
        total.add(row)
    return Plan(_id(work, total, None), _tally(total, ()), None, total.changes, total.failed)


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
        original=row.original,
    )


def _tally(total: _Sum, incomplete: Sequence[str]) -> Tally:
    """What was not told by the source is not known to be missing, and counts as if it were there."""
    return Tally(
        people=total.counts.total(),
        counts=dict(total.counts),
        overwrites=total.overwrites,
        clears=total.clears,
        target_pictures=total.target_pictures,
        incomplete=tuple(incomplete),
        source_pictures=total.source_pictures + total.source_untold,
        blanks=total.blanks,
    )


async def _lately(work: Work, tally: Tally, same: Alike, everybody: bool, of_all: bool) -> Tally:
    """With what the runs before have left and lost."""
    since = work.now() - work.route.policy.hold_within
    before = await work.remembering(work.state.runs.pictures, work.route.name)
    lost = await work.remembering(work.state.lately.lost_since, work.route.name, since, work.run)
    return replace(
        tally,
        target_pictures=max(tally.target_pictures, (before.target or 0) if of_all else 0),
        target_pictures_before=before.target if everybody else None,
        source_pictures_before=before.source if everybody else None,
        lost_before=lost,
        same=same.now,
        same_before=same.before,
    )


async def new_blanks(work: Work, page: Sequence[Row]) -> set[str]:
    """Whose picture at the source has become a blank, which no run that was let through has met yet."""
    keys = [row.key for row in page if row.decision and row.decision.reason is Reason.REFUSED]
    keys = [row.key for row in page if row.refused == BLANK_SOURCE and row.key in set(keys)]
    if not keys:
        return set()
    known = await work.remembering(work.state.memories.refusals, work.route.name, keys)
    return {row.key for row in page if row.key in set(keys) and not _is_of(known.get(row.key), row)}


def _is_of(refusal: Refusal | None, row: Row) -> bool:
    return refusal is not None and refusal.stamp == row.source


def _id(work: Work, total: _Sum, held: Hold | None) -> PlanId:
    """The same steps give the same id, in whichever run they were decided: what was approved is what is meant.

    A hold that is about no step brings its numbers in.
    """
    about = []
    if held is not None and "emptied" in held.objections:
        about.append(f"target {held.target_pictures}")
    if held is not None and "source_lost" in held.objections:
        about.append(f"source {held.source_pictures}")
    return PlanId(_hash(work.route.name, f"{total.changes}", f"{total.digest:064x}", *about)[:12])


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
