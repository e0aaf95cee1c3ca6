"""One person's decision, why, and what it was decided from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samepic.model.person import NotEligible


class Reason(StrEnum):
    """Why a step is what it is. A closed list: the same words in plans, logs, reports, docs and tests."""

    IN_STEP = "in_step"
    ABSENT = "absent"
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"
    BLANKED = "blanked"
    OVERRULED = "overruled"
    DRIFTED = "drifted"
    CLASH = "clash"
    PARTED = "parted"
    FIRST_MEETING = "first_meeting"
    WAITING = "waiting"
    UNMATCHED = "unmatched"
    NOT_ELIGIBLE = "not_eligible"
    REFUSED = "refused"
    RESTORED = "restored"


REPLACES_NOTHING = (Reason.NEW, Reason.BLANKED)
"""Reasons to write where the target has no picture, or a placeholder: nothing is lost to them."""


class Action(StrEnum):
    """What a step does to the target."""

    NOTHING = "nothing"
    WRITE = "write"
    CLEAR = "clear"


class Side(StrEnum):
    """What one system shows now, compared with what we left there.

    What we left is what was remembered after the last step that found the person in step or changed the target.
    A step that only shows something (drifted, clash, overruled, …) leaves that memory as it was, so that the next
    run shows it again. Without history a picture is CHANGED and its absence is NONE; a picture remembered as
    NOT_TOLD (a write that gave no stamp) is CHANGED too, so that it is compared. GONE: no such person there.
    A placeholder or a blank is told by flags of the facts, not by a side of its own.
    """

    NONE = "none"  # no picture, as we left it
    AS_LEFT = "as_left"
    CHANGED = "changed"
    REMOVED = "removed"  # no picture, and there was one
    GONE = "gone"
    NOT_TOLD = "not_told"


class History(StrEnum):
    """What we remember of the pair."""

    NEVER = "never"  # never met, or the state was lost
    MET = "met"  # both seen before; the target never had a picture from us or equal to the source's
    OURS = "ours"  # the target had our picture, or one that we found to be the same
    BLANKED = "blanked"  # as OURS, and it was blanked once within the policy's span while the source stood still
    SETTLING = "settling"  # as OURS, written within the target's settles_within
    RESTORED = "restored"  # as OURS, but we put back what the target showed earlier, on a person's word


class Likeness(StrEnum):
    """Whether the two pictures are the same picture; UNKNOWN until somebody has compared them.

    A target's picture that cannot be read is DIFFERENT from every source's.
    """

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision is made from.

    target_blank: what the target shows is a placeholder or a blank, whatever its stamp.
    target_as_before: the target shows the stamp that it had before our last write, or nothing.
    blanked_by_system: see `Sighting.blanked_by_system`; the target then shows a placeholder, whatever its stamp.
    unmatched, refused: words for the reader, None where it does not apply. A source whose picture is blank is
    refused too: nobody's picture is replaced by a flat colour.
    """

    source: Side
    target: Side
    history: History = History.NEVER
    likeness: Likeness = Likeness.UNKNOWN
    target_blank: bool = False
    target_as_before: bool = False
    blanked_by_system: bool = False
    not_eligible: NotEligible | None = None
    unmatched: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do for one person, and why. `needs_comparison`: the facts do not suffice, compare the pictures first.

    Where a comparison is needed the action is NOTHING and the reason is what it would be if the pictures differ.
    """

    action: Action
    reason: Reason
    detail: str = ""
    needs_comparison: bool = False
