"""What a decision is made from: a person's row beside what is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from samepic.imaging import same_picture
from samepic.model.decision import Facts, History, Likeness, Side
from samepic.model.person import NotEligible
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, Answer, Fingerprint, PictureState
from samepic.model.policy import Policy
from samepic.model.remembered import Memory, Refusal, Row, Seen, Verdict
from samepic.model.system import SystemProfile
from samepic.planning import BLANK_SOURCE

_TRIED_AGAIN_AFTER = timedelta(days=7)
"""For whom the target took no picture when it was tried: only trying shows whether it would now."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one person when their row is decided.

    given: of a picture that was put into the source by another way of ours, within the time that it may take to show.
    """

    memory: Memory | None = None
    refusal: Refusal | None = None
    source_seen: Seen | None = None
    target_seen: Seen | None = None
    given: Memory | None = None

    def source_lags(self, row: Row) -> bool:
        """Whether the source still shows what it showed before we put a picture there, or took one away."""
        given = self.given
        return given is not None and row.source == given.target_before and row.source != given.wrote

    def source_print(self, row: Row) -> Fingerprint | None:
        """The fingerprint of what the source shows now, None where it is not known."""
        return self.source_seen.fingerprint if self.source_seen and self.source_seen.stamp == row.source else None

    def target_print(self, row: Row) -> Fingerprint | None:
        """As of the target."""
        return self.target_seen.fingerprint if self.target_seen and self.target_seen.stamp == row.target else None

    def target_verdict(self, row: Row) -> Verdict | None:
        """How it is known what lies under the stamp that the target tells now, None where it is not."""
        return self.target_seen.verdict if self.target_seen and self.target_seen.stamp == row.target else None


def facts_of(row: Row, known: Known, policy: Policy, target: SystemProfile, now: datetime) -> Facts:
    """Put what was seen beside what we left."""
    memory = known.memory
    target_print = known.target_print(row)
    hidden = not row.looked and known.target_verdict(row) is Verdict.HIDDEN
    return Facts(
        source=Side.NOT_TOLD if known.source_lags(row) else side(row.source, memory.source if memory else NO_PICTURE),
        target=Side.AS_LEFT if _is_what_we_left(row, known) else _target_side(row.target, memory),
        history=history(memory, policy, target.settles_within, now),
        likeness=likeness(row, known),
        target_blank=hidden or (target_print is not None and target_print.blank),
        target_as_before=memory is not None and row.target in (memory.target_before, NO_PICTURE),
        blanked_by_system=row.blanked_by_system,
        not_eligible=_not_eligible(row, known, target, now),
        unmatched=row.unmatched,
        refused=_refused(row, known),
    )


def side(shown: PictureState, left: PictureState) -> Side:
    """What a system shows now, compared with what we left there."""
    if shown is GONE:
        return Side.GONE
    if shown is NOT_TOLD:
        return Side.NOT_TOLD
    if shown is NO_PICTURE:
        return Side.NONE if isinstance(left, Answer) else Side.REMOVED
    return Side.AS_LEFT if shown == left else Side.CHANGED


def history(memory: Memory | None, policy: Policy, settles_within: timedelta, now: datetime) -> History:
    """What is remembered of the pair, as one word."""
    if memory is None:
        return History.NEVER
    if not memory.ours:
        return History.MET
    if memory.restored:
        return History.RESTORED
    if memory.written_at is not None and is_lately(memory.written_at, settles_within, now):
        return History.SETTLING
    if any(is_lately(moment, policy.overruled_within, now) for moment in memory.blankings):
        return History.BLANKED
    return History.OURS


def is_lately(moment: datetime, span: timedelta, now: datetime) -> bool:
    """Whether it was less than a span ago, or is no further ahead: clocks are set back, and a year ahead is no wait."""
    return abs(now - moment) < span


def likeness(row: Row, known: Known) -> Likeness:
    """Whether the two pictures shown now are the same, where both were read once, or both stamps are as we left them.

    Only the source's whole picture shows that they differ: its smaller renditions may be cut elsewhere than ours.
    """
    if _is_as_left_in_step(row, known.memory):
        return Likeness.SAME
    source, target = known.source_seen, known.target_seen
    if source is None or source.stamp != row.source or source.fingerprint is None:
        return Likeness.UNKNOWN
    if target is None or target.stamp != row.target or target.verdict is not Verdict.READ:
        return Likeness.UNKNOWN
    if target.fingerprint is not None and same_picture(source.fingerprint, target.fingerprint):
        return Likeness.SAME
    return Likeness.DIFFERENT if source.whole or target.fingerprint is None else Likeness.UNKNOWN


def _is_as_left_in_step(row: Row, memory: Memory | None) -> bool:
    """Equal stamps on both sides are the cheapest test of all, and nearly everybody's in a run that writes nothing."""
    if memory is None or not memory.ours or memory.restored:
        return False
    both_shown = isinstance(row.source, str) and isinstance(row.target, str)
    return both_shown and (row.source, row.target) == (memory.source, memory.target)


def _is_what_we_left(row: Row, known: Known) -> bool:
    """Whether the target shows our picture under another stamp than we left it with, and the source another picture.

    A system may encode its pictures anew, and a write that was sent twice leaves the same bytes under a newer stamp.
    Nobody changed anything then, and the source's new picture clashes with nobody's.
    """
    memory, shown = known.memory, known.target_print(row)
    if memory is None or not memory.ours or memory.fingerprint is None or shown is None or shown.blank:
        return False
    changed = isinstance(row.source, str) and row.source != memory.source and row.target != memory.target
    return changed and bool(same_picture(memory.fingerprint, shown))


def _target_side(shown: PictureState, memory: Memory | None) -> Side:
    if memory is None:
        return side(shown, NO_PICTURE)
    if shown is NO_PICTURE and memory.target is NOT_TOLD and memory.ours:
        return Side.REMOVED  # a write that gave no stamp left a picture there
    return side(shown, memory.target)


def _not_eligible(row: Row, known: Known, target: SystemProfile, now: datetime) -> NotEligible | None:
    if row.not_eligible is not None:
        return row.not_eligible
    memory, refusal = known.memory, known.refusal
    if refusal is not None and refusal.stamp == row.source and is_lately(refusal.at, _TRIED_AGAIN_AFTER, now):
        return refusal.not_eligible
    by_us = memory is not None and (memory.sync_off_by_us or (memory.ours and target.switches_sync_off))
    return NotEligible.SYNC_SWITCHED_OFF if row.sync_off and not by_us else None


def _refused(row: Row, known: Known) -> str | None:
    refusal = known.refusal
    if refusal is not None and refusal.not_eligible is None and refusal.stamp == row.source:
        return refusal.words
    source = known.source_print(row)
    return BLANK_SOURCE if source is not None and source.blank else None


def known_of(
    row: Row,
    memories: Mapping[str, Memory],
    refusals: Mapping[str, Refusal],
    source_seen: Mapping[str, Seen],
    target_seen: Mapping[str, Seen],
    given: Mapping[str, Memory],
) -> Known:
    """One person's part of what a page remembers."""
    key = row.key
    return Known(memories.get(key), refusals.get(key), source_seen.get(key), target_seen.get(key), given.get(key))
