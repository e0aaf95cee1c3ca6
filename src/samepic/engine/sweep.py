"""A run over everybody: observe, ask, decide, hold or apply, remember."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from samepic.engine.alike import alike
from samepic.engine.apply import Taken, take
from samepic.engine.ask import ask_rows
from samepic.engine.breaker import done, weigh
from samepic.engine.convoy import TOGETHER
from samepic.engine.decide import decide_rows
from samepic.engine.look import look_at_sources, look_at_targets
from samepic.engine.many import each, in_groups, one_by_one
from samepic.engine.match import match
from samepic.engine.observe import observe_census, observe_listing
from samepic.engine.peek import peek
from samepic.engine.plan import Plan, new_blanks, plan_of, step_of, target_has_picture
from samepic.engine.recover import recover
from samepic.engine.streak import Stop
from samepic.engine.tidy import tidy
from samepic.engine.verify import Verified, verify
from samepic.engine.work import Work
from samepic.model.decision import Reason
from samepic.model.outcome import Failure, LookedAt, MatchedNobody, StepResult
from samepic.model.picture import Stamp
from samepic.model.plan import Hold, PlanId
from samepic.model.remembered import Refusal, Row, Stage
from samepic.planning import BLANK_SOURCE
from samepic.ports.progress import Phase

_FAILURES_TOLD = 100


@dataclass(slots=True)
class Swept:
    """What has come of a sweep so far; readable at any moment, also after it was cancelled."""

    plan: Plan | None = None
    held: Hold | None = None
    stopped: str | None = None
    written: int = 0
    cleared: int = 0
    failed: int = 0
    gained: int = 0  # pictures that the target has now and had not
    pending: int = 0
    failures: list[Failure] = field(default_factory=list)
    matched_nobody: MatchedNobody = field(default_factory=MatchedNobody)
    moved: Counter[Reason] = field(default_factory=Counter)  # what the steps taken add to the plan's counts
    verified: Verified = field(default_factory=Verified)

    @property
    def looked_at(self) -> LookedAt:
        """What looks at written people showed, in numbers."""
        return self.verified.looked_at

    def count(self, taken: Taken) -> None:
        """Count one step taken."""
        had_one = target_has_picture(taken.row)
        self.pending -= 1
        match taken.result:
            case StepResult.WRITTEN:
                self.written += 1
                self.gained += not had_one
                self._move(taken.row, Reason.IN_STEP)
            case StepResult.CLEARED:
                self.cleared += 1
                self.gained -= had_one
                self._move(taken.row, Reason.ABSENT)
            case StepResult.FAILED:
                self.fail(name_of(taken.row), taken.words)
            case StepResult.SKIPPED:
                pass

    def standing(self, planned: Mapping[Reason, int]) -> dict[Reason, int]:
        """How many people stand where after the steps taken, from how many the plan had where."""
        counts = Counter(planned)
        counts.update(self.moved)
        return {reason: count for reason, count in counts.items() if count > 0}

    def _move(self, row: Row, to: Reason) -> None:
        if row.decision is not None and row.decision.reason is not Reason.RESTORED:
            self.moved[row.decision.reason] -= 1
            self.moved[to] += 1

    def fail(self, person: str, words: str) -> None:
        """Count a person who is left for the next run; only the first hundred are told by name."""
        self.failed += 1
        if len(self.failures) < _FAILURES_TOLD:
            self.failures.append(Failure(person, words))


async def sweep(work: Work, swept: Swept, *, apply: bool, limit: int | None, approve: PlanId | None) -> None:
    """Run, keeping `swept` up to date. A Stop is told there; anything else is raised."""
    try:
        if apply:
            await _recover(work, swept)
        swept.plan = plan = await _planned(work, swept)
        swept.pending = plan.changes
        swept.held = await weigh(work, plan, apply=apply, approve=approve)
        if apply and swept.held is None:
            await _refuse_blanks(work, plan)
            if plan.changes:
                await carry_out(work, swept, plan, limit)
            await look_back(work, swept)
            await done(work, plan)
        if apply and swept.held is None and not plan.tally.incomplete:
            await tidy(work)
    except Stop as stop:
        swept.stopped = stop.words


async def _recover(work: Work, swept: Swept) -> None:
    recovered = await recover(work)
    swept.written += recovered.finished


async def _planned(work: Work, swept: Swept) -> Plan:
    census = await observe_census(work)
    swept.matched_nobody = census.matched_nobody
    incomplete = [*census.incomplete, *await _observe_systems(work)]
    await _decide(work)
    for _ in range(2):  # what a look shows may have to be compared, and then looked at; hardly anybody's does
        await ask_rows(work)
        await _look_where_needed(work)
    plan = await plan_of(work, incomplete, await alike(work) if await peek(work) else None)
    async for page in work.pages(Stage.FAILED):
        for row in page:
            swept.fail(name_of(row), row.failed or "")
    return plan


async def _observe_systems(work: Work) -> list[str]:
    """The target is listed while the source is; looks begin when the listings have shown whom to ask about."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(observe_listing(work, system)) for system in (work.route.source, work.route.target)
            ]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    cut = [task.result() for task in tasks]
    systems = (work.route.source.profile.name, work.route.target.profile.name)
    complete = {name for name, words in zip(systems, cut, strict=True) if not words}
    async for page in work.pages():
        await work.put(await match(work, page, complete))
    await look_at_sources(work)
    await look_at_targets(work, Stage.TARGET_UNTOLD)
    return [words for several_words in cut for words in several_words]


async def _decide(work: Work) -> None:
    async for page in work.pages():
        await work.put(await decide_rows(work, page))


async def _look_where_needed(work: Work) -> None:
    """Ask the target about those it would be written for, and decide them again."""
    await look_at_targets(work, Stage.TO_LOOK)
    async for page in work.pages(Stage.UNDECIDED):
        await work.put(await decide_rows(work, page))


async def _refuse_blanks(work: Work, plan: Plan) -> None:
    """Remember those that nobody objected to, or somebody has seen: they are new to no later run."""
    if not plan.tally.blanks:
        return
    async for page in work.pages():
        blanks = await new_blanks(work, page)
        for row in page:
            if row.key in blanks and isinstance(row.source, str):
                refusal = Refusal(Stamp(row.source), BLANK_SOURCE, work.now())
                await work.remembering(work.state.memories.refuse, work.route.name, row.key, refusal)


async def look_back(work: Work, swept: Swept, key: str | None = None) -> None:
    """Look whether what was changed shows, and count it."""
    found = await verify(work, key)
    swept.verified.counts.update(found.counts)
    swept.verified.did_not_take += found.did_not_take
    swept.failures += found.did_not_take[: max(0, _FAILURES_TOLD - len(swept.failures))]


async def carry_out(work: Work, swept: Swept, plan: Plan, limit: int | None) -> None:
    """Take every step of the plan, at most `limit`, keeping `swept` up to date. Raises Stop."""
    work.progress.begin(Phase.WRITING, plan.changes if limit is None else min(limit, plan.changes))

    async def step(row: Row) -> None:
        taken = await take(work, row, as_decided=True)
        if taken.row != row:  # refused, not eligible or failed, as only the attempt could show
            await work.put([taken.row])
        swept.count(taken)
        work.progress.done(step_of(taken.row), taken.result, taken.before, taken.after, taken.words)
        work.progress.advance(1)

    async def several(rows: list[Row]) -> None:
        await each(one_by_one(rows), len(rows), step)

    await each(in_groups(_steps(work, limit), TOGETHER), work.at_once // TOGETHER, several)


async def _steps(work: Work, limit: int | None) -> AsyncIterator[Row]:
    left = limit
    async for page in work.pages(Stage.TO_TAKE):
        for row in page:
            if left is not None:
                if left <= 0:
                    return
                left -= 1
            yield row


def name_of(row: Row) -> str:
    """The person as whoever reads of a failure knows them."""
    return row.person.keys.upn or row.person.keys.mail or row.key
