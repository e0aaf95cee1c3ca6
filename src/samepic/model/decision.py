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


class Action(StrEnum):
    """What a step does to the target."""

    NOTHING = "nothing"
    WRITE = "write"
    CLEAR = "clear"


class Side(StrEnum):
    """What one system shows now, compared with what we remember of it.

    Without history, a picture is CHANGED and its absence is NONE. GONE: no such person there.
    BLANK, the target only: a picture is shown, but it is a placeholder.
    """

    NONE = "none"
    AS_LEFT = "as_left"
    CHANGED = "changed"
    REMOVED = "removed"
    GONE = "gone"
    NOT_TOLD = "not_told"


class History(StrEnum):
    """What we remember of the pair."""

    NEVER = "never"  # never met, or the state was lost
    MET = "met"  # both seen before; the target never had a picture from us or equal to the source's
    OURS = "ours"  # the target had our picture, or one that we found to be the same
    BLANKED = "blanked"  # as OURS, and it was blanked once within the policy's span while the source stood still
    SETTLING = "settling"  # as OURS, written within the target's settles_within


class Likeness(StrEnum):
    """Whether the two pictures are the same picture; UNKNOWN until somebody has compared them."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision is made from.

    target_blank: what the target shows is a placeholder or a blank, whatever its stamp.
    target_as_before: the target shows the stamp that it had before our last write, or nothing.
    blanked_by_system: see `Sighting.blanked_by_system`.
    unmatched, refused: words for the reader, None where it does not apply.
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
    """What to do for one person, and why. `needs_comparison`: the facts do not suffice, compare the pictures first."""

    action: Action
    reason: Reason
    detail: str = ""
    needs_comparison: bool = False
