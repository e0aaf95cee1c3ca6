"""What to do for one person: the decision table of docs/reference/reasons.md, as a function.

Read from the top: what rules a person out, then what nobody knows, then who has a picture. `docs/why` has the notes.
"""

from __future__ import annotations

from dataclasses import replace

from samepic.model.decision import Action, Decision, Facts, History, Likeness, Reason, Side
from samepic.model.policy import Policy, WhenDifferent, WhenRemoved

_PICTURE = (Side.AS_LEFT, Side.CHANGED)
_HAD_OURS = (History.OURS, History.BLANKED, History.SETTLING)


def decide(facts: Facts, policy: Policy) -> Decision:
    """Name one person's reason and action. Total: every combination of facts has an answer, and never raises."""
    if facts.not_eligible is not None:
        return _nothing(Reason.NOT_ELIGIBLE, facts.not_eligible.value)
    if facts.unmatched is not None:
        return _nothing(Reason.UNMATCHED, facts.unmatched)
    if Side.GONE in (facts.source, facts.target):
        return _nothing(Reason.UNMATCHED, f"there is no such person in the {_where(facts, Side.GONE)}")
    if facts.refused is not None and facts.source in _PICTURE:
        return _nothing(Reason.REFUSED, facts.refused)
    if Side.NOT_TOLD in (facts.source, facts.target):
        return _nothing(Reason.WAITING, f"the {_where(facts, Side.NOT_TOLD)} did not tell which picture it has")
    facts = _without_memory(facts) if facts.history is History.NEVER else facts
    if facts.history is History.RESTORED:
        if facts.source in (Side.AS_LEFT, Side.NONE):
            return _restored(facts)
        if _may_be_the_same_by_now(facts):
            return _compared(facts, Reason.CHANGED, WhenDifferent.WRITE)
        facts = replace(facts, history=History.OURS)
    if facts.source in _PICTURE:
        return _empty_target(facts) if _target_is_empty(facts) else _two_pictures(facts, policy)
    return _nothing(Reason.ABSENT) if _target_is_empty(facts) else _no_source(facts, policy)


def _may_be_the_same_by_now(facts: Facts) -> bool:
    """Whether the source may show by now what we put back: given in the portal, and brought before the source had it.

    Nobody has compared the two yet, and a write of what is there already helps nobody.
    """
    shows_ours = facts.target is Side.AS_LEFT and not _target_is_empty(facts)
    return facts.source is Side.CHANGED and shows_ours and facts.likeness is Likeness.UNKNOWN


def _restored(facts: Facts) -> Decision:
    """A person's word stands until the source shows another picture, whatever becomes of the target meanwhile."""
    if facts.source is Side.NONE and _target_is_empty(facts):
        return _nothing(Reason.ABSENT)
    same = facts.likeness is Likeness.SAME and not _target_is_empty(facts)
    return _nothing(Reason.IN_STEP if same else Reason.RESTORED)


def _without_memory(facts: Facts) -> Facts:
    """Somebody never met has no past: what is there counts as changed, what is not as never there."""
    past = {Side.AS_LEFT: Side.CHANGED, Side.REMOVED: Side.NONE}
    return Facts(
        source=past.get(facts.source, facts.source),
        target=past.get(facts.target, facts.target),
        likeness=facts.likeness,
        target_blank=facts.target_blank,
        blanked_by_system=facts.blanked_by_system,
    )


def _target_is_empty(facts: Facts) -> bool:
    """A placeholder is no picture, whoever put it there."""
    return facts.target not in _PICTURE or facts.target_blank or facts.blanked_by_system


def _empty_target(facts: Facts) -> Decision:
    """The source has a picture and the target has none, or a placeholder."""
    if facts.history not in _HAD_OURS:
        return Decision(Action.WRITE, Reason.NEW)
    source_stood_still = facts.source is Side.AS_LEFT
    if facts.history is History.SETTLING:
        if source_stood_still:
            return _nothing(Reason.WAITING, "our write may not show yet")
        return Decision(Action.WRITE, Reason.CHANGED)
    if source_stood_still and facts.blanked_by_system:
        return _nothing(Reason.OVERRULED, "the target's own sync looked for a picture and found none")
    if source_stood_still and facts.history is History.BLANKED:
        return _nothing(Reason.OVERRULED, "our picture was taken away twice while the source stood still")
    if facts.target is Side.NONE and not facts.target_blank and not facts.blanked_by_system:
        return Decision(Action.WRITE, Reason.NEW)  # we had cleared it ourselves
    return Decision(Action.WRITE, Reason.BLANKED)


def _two_pictures(facts: Facts, policy: Policy) -> Decision:
    """Both have a picture that is not a placeholder."""
    lags = facts.history is History.SETTLING and facts.target is Side.CHANGED and facts.target_as_before
    if lags and facts.source is Side.AS_LEFT:
        return _nothing(Reason.WAITING, "the picture from before our write still shows")
    source_changed = facts.source is Side.CHANGED
    target_changed = facts.target is Side.CHANGED and not lags
    never_the_same = facts.history in (History.NEVER, History.MET)
    if facts.likeness is Likeness.SAME and not lags:
        return _nothing(Reason.IN_STEP)
    if facts.history is History.NEVER or (never_the_same and not source_changed and not target_changed):
        return _compared(facts, Reason.FIRST_MEETING, policy.first_meeting)
    if target_changed:
        if source_changed:
            return _compared(facts, Reason.CLASH, policy.clash)
        return _compared(facts, Reason.DRIFTED, policy.drifted)
    if source_changed:
        return Decision(Action.WRITE, Reason.CHANGED)
    return _nothing(Reason.IN_STEP)


def _no_source(facts: Facts, policy: Policy) -> Decision:
    """The source has none; the target has a picture that is not a placeholder."""
    if facts.history is History.SETTLING and facts.target is Side.CHANGED and facts.target_as_before:
        return _nothing(Reason.WAITING, "the picture from before our write still shows")
    ours = facts.history in _HAD_OURS
    if facts.target is Side.CHANGED and (ours or facts.source is Side.REMOVED):
        return _nothing(Reason.PARTED)
    if not ours:
        return _nothing(Reason.KEPT)
    mirrored = policy.when_removed is WhenRemoved.MIRROR
    return Decision(Action.CLEAR if mirrored else Action.NOTHING, Reason.REMOVED)


def _compared(facts: Facts, reason: Reason, when: WhenDifferent) -> Decision:
    if facts.likeness is Likeness.UNKNOWN:
        return Decision(Action.NOTHING, reason, needs_comparison=True)
    return Decision(Action.WRITE if when is WhenDifferent.WRITE else Action.NOTHING, reason)


def _nothing(reason: Reason, detail: str = "") -> Decision:
    return Decision(Action.NOTHING, reason, detail)


def _where(facts: Facts, side: Side) -> str:
    sides = [name for name, seen in (("source", facts.source), ("target", facts.target)) if seen is side]
    return " and the ".join(sides)
