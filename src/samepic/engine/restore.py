"""Put back what the target showed earlier, for a few people, a group, or all whom a run changed: by a plan too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from samepic.engine.alike import alike
from samepic.engine.breaker import done, weigh
from samepic.engine.finish import settle
from samepic.engine.lock import locked
from samepic.engine.many import each
from samepic.engine.observe import enter_groups, rows_of
from samepic.engine.order import CalledOff, unless_called_off
from samepic.engine.peek import many_writes, peek_into_vault
from samepic.engine.person import UnknownPerson, find, observe
from samepic.engine.phases import carry_out, look_back, tell_failed
from samepic.engine.plan import Plan, plan_of
from samepic.engine.recover import recover
from samepic.engine.restoring import Wanted, restoring
from samepic.engine.streak import Stop
from samepic.engine.swept import Swept
from samepic.engine.work import PAGE, Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.held import Kind
from samepic.model.person import Keys, Person
from samepic.model.plan import PlanId
from samepic.model.remembered import Row
from samepic.planning import hold
from samepic.ports.errors import PersonFault, SystemFault
from samepic.ports.progress import Phase

_GONE = "the census knows nobody of this id any more"


class NothingToRestore(Exception):
    """Nobody is meant: the run changed nobody, or is too long ago to be remembered."""


async def restore(
    work: Work, swept: Swept, wanted: Wanted, *, apply: bool, limit: int | None, approve: PlanId | None
) -> None:
    """Decide for everybody who is wanted, hold or write, keeping `swept` up to date. A Stop is told there.

    Raises UnknownPerson and NothingToRestore before anything is done.
    """
    try:
        if apply and not wanted.people:
            swept.written += (await recover(work)).finished
        await _observe(work, swept, wanted, apply)
        swept.plan = plan = await unless_called_off(work.ending, _planned(work, swept, wanted))
        swept.pending = plan.changes
        if not wanted.people:
            swept.held = await weigh(work, plan, apply=apply, approve=approve, kind=Kind.RESTORE)
        if apply and swept.held is None and plan.changes:
            await carry_out(work, swept, limit)
            await look_back(work, swept)
            if work.ending():
                raise CalledOff
            await done(work, plan.id)
    except CalledOff:
        swept.cancelled = True
    except Stop as stop:
        swept.stopped, swept.missing = stop.words, stop.missing


async def _observe(work: Work, swept: Swept, wanted: Wanted, apply: bool) -> None:
    """Find everybody, look at both of their systems, and decide; a page of rows at a time."""
    work.progress.begin(Phase.LOOKING, None)
    if not wanted.people:
        await enter_groups(work)
    some = False

    async def one(key: str) -> None:
        nonlocal some
        some = True
        await work.put([await _row(work, swept, key, wanted, apply)])
        work.progress.advance(1)

    await each(_keys(work, wanted), work.at_once, one)
    if not some and not work.ending():
        what = (
            f"the group {wanted.group!r} has no members" if wanted.group else f"no change by run {wanted.run} is known"
        )
        raise NothingToRestore(f"{what}: there is nothing to put back")


async def _row(work: Work, swept: Swept, key: str, wanted: Wanted, apply: bool) -> Row:
    try:
        row = await _in_census(work, key, wanted)
    except UnknownPerson:
        if wanted.people:
            raise
        gone = Row(key, Person(Keys(object_id=key)), unmatched=_GONE)
        return replace(gone, decision=Decision(Action.NOTHING, Reason.UNMATCHED, _GONE))
    except SystemFault as fault:
        return _failed(Row(key, Person(Keys(object_id=key))), await work.streak.met(fault))
    try:
        if apply and wanted.people:
            await _settled(work, swept, row.key)
        observed = await observe(work, row)
    except SystemFault as fault:
        return _failed(row, await work.streak.met(fault))
    work.streak.well()
    return await restoring(work, observed.row, wanted)


async def _in_census(work: Work, key: str, wanted: Wanted) -> Row:
    """Of many people each is held against the groups of the policy as they were listed once."""
    if wanted.people:
        [row] = await find(work, [key])
        return row
    census = work.route.census
    found = await census.find(key)
    if found is None:
        raise UnknownPerson([key], census.profile.name)
    [row] = await rows_of(work, [found])
    return row


async def _settled(work: Work, swept: Swept, key: str) -> None:
    try:
        async with locked(work, key):
            swept.written += await settle(work, key) is not None
    except PersonFault:
        pass  # the target will have none of what was begun; what was there before it is what is wanted


async def _keys(work: Work, wanted: Wanted) -> AsyncIterator[str]:
    """Whom it is about, until the run is to end."""
    async for key in _every(work, wanted):
        if work.ending():
            return
        yield key


async def _every(work: Work, wanted: Wanted) -> AsyncIterator[str]:
    for key in wanted.people:
        yield key
    if wanted.run is not None:
        after = ""
        while page := await work.remembering(work.state.changes.people_of, work.route.name, wanted.run, after, PAGE):
            for key in page:
                yield key
            after = page[-1]
    if wanted.group is not None:
        try:
            async for member in work.route.census.members(wanted.group):
                yield member.casefold()
        except SystemFault as fault:
            raise Stop.of(fault) from fault


async def _planned(work: Work, swept: Swept, wanted: Wanted) -> Plan:
    """Held as a run over everybody would be: against all of the target's pictures, not only those looked at."""
    many = not wanted.people and await many_writes(work)
    if many:
        await peek_into_vault(work)
    plan = await plan_of(work, (), await alike(work) if many else None, everybody=False)
    await tell_failed(work, swept)
    before = await work.remembering(work.state.runs.pictures, work.route.name)
    shown = before.target
    if shown is None:
        shown = await work.remembering(work.state.memories.count, work.route.name)
    tally = replace(plan.tally, target_pictures=max(shown, plan.tally.target_pictures))
    return replace(plan, tally=tally, held=hold(tally, work.route.policy))


def _failed(row: Row, words: str) -> Row:
    return replace(row, failed=words, decision=Decision(Action.NOTHING, Reason.WAITING, words))
