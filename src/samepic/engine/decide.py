"""Decide a page of people from what was seen and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.facts import Known, facts_of, known_of
from samepic.engine.given import given_lately
from samepic.engine.remember import found_in_step, met
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.remembered import Memory, Row
from samepic.planning import decide

_ITS_OWN = (Reason.KEPT, Reason.PARTED)
"""The target has a picture that is not the source's: as far as a list of files tells."""


async def decide_rows(work: Work, rows: Sequence[Row], *, try_again: bool = False) -> list[Row]:
    """Decide each row; remember whoever was found in step or met for the first time.

    try_again: a person asks for themselves, so that what the target said the last time is not taken for its answer.
    """
    known = await recall(work, rows)
    if try_again:
        known = {key: _hopeful(one) for key, one in known.items()}
    decided = [_decided(work, row, known[row.key]) for row in rows]
    memories = [memory for row in decided if (memory := _finding(work, row, known[row.key]))]
    await work.remembering(work.state.memories.remember, work.route.name, memories)
    return decided


async def recall(work: Work, rows: Sequence[Row]) -> dict[str, Known]:
    """What is remembered of each, in one go."""
    keys = [row.key for row in rows]
    route, memories = work.route, work.state.memories

    def recalled() -> dict[str, Known]:
        parts = (
            memories.of(route.name, keys),
            memories.refusals(route.name, keys),
            memories.seen(route.source.profile.name, keys),
            memories.seen(route.target.profile.name, keys),
            given_lately(work, keys),
        )
        return {row.key: known_of(row, *parts) for row in rows}

    return await work.remembering(recalled)


def _hopeful(known: Known) -> Known:
    refusal = known.refusal
    return replace(known, refusal=None) if refusal is not None and refusal.not_eligible is not None else known


def _decided(work: Work, row: Row, known: Known) -> Row:
    policy = work.route.policy
    facts = facts_of(row, known, policy, work.route.target.profile, work.now())
    decision = decide(facts, policy)
    return replace(
        row,
        refused=facts.refused,
        not_eligible=facts.not_eligible,
        target_blank=facts.target_blank,
        likeness=facts.likeness,
        decision=decision,
        look_first=_look_first(work, row, decision, known),
        memory_version=known.memory.version if known.memory else 0,
    )


def _look_first(work: Work, row: Row, decision: Decision, known: Known) -> bool:
    """Whether the target has to be asked about this person.

    Before each write: where the target keeps the picture, and whether it may be written; somebody may have switched
    the sync off since the last one. Where a listed file would count as the target's own picture: whether that is
    shown at all.
    """
    if row.looked or decision.needs_comparison:
        return False
    if decision.action is not Action.NOTHING:
        return True
    lists_files = not work.route.target.profile.lists_people
    return lists_files and decision.reason in _ITS_OWN and known.target_verdict(row) is None


def _finding(work: Work, row: Row, known: Known) -> Memory | None:
    """What deciding alone teaches, None where nothing new is learnt."""
    decision = row.decision
    if decision is None or decision.needs_comparison or decision.action is not Action.NOTHING:
        return None
    if decision.reason is Reason.IN_STEP:
        return found_in_step(row, known, work.now())
    if decision.reason is Reason.FIRST_MEETING:
        return met(row, known, work.now())
    return None
