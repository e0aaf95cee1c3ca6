"""What becomes of a plan that is held: it waits for a person's word, and goes by that word alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from samepic.engine.plan import Plan
from samepic.engine.work import Work
from samepic.model.held import HeldPlan, Kind, PlanEvent, PlanGlance, PlanRecord, Said, Standing
from samepic.model.plan import Hold, PlanId
from samepic.model.sayings import Saying, saying, together
from samepic.ports.clock import Clock
from samepic.ports.state import State

_APPROVED = (Standing.APPROVED, Standing.BEGUN)

_STALE_BY: Mapping[Kind, Collection[Kind]] = {
    Kind.SYNC: (Kind.SYNC, Kind.INCREMENTAL),
    Kind.INCREMENTAL: (Kind.INCREMENTAL,),
    Kind.RESTORE: (),
}
"""Which plans are stale once another of a kind is made. Whom an incremental one did not look at may be as they were."""


class NoSuchPlan(Exception):
    """No plan of this id was ever held."""

    def __init__(self, plan: PlanId) -> None:
        super().__init__(f"no such plan: {plan}; `samepic plans` lists those that were held")
        self.plan = plan


class NotWaiting(Exception):
    """The plan does not wait for a person's word any more; `event` is why. now: the plan that waits instead."""

    def __init__(self, event: PlanEvent, now: PlanGlance | None = None) -> None:
        super().__init__(_why_not(event, now))
        self.event = event
        self.now = now


def say(state: State, clock: Clock, route: str, plan: PlanId, what: Standing, said: Said) -> PlanRecord:
    """Enter a person's word, APPROVED or REJECTED; saying the same again changes nothing.

    An approval that no run has begun upon may still be taken back by rejecting. Raises NoSuchPlan, NotWaiting.
    """
    given = (Standing.HELD,) if what is Standing.APPROVED else (Standing.HELD, Standing.APPROVED)
    before = state.plans.enter(PlanEvent(plan, route, clock.now(), what, said), given)
    record = state.plans.of(route, plan)
    if before is None or record is None:
        raise NoSuchPlan(plan)
    if before.what not in given and before.what is not what:
        waiting = [one for one in state.plans.latest(route, 20) if one.standing in (Standing.HELD, *_APPROVED)]
        raise NotWaiting(before, waiting[0] if waiting else None)
    return record


async def weigh(work: Work, plan: Plan, *, apply: bool, approve: PlanId | None, kind: Kind = Kind.SYNC) -> Hold | None:
    """Say whether a finished plan waits, by its hold and by what people said about it. With `apply` it begins.

    approve: the plan that somebody means; None where they mean whichever it is.
    """
    stale = [] if plan.tally.incomplete else await _outdate(work, plan, _STALE_BY[kind])
    last = await _last(work, plan, kind)
    if approve is not None and approve != plan.id:
        return _changed_since(approve, plan)
    if last is not None and last.what is Standing.REJECTED:
        return _rejected(plan, last)
    if last is None or plan.held is None:
        if last is not None and apply:  # nothing objects any more
            await _enter(work, plan.id, Standing.BEGUN if last.what in _APPROVED else Standing.DONE, (last.what,))
        return None
    if last.what in _APPROVED:
        if not apply or await _enter(work, plan.id, Standing.BEGUN, _APPROVED):
            return None
        return await weigh(work, plan, apply=apply, approve=approve, kind=kind)  # taken back at this very moment
    if approve is not None and not apply:
        return None
    return _told_of_stale(plan.held, [record for record in stale if record.standing is Standing.APPROVED])


async def done(work: Work, plan: PlanId) -> None:
    """Enter that an approved plan was carried out to its end."""
    await _enter(work, plan, Standing.DONE, (Standing.BEGUN,))


async def _outdate(work: Work, plan: Plan, kinds: Collection[Kind]) -> list[PlanGlance]:
    """What an incomplete listing shows makes no plan stale, so that this is not called for one."""
    if not kinds:
        return []
    event = PlanEvent(plan.id, work.route.name, work.now(), Standing.STALE, run=work.run)
    return await work.remembering(work.state.plans.outdate, event, kinds)


async def _last(work: Work, plan: Plan, kind: Kind) -> PlanEvent | None:
    """What happened to this plan last; that it is held now, where nothing has been said."""
    plans, route = work.state.plans, work.route.name
    if plan.held is None:
        record = await work.remembering(plans.of, route, plan.id)
        return record.last if record and record.standing not in (Standing.STALE, Standing.DONE) else None
    held = HeldPlan(
        plan.id,
        route,
        work.run,
        work.now(),
        plan.held,
        plan.tally.people,
        plan.changes,
        plan.tally.counts,
        kind,
        plan.examples,
    )
    return await work.remembering(plans.found_held, held)


async def _enter(work: Work, plan: PlanId, what: Standing, given: tuple[Standing, ...]) -> bool:
    event = PlanEvent(plan, work.route.name, work.now(), what, run=work.run)
    before = await work.remembering(work.state.plans.enter, event, given)
    return before is not None and before.what in given


def _changed_since(approved: PlanId, plan: Plan) -> Hold:
    """The hold of a plan that is not the one that was approved."""
    words: list[str] = [saying("facts_changed", plan=approved)]
    if plan.held is None:
        words += [saying("nothing_objects", plan=plan.id)]
    else:
        words += [saying("look_and_approve", plan=plan.id), plan.held.words]
    return replace(_numbers(plan), reason="changed", words=together(words, "then"))


def _rejected(plan: Plan, last: PlanEvent) -> Hold:
    words = [_stays_held(last), *([plan.held.words] if plan.held else [])]
    return replace(_numbers(plan), reason="rejected", words=together(words, "then"))


def _numbers(plan: Plan) -> Hold:
    tally = plan.tally
    return plan.held or Hold("", "", tally.overwrites, tally.clears, tally.target_pictures)


def _told_of_stale(held: Hold, approved: list[PlanGlance]) -> Hold:
    if not approved:
        return held
    plan, who = approved[0].held.plan, approved[0].last.said.who
    words = saying("approved_then_by", plan=plan, who=who) if who else saying("approved_then", plan=plan)
    return replace(held, words=together((words, held.words), "then"))


def _why_not(event: PlanEvent, now: PlanGlance | None) -> str:
    if event.what is Standing.REJECTED:
        return _stays_held(event).removesuffix(".")
    if event.what is Standing.STALE:
        instead = f"; plan {now.held.plan} is {now.standing} now" if now else "; `samepic plan` makes the new one"
        return f"plan {event.plan} is stale: the facts have changed since it was made{instead}"
    if event.what is Standing.BEGUN:
        return f"plan {event.plan} was approved, and a sync has begun upon it"
    return f"plan {event.plan} is {event.what} already"


def _stays_held(event: PlanEvent) -> Saying:
    """Of a plan that was rejected."""
    said, known = event.said, {"plan": event.plan, "at": f"{event.at:%Y-%m-%d %H:%M}"}
    rejected = saying("rejected_by", **known, who=said.who) if said.who else saying("rejected", **known)
    if not said.why:
        return saying("stays_held", rejected=rejected)
    return saying("stays_held_why", rejected=rejected, why=said.why.rstrip("."))
