"""Count what a plan's steps will ask of the systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from samepic.engine.remember import did_not_come_from_us
from samepic.engine.work import PAGE
from samepic.model.ahead import Ahead
from samepic.model.decision import Action
from samepic.model.person import is_object_id
from samepic.model.picture import NO_PICTURE, NOT_TOLD
from samepic.model.plan import RunId
from samepic.model.policy import Policy
from samepic.model.remembered import Memory, Row
from samepic.model.shard import EVERYBODY
from samepic.ports.state import State


def ahead_of(state: State, route: str, policy: Policy, run: RunId) -> Ahead:
    """What the sync of a plan has before it: all comparing has been done. Goes through the plan's rows once."""
    counts: Counter[str] = Counter(person=0, looked=0)
    named = sum(not is_object_id(group) for group in policy.groups)
    counts.update(groups=len(policy.groups), named=named, members=state.listings.count_members(run))
    after = EVERYBODY.after
    while page := state.rows.page(run, after, PAGE, None, EVERYBODY.upto):
        memories = state.memories.of(route, [row.key for row in page if _changes(row)])
        for row in page:
            counts.update(_of(row, memories))
        after = page[-1].key
    return Ahead(**counts)


def _of(row: Row, memories: Mapping[str, Memory]) -> Iterator[str]:
    yield "person"
    if row.source is not NOT_TOLD:
        yield "looked"
    if isinstance(row.target, str):
        yield "shown"
    has_files = isinstance(row.target, str) or row.blanked_by_system
    if not _changes(row):
        if row.looked:
            yield "turned"
            if has_files:
                yield "turned_files"
    elif row.decision is not None and row.decision.action is Action.CLEAR:
        yield "cleared"
    else:
        yield "written"
        if row.target is not NO_PICTURE:
            yield "over"
        elif has_files:
            yield "hidden"
    if _changes(row) and did_not_come_from_us(row, memories.get(row.key)):
        yield "kept"


def _changes(row: Row) -> bool:
    return row.decision is not None and row.decision.action is not Action.NOTHING and row.failed is None
