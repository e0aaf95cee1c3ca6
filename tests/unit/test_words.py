"""Every reason has its words, and the reference has every reason."""

from __future__ import annotations

import importlib.util
from itertools import product
from pathlib import Path

import pytest
from tests.unit.test_decision_table import POLICIES, cells

from samepic.model.decision import Action, Decision, Reason
from samepic.model.held import Standing
from samepic.model.person import NotEligible
from samepic.model.plan import Tally
from samepic.model.policy import Policy
from samepic.planning import HOLDS, NOT_ELIGIBLE, REASONS, STANDINGS, WHEN, Words, decide, hold, next_steps, words_for

ROOT = Path(__file__).parents[2]


def test_every_reason_and_every_rule_has_words() -> None:
    assert set(REASONS) == set(WHEN) == set(Reason)
    assert set(NOT_ELIGIBLE) == set(NotEligible)


@pytest.mark.parametrize("words", [*REASONS.values(), *NOT_ELIGIBLE.values()])
def test_words_are_whole_sentences(words: Words) -> None:
    for text in (words.meaning, words.next_step, words.person_can, words.administrator_can):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


def test_the_next_step_tells_the_action_that_was_decided() -> None:
    """Over every cell of the decision table: what is said is what is done."""
    seen = {
        (decision.reason, decision.action)
        for policy in POLICIES
        for facts in cells()
        for decision in [decide(facts, policy)]
        if not decision.needs_comparison
    }
    for reason, action in seen:
        step = words_for(Decision(action, reason)).next_step
        assert (" writes the source's picture" in step) is (action is Action.WRITE), (reason, action, step)
        assert (" clears " in step) is (action is Action.CLEAR), (reason, action, step)


def test_a_policys_advice_is_for_the_other_choice() -> None:
    for reason, action in product((Reason.DRIFTED, Reason.CLASH, Reason.FIRST_MEETING), (Action.NOTHING, Action.WRITE)):
        other = "write" if action is Action.NOTHING else "show"
        assert f"`{reason}` to {other}" in words_for(Decision(action, reason)).administrator_can
    assert "to mirror" in words_for(Decision(Action.NOTHING, Reason.REMOVED)).administrator_can
    assert "to keep" in words_for(Decision(Action.CLEAR, Reason.REMOVED)).administrator_can


@pytest.mark.parametrize("why", NotEligible)
def test_who_takes_no_part_is_told_which_rule_it_is(why: NotEligible) -> None:
    assert words_for(Decision(Action.NOTHING, Reason.NOT_ELIGIBLE, why.value), why) == NOT_ELIGIBLE[why]


def test_the_default_comes_first() -> None:
    assert "writes" in next_steps(Reason.FIRST_MEETING)[0]
    assert "leaves" in next_steps(Reason.DRIFTED)[0]


def test_the_reference_is_up_to_date_and_complete() -> None:
    spec = importlib.util.spec_from_file_location("write_reasons", ROOT / "tools/write_reasons.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    written = (ROOT / "docs/reference/reasons.md").read_text(encoding="utf-8")
    assert written == tool.page(), "run .venv/bin/python tools/write_reasons.py"
    assert all(f"\n## {reason}\n" in written for reason in Reason)
    assert all(f"| {why} |" in written for why in NotEligible)


def test_every_hold_and_every_standing_has_words() -> None:
    every = hold(
        Tally(100, {}, 5, 0, 1, 100, ("cut",), source_pictures_before=100, lost_before=50, same=9, blanks=9), Policy()
    )
    waves = hold(Tally(100, {}, 5, 0, 60, lost_before=5), Policy())
    assert every is not None and waves is not None
    assert {*every.objections, *waves.objections, "changed", "rejected"} == set(HOLDS)
    assert set(STANDINGS) == set(Standing)
    for text in (*STANDINGS.values(), *(words for pair in HOLDS.values() for words in pair)):
        assert text[0].isupper() and text.endswith(".") and "  " not in text
