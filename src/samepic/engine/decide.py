"""Decide a page of people from what was seen and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.facts import Known, facts_of, known_of
from samepic.engine.remember import found_in_step, met
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.remembered import Memory, Row
from samepic.planning import decide


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
        )
        return {row.key: known_of(row, *parts) for row in rows}

    return await work.remembering(recalled)


def _hopeful(known: Known) -> Known:
    refusal = known.refusal
    return replace(known, refusal=None) if refusal is not None and refusal.not_eligible is not None else known


def _decided(work: Work, row: Row, known: Known) -> Row:
    policy, profile = work.route.policy, work.route.target.profile
    facts = facts_of(row, known, policy, profile.settles_within, work.now())
    decision = decide(facts, policy)
    return replace(
        row,
        refused=facts.refused,
        not_eligible=facts.not_eligible,
        target_blank=facts.target_blank,
        likeness=facts.likeness,
        decision=decision,
        look_first=_look_first(row, decision, known.memory),
        memory_version=known.memory.version if known.memory else 0,
    )


def _look_first(row: Row, decision: Decision, memory: Memory | None) -> bool:
    """Whether the target has to be asked before it is written: where it keeps the picture, and whether it may be."""
    if row.looked or decision.action is Action.NOTHING or decision.needs_comparison:
        return False
    return memory is None or memory.place is None or decision.reason is Reason.BLANKED


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
