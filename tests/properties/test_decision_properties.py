"""What a decision never does, over all facts and policies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from samepic.model.decision import Action, Decision, Facts, History, Likeness, Reason, Side
from samepic.model.person import NotEligible
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved
from samepic.planning import decide, overwrites

facts_of_any_kind = st.builds(
    Facts,
    source=st.sampled_from(Side),
    target=st.sampled_from(Side),
    history=st.sampled_from(History),
    likeness=st.sampled_from(Likeness),
    target_blank=st.booleans(),
    target_as_before=st.booleans(),
    blanked_by_system=st.booleans(),
    not_eligible=st.none() | st.sampled_from(NotEligible),
    unmatched=st.none() | st.just("two rows"),
    refused=st.none() | st.just("broken"),
)
policies = st.builds(
    Policy,
    when_removed=st.sampled_from(WhenRemoved),
    drifted=st.sampled_from(WhenDifferent),
    clash=st.sampled_from(WhenDifferent),
    first_meeting=st.sampled_from(WhenDifferent),
)
HAS = (Side.AS_LEFT, Side.CHANGED)


def compared(facts: Facts, policy: Policy, verdict: Likeness) -> tuple[Facts, Decision]:
    """The decision once the engine has compared the pictures, where that is asked for."""
    decision = decide(facts, policy)
    if decision.needs_comparison:
        facts = replace(facts, likeness=verdict)
        decision = decide(facts, policy)
    return facts, decision


def remembered(facts: Facts, decision: Decision, settled: bool) -> Facts:
    """What the next run sees if nothing happens in between: the state that the decision left, as the engine keeps it.

    A step that only shows something leaves the memory as it was; so the facts come again.
    """
    if decision.action is Action.WRITE:
        history = History.OURS if settled else History.SETTLING
        return Facts(Side.AS_LEFT, Side.AS_LEFT, history, Likeness.SAME)
    if decision.action is Action.CLEAR:
        return Facts(Side.NONE, Side.NONE, History.MET)
    if decision.reason is Reason.IN_STEP:
        return Facts(Side.AS_LEFT, Side.AS_LEFT, History.OURS)
    return facts


@given(facts_of_any_kind, policies, st.sampled_from([Likeness.SAME, Likeness.DIFFERENT]), st.booleans())
def test_deciding_again_after_the_step_changes_nothing(
    facts: Facts, policy: Policy, verdict: Likeness, settled: bool
) -> None:
    facts, decision = compared(facts, policy, verdict)
    again = decide(remembered(facts, decision, settled), policy)
    assert again.action is Action.NOTHING
    assert not again.needs_comparison


@given(facts_of_any_kind, policies)
def test_memory_that_follows_what_is_shown_leads_to_no_write_either(facts: Facts, policy: Policy) -> None:
    """Even an engine that took a drifted or clashing target for left as it is would not overwrite it unasked."""
    decision = decide(facts, policy)
    if decision.reason not in (Reason.DRIFTED, Reason.CLASH) or decision.action is not Action.NOTHING:
        return
    if facts.history in (History.NEVER, History.MET):
        return
    assert decide(replace(facts, source=Side.AS_LEFT, target=Side.AS_LEFT), policy).action is Action.NOTHING


@given(facts_of_any_kind, policies, st.sampled_from([Likeness.SAME, Likeness.DIFFERENT]))
def test_one_comparison_is_enough(facts: Facts, policy: Policy, verdict: Likeness) -> None:
    _, decision = compared(facts, policy, verdict)
    assert not decision.needs_comparison


@given(facts_of_any_kind, policies)
def test_a_comparison_is_asked_for_only_where_it_decides(facts: Facts, policy: Policy) -> None:
    decision = decide(facts, policy)
    if not decision.needs_comparison:
        return
    assert facts.likeness is Likeness.UNKNOWN
    assert decision.action is Action.NOTHING
    assert facts.source in HAS
    assert facts.target in HAS
    same = decide(replace(facts, likeness=Likeness.SAME), policy)
    different = decide(replace(facts, likeness=Likeness.DIFFERENT), policy)
    assert same.reason is Reason.IN_STEP
    assert different.reason is decision.reason


@given(facts_of_any_kind, policies)
def test_stamps_as_left_are_never_a_reason_to_download(facts: Facts, policy: Policy) -> None:
    if facts.target is Side.AS_LEFT and facts.history in (History.OURS, History.BLANKED, History.SETTLING):
        assert not decide(facts, policy).needs_comparison


@given(facts_of_any_kind, policies)
def test_nothing_is_cleared_but_our_own_picture_and_only_by_a_mirror(facts: Facts, policy: Policy) -> None:
    decision = decide(facts, policy)
    if decision.action is not Action.CLEAR:
        return
    assert policy.when_removed is WhenRemoved.MIRROR
    assert decision.reason is Reason.REMOVED
    assert facts.source in (Side.NONE, Side.REMOVED)
    assert facts.target is Side.AS_LEFT
    assert facts.history not in (History.NEVER, History.MET)


@given(facts_of_any_kind, policies)
def test_only_a_sound_picture_is_written_to_somebody_who_takes_part(facts: Facts, policy: Policy) -> None:
    decision = decide(facts, policy)
    if decision.action is not Action.WRITE:
        return
    assert facts.source in HAS
    assert facts.target not in (Side.GONE, Side.NOT_TOLD)
    assert (facts.not_eligible, facts.unmatched, facts.refused) == (None, None, None)
    assert not (facts.likeness is Likeness.SAME and overwrites(decision) and facts.history is not History.SETTLING)


@given(facts_of_any_kind, policies)
def test_nobody_elses_picture_is_overwritten_against_the_policy(facts: Facts, policy: Policy) -> None:
    decision = decide(facts, policy)
    if not overwrites(decision):
        return
    allowed = {
        Reason.CHANGED: True,
        Reason.FIRST_MEETING: policy.first_meeting is WhenDifferent.WRITE,
        Reason.DRIFTED: policy.drifted is WhenDifferent.WRITE,
        Reason.CLASH: policy.clash is WhenDifferent.WRITE,
    }
    assert allowed[decision.reason]
    if decision.reason is Reason.CHANGED:
        assert facts.target is Side.AS_LEFT or facts.history is History.SETTLING


@given(facts_of_any_kind, policies)
def test_a_system_that_takes_the_picture_away_is_not_fought_with(facts: Facts, policy: Policy) -> None:
    """After everybody's native pull, the next run writes nothing to whom the system itself blanked."""
    if facts.blanked_by_system and facts.source is Side.AS_LEFT and facts.history is not History.NEVER:
        decision = decide(facts, policy)
        assert decision.action is Action.NOTHING or facts.history is History.MET


@given(facts_of_any_kind, policies)
def test_a_placeholder_decides_as_an_empty_target_does(facts: Facts, policy: Policy) -> None:
    shows = replace(facts, target=Side.CHANGED, target_blank=True, blanked_by_system=False)
    empty = replace(shows, target=Side.REMOVED, target_blank=False)
    assert decide(shows, policy) == decide(empty, policy)


@given(facts_of_any_kind, policies)
def test_losing_the_state_never_clears_and_never_overwrites_what_is_the_same(facts: Facts, policy: Policy) -> None:
    lost = decide(replace(facts, history=History.NEVER, likeness=Likeness.SAME), policy)
    assert lost.action is Action.NOTHING or lost.reason is Reason.NEW
