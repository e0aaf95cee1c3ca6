"""A plan that would lose too much waits; exactly at the limit it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.english import left_in_english

from samepic.model.decision import Action, Decision, Reason
from samepic.model.plan import Tally
from samepic.model.policy import Policy
from samepic.planning import hold, overwrites
from samepic.state.plans import hold_of, hold_text


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


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        (None, 0, False),
        (0, 0, False),
        (1, 0, False),  # one person's own right
        (4, 0, False),
        (5, 0, True),
        (100, 0, True),
        (100, 49, True),
        (100, 50, False),
        (9, 4, True),
        (8, 4, False),
        (7, 3, False),
        (100, 200, False),
    ],
)
def test_a_source_that_lost_its_pictures(before: int | None, now: int, held: bool) -> None:
    found = hold(replace(tally(), source_pictures=now, source_pictures_before=before), Policy())
    assert (found is not None) is held
    if found is not None:
        assert (found.reason, found.source_pictures, found.source_pictures_before) == ("source_lost", now, before)
        assert f"source had {before}" in found.words


@pytest.mark.parametrize(
    ("lost", "cleared", "lately", "of", "held"),
    [
        (0, 0, 90, 100, False),  # the day was bad, and this plan loses nothing
        (1, 0, 9, 100, False),  # exactly the share together
        (1, 0, 10, 100, True),
        (0, 1, 10, 100, True),
        (2, 0, 2, 20, False),  # fewer than hold_at_least together
        (4, 0, 1, 20, True),
        (5, 0, 0, 20, False),  # that is the plan's own share
    ],
)
def test_a_wave_of_small_plans(lost: int, cleared: int, lately: int, of: int, held: bool) -> None:
    found = hold(replace(tally(lost, cleared, of), lost_before=lately), Policy())
    assert (found is not None and found.reason == "wave") is held
    if found is not None and held:
        assert found.lost_before == lately
        assert f"{lost + cleared + lately:,}" in found.words and "24 hours" in found.words


def test_how_long_a_wave_may_take_is_the_policys() -> None:
    found = hold(replace(tally(1), lost_before=10), Policy(hold_within=timedelta(hours=90)))
    assert found is not None and "90 hours" in found.words


@pytest.mark.parametrize(
    ("same", "before", "held"),
    [(0, 0, False), (5, 0, False), (6, 0, True), (1, 5, True), (3, 2, False), (0, 60, False)],
)
def test_one_picture_for_many(same: int, before: int, held: bool) -> None:
    found = hold(replace(tally(), same=same, same_before=before), Policy())
    assert (found is not None) is held
    if found is not None:
        assert (found.reason, found.same, found.same_before) == ("same", same, before)
        assert hold(replace(tally(), same=same, same_before=before), Policy(hold_same=same + before)) is None


@pytest.mark.parametrize(("blanks", "held"), [(0, False), (5, False), (6, True)])
def test_a_source_full_of_blanks(blanks: int, held: bool) -> None:
    found = hold(replace(tally(), blanks=blanks), Policy())
    assert (found is not None) is held
    if found is not None:
        assert found.reason == "blank" and f"{blanks} people" in found.words


_BAD = Tally(9, {}, 0, 0, 100)
SAYS = [
    (
        replace(_BAD, incomplete=("a: cut", "b: cut")),
        "Not everything could be seen: a: cut; b: cut. What was not seen is not known to be missing.",
    ),
    (replace(_BAD, target_pictures=0, target_pictures_before=1), "The target had 1 picture and now shows none."),
    (replace(_BAD, target_pictures_before=2345), "The target had 2,345 pictures and now shows 100."),
    (
        replace(_BAD, source_pictures=1, source_pictures_before=30),
        "The source had 30 pictures and now shows 1: somebody, or something, took them away at once.",
    ),
    (
        replace(_BAD, overwrites=1200, clears=34, target_pictures=9000),
        "The plan would overwrite 1,200 and clear 34 of the target's 9,000 pictures (13.7 %); "
        "12.5 % may pass without a person's word.",
    ),
    (
        replace(_BAD, overwrites=5, target_pictures=0),
        "The plan would overwrite 5 and clear 0 of the target's 0 pictures; 12.5 % may pass without a person's word.",
    ),
    (
        replace(_BAD, clears=2, lost_before=1000, target_pictures=4000),
        "The plan would overwrite 0 and clear 2 of the target's 4,000 pictures, and the last 24 hours' runs have lost "
        "those of 1,000 people more: together 1,002 (25.1 %); 12.5 % may pass without a person's word.",
    ),
    (
        replace(_BAD, clears=4, lost_before=1, target_pictures=0),
        "The plan would overwrite 0 and clear 4 of the target's 0 pictures, and the last 24 hours' runs have lost "
        "those of 1 person more: together 5; 12.5 % may pass without a person's word.",
    ),
    (
        replace(_BAD, same=6),
        "One and the same picture would be written to 6 people; 5 may have it without a person's word.",
    ),
    (
        replace(_BAD, same=1, same_before=1500),
        "One and the same picture would be written to 1 person, and was written to 1,500 people before; "
        "5 may have it without a person's word.",
    ),
    (
        replace(_BAD, blanks=31),
        "The source shows blanks for 31 people who never had one before. None of these is ever written; "
        "a source that shows so many may have lost more.",
    ),
]


@pytest.mark.parametrize(("bad", "says"), SAYS)
def test_each_objection_has_its_words_in_english_and_in_every_language(bad: Tally, says: str) -> None:
    found = hold(bad, Policy(hold_share=0.125))
    assert found is not None and (found.words, len(found.objections)) == (says, 1)
    kept = hold_of(hold_text(found))
    assert kept == found
    assert left_in_english(kept.words) == {}, "the state keeps what other languages are made of"


def test_a_hold_of_an_earlier_version_is_read_yet() -> None:
    found = hold_of('{"reason": "share", "words": "w", "overwrites": 9, "clears": 0, "target_pictures": 40}')
    assert (found.reason, found.overwrites, found.same, found.objections) == ("share", 9, 0, ())
    told = hold(replace(tally(30, 0, 40), lost_before=3), Policy())
    assert told is not None and hold_of(hold_text(told)) == told
