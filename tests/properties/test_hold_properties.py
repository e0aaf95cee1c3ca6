"""A hold is a brake: whatever makes a plan worse never lets it go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from samepic.model.plan import Tally
from samepic.model.policy import Policy
from samepic.planning import hold

counts = st.integers(0, 30) | st.integers(0, 400)
tallies = st.builds(
    Tally,
    people=st.just(1000),
    counts=st.just({}),
    overwrites=counts,
    clears=counts,
    target_pictures=counts,
    target_pictures_before=st.none() | counts,
    incomplete=st.sampled_from([(), ("target: cut",)]),
    source_pictures=counts,
    source_pictures_before=st.none() | counts,
    lost_before=counts,
    same=counts,
    same_before=counts,
    blanks=counts,
)
policies = st.builds(
    Policy,
    hold_share=st.sampled_from([0.01, 0.1, 0.5, 1.0]),
    hold_at_least=st.integers(1, 20),
    hold_same=st.integers(1, 20),
    hold_within=st.just(timedelta(hours=24)),
)
WORSE = ("overwrites", "clears", "lost_before", "same", "same_before", "blanks")


@given(tally=tallies, policy=policies, what=st.sampled_from(WORSE), more=st.integers(1, 100))
def test_a_plan_that_does_more_is_never_less_held(tally: Tally, policy: Policy, what: str, more: int) -> None:
    if what == "same_before" and not tally.same:
        return  # nobody in the plan gets that picture
    worse = replace(tally, **{what: getattr(tally, what) + more})
    before, after = hold(tally, policy), hold(worse, policy)
    if before is not None:
        assert after is not None
        moved = {"share", "wave"}  # what the plan alone is reason enough for is not told as a wave too
        assert set(before.objections) - moved <= set(after.objections)
        assert bool(moved & set(before.objections)) <= bool(moved & set(after.objections))


@given(tally=tallies, policy=policies, fewer=st.integers(1, 100))
def test_a_source_that_lost_more_is_never_less_held(tally: Tally, policy: Policy, fewer: int) -> None:
    worse = replace(tally, source_pictures=max(0, tally.source_pictures - fewer))
    before = hold(tally, policy)
    if before is not None:
        after = hold(worse, policy)
        assert after is not None
        assert set(before.objections) <= set(after.objections)


@given(tally=tallies, policy=policies)
def test_the_words_and_the_name_are_those_of_what_objects(tally: Tally, policy: Policy) -> None:
    found = hold(tally, policy)
    if found is not None:
        assert found.reason == found.objections[0]
        assert len(set(found.objections)) == len(found.objections)
        assert found.words.count(". ") >= len(found.objections) - 1
        assert (found.overwrites, found.same, found.blanks) == (tally.overwrites, tally.same, tally.blanks)


@given(tally=tallies, stricter=policies, fewer=st.integers(1, 19))
def test_a_stricter_policy_never_lets_go(tally: Tally, stricter: Policy, fewer: int) -> None:
    looser = replace(
        stricter,
        hold_at_least=stricter.hold_at_least + fewer,
        hold_same=stricter.hold_same + fewer,
        hold_share=min(1.0, stricter.hold_share + fewer / 20),
    )
    if hold(tally, looser) is not None:
        assert hold(tally, stricter) is not None
