"""A plan that would lose too much waits; exactly at the limit it does not."""

from __future__ import annotations

import pytest

from samepic.model.decision import Action, Decision, Reason
from samepic.model.plan import Tally
from samepic.model.policy import Policy
from samepic.planning import hold, overwrites


def tally(
    lost: int = 0, clears: int = 0, of: int = 100, before: int | None = None, incomplete: tuple[str, ...] = ()
) -> Tally:
    return Tally(1000, {Reason.NEW: 900}, lost, clears, of, before, incomplete)


@pytest.mark.parametrize(
    ("overwritten", "cleared", "of", "held"),
    [
        (0, 0, 0, False),  # a first load into an empty target: 900 new
        (10, 0, 100, False),  # exactly the share
        (11, 0, 100, True),
        (6, 5, 100, True),  # both kinds of loss count together
        (5, 5, 100, False),
        (4, 0, 4, False),  # everything, but below hold_at_least
        (5, 0, 5, True),
        (5, 0, 50, False),
        (5, 0, 49, True),
        (3, 0, 30, False),
        (30, 0, 300, False),  # 0.1 * 300 is exactly 30, whatever floating point thinks
        (70, 0, 700, False),
        (5, 0, 0, True),  # pictures lost that nobody counted
    ],
)
def test_share(overwritten: int, cleared: int, of: int, held: bool) -> None:
    found = hold(tally(overwritten, cleared, of), Policy())
    assert (found is not None) is held
    if found is not None:
        assert found.reason == "share"
        assert (found.overwrites, found.clears, found.target_pictures, found.limit) == (overwritten, cleared, of, 0.1)
        assert f"overwrite {overwritten} and clear {cleared}" in found.words


def test_limits_are_the_policys() -> None:
    assert hold(tally(2), Policy(hold_share=0.0, hold_at_least=1)) is not None
    assert hold(tally(0), Policy(hold_share=0.0, hold_at_least=0)) is None
    assert hold(tally(100), Policy(hold_share=1.0)) is None


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        (None, 0, False),
        (0, 0, False),
        (1, 0, True),
        (100, 0, True),
        (100, 49, True),
        (100, 50, False),
        (9, 4, True),  # five fewer, which is most
        (8, 4, False),
        (7, 3, False),  # most of them, but only four
        (100, 200, False),
    ],
)
def test_suddenly_empty(before: int | None, now: int, held: bool) -> None:
    found = hold(tally(of=now, before=before), Policy())
    assert (found is not None) is held
    if found is not None:
        assert found.reason == "emptied"
        assert str(before) in found.words


def test_incomplete_listing_holds_even_a_plan_that_loses_nothing() -> None:
    found = hold(tally(incomplete=("exchange_online: the listing ended at page 3",)), Policy())
    assert found is not None
    assert found.reason == "incomplete"
    assert "page 3" in found.words


def test_words_tell_every_objection() -> None:
    found = hold(tally(30, 0, 40, 100, ("sharepoint_online: cut",)), Policy())
    assert found is not None
    assert found.reason == "incomplete"
    assert "cut" in found.words
    assert "had 100 pictures" in found.words
    assert "30" in found.words
    assert found.share == 0.75


@pytest.mark.parametrize(
    ("action", "reason", "loses"),
    [
        (Action.WRITE, Reason.NEW, False),
        (Action.WRITE, Reason.BLANKED, False),
        (Action.WRITE, Reason.CHANGED, True),
        (Action.WRITE, Reason.FIRST_MEETING, True),
        (Action.WRITE, Reason.DRIFTED, True),
        (Action.WRITE, Reason.CLASH, True),
        (Action.NOTHING, Reason.DRIFTED, False),
        (Action.CLEAR, Reason.REMOVED, False),  # counted as a clear
    ],
)
def test_what_counts_as_overwriting(action: Action, reason: Reason, loses: bool) -> None:
    assert overwrites(Decision(action, reason)) is loses
