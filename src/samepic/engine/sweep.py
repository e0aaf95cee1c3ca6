"""A sweep in one go, by one process: observe, ask, decide, hold or apply, remember."""

from __future__ import annotations

from samepic.engine.breaker import done, weigh
from samepic.engine.learn import learn
from samepic.engine.news import keep
from samepic.engine.order import CalledOff, unless_called_off
from samepic.engine.phases import carry_out, let_through, look_back, observe, planned, tell_failed
from samepic.engine.plan import Plan
from samepic.engine.recover import recover
from samepic.engine.streak import Stop
from samepic.engine.swept import Swept
from samepic.engine.tidy import tidy
from samepic.engine.work import Work
from samepic.model.held import Kind
from samepic.model.plan import PlanId
from samepic.model.sweeping import Observed


async def sweep(
    work: Work, swept: Swept, *, apply: bool, limit: int | None, approve: PlanId | None, full: bool = True
) -> None:
    """Run, keeping `swept` up to date. A Stop, and a word that ends it, are told there; anything else is raised."""
    swept.observed = Observed(full=full)
    try:
        if apply:
            swept.written += (await recover(work)).finished
        observing = observe(work, full=full, keeps=apply)
        swept.observed = observed = await unless_called_off(work.ending, observing)
        swept.plan = plan = await unless_called_off(work.ending, _planned(work, swept, observed))
        swept.pending = plan.changes
        kind = Kind.SYNC if observed.full else Kind.INCREMENTAL
        swept.held = await weigh(work, plan, apply=apply, approve=approve, kind=kind)
        if apply and swept.held is None:
            await let_through(work, plan)
            if plan.changes:
                await carry_out(work, swept, limit)
            await look_back(work, swept)
            if work.ending():
                raise CalledOff
            await done(work, plan.id)
        if apply and swept.held is None and not plan.tally.incomplete:
            if observed.full:
                await tidy(work)
            await keep(work, observed)
    except CalledOff:
        swept.cancelled = True
    except Stop as stop:
        swept.stopped, swept.missing = stop.words, stop.missing


async def _planned(work: Work, swept: Swept, observed: Observed) -> Plan:
    swept.matched_nobody = observed.matched_nobody
    many = await learn(work, observed)
    plan = await planned(work, observed, many_writes=many)
    await tell_failed(work, swept)
    return plan
