"""Whether a finished plan waits for a person's word. See docs/why/2026-11-22-hold.md."""

from __future__ import annotations

from fractions import Fraction

from samepic.model.decision import REPLACES_NOTHING, Action, Decision
from samepic.model.plan import Hold, Tally
from samepic.model.policy import Policy


def overwrites(decision: Decision) -> bool:
    """Whether a picture of the target is lost to this write. A placeholder is no loss."""
    return decision.action is Action.WRITE and decision.reason not in REPLACES_NOTHING


def hold(tally: Tally, policy: Policy) -> Hold | None:
    """Say why the plan waits, None where it may go on.

    It waits where a listing was incomplete; where the target, which had pictures, now has none; where the target or
    the source has fewer than half of those it had, and at least `hold_at_least` fewer; where more than `hold_share` of
    the target's pictures, and at least `hold_at_least`, would be lost, alone or together with what was lost within
    `hold_within`; where one picture would go to more than `hold_same` people; or where more than so many pictures
    have become blanks. The first of these that applies gives the hold its name; the words tell all.
    """
    found = [(name, words) for name, words in _objections(tally, policy) if words]
    if not found:
        return None
    lost = tally.overwrites + tally.clears
    return Hold(
        reason=found[0][0],
        words=" ".join(words for _, words in found),
        overwrites=tally.overwrites,
        clears=tally.clears,
        target_pictures=tally.target_pictures,
        share=lost / tally.target_pictures if tally.target_pictures else float(lost > 0),
        limit=policy.hold_share,
        source_pictures=tally.source_pictures,
        source_pictures_before=tally.source_pictures_before,
        lost_before=tally.lost_before,
        same=tally.same,
        same_before=tally.same_before,
        blanks=tally.blanks,
        objections=tuple(name for name, _ in found),
    )


def _objections(tally: Tally, policy: Policy) -> list[tuple[str, str]]:
    return [
        ("incomplete", _incomplete(tally)),
        ("emptied", _emptied(tally, policy)),
        ("source_lost", _source_lost(tally, policy)),
        ("share", _share(tally, policy)),
        ("wave", _wave(tally, policy)),
        ("same", _same(tally, policy)),
        ("blank", _blank(tally, policy)),
    ]


def _incomplete(tally: Tally) -> str:
    if not tally.incomplete:
        return ""
    return f"Not everything could be seen: {'; '.join(tally.incomplete)}. What was not seen is not known to be missing."


def _emptied(tally: Tally, policy: Policy) -> str:
    before, now = tally.target_pictures_before, tally.target_pictures
    if before and now == 0:
        return f"The target had {_pictures(before)} and now shows none."
    lost_most = before is not None and _lost_most(before, now, policy)
    return f"The target had {_pictures(before or 0)} and now shows {now:,}." if lost_most else ""


def _source_lost(tally: Tally, policy: Policy) -> str:
    """Only where as many lost theirs as a hold needs: a picture's removal is a person's own right."""
    before, now = tally.source_pictures_before, tally.source_pictures
    if before is None or not _lost_most(before, now, policy):
        return ""
    return f"The source had {_pictures(before)} and now shows {now:,}: somebody, or something, took them away at once."


def _lost_most(before: int, now: int, policy: Policy) -> bool:
    return now * 2 < before and before - now >= policy.hold_at_least


def _share(tally: Tally, policy: Policy) -> str:
    if not _too_many(tally.overwrites + tally.clears, tally, policy):
        return ""
    return (
        f"The plan would overwrite {tally.overwrites:,} and clear {tally.clears:,} of the target's "
        f"{_pictures(tally.target_pictures)}{_percent(tally.overwrites + tally.clears, tally)}; "
        f"{100 * policy.hold_share:g} % may pass without a person's word."
    )


def _wave(tally: Tally, policy: Policy) -> str:
    """Told beside `_share` only where that has nothing to say: the plan alone is reason enough then."""
    lost = tally.overwrites + tally.clears
    together = lost + tally.lost_before
    if not lost or not tally.lost_before or _too_many(lost, tally, policy) or not _too_many(together, tally, policy):
        return ""
    hours = policy.hold_within.total_seconds() / 3600
    return (
        f"The plan would overwrite {tally.overwrites:,} and clear {tally.clears:,} of the target's "
        f"{_pictures(tally.target_pictures)}, and the last {hours:g} hours' runs have lost those of "
        f"{_people(tally.lost_before)} more: together {together:,}{_percent(together, tally)}; "
        f"{100 * policy.hold_share:g} % may pass without a person's word."
    )


def _same(tally: Tally, policy: Policy) -> str:
    if not tally.same or tally.same + tally.same_before <= policy.hold_same:
        return ""
    before = f", and was written to {_people(tally.same_before)} before" if tally.same_before else ""
    return (
        f"One and the same picture would be written to {_people(tally.same)}{before}; "
        f"{policy.hold_same:,} may have it without a person's word."
    )


def _blank(tally: Tally, policy: Policy) -> str:
    if tally.blanks <= policy.hold_same:
        return ""
    return (
        f"The source shows blanks for {_people(tally.blanks)} who never had one before. None of these is ever written; "
        "a source that shows so many may have lost more."
    )


def _too_many(lost: int, tally: Tally, policy: Policy) -> bool:
    allowed = Fraction(str(policy.hold_share)) * tally.target_pictures  # exact: 0.1 of 30 is 3, not a little more
    return lost >= policy.hold_at_least and lost > allowed


def _percent(lost: int, tally: Tally) -> str:
    return f" ({100 * lost / tally.target_pictures:.1f} %)" if tally.target_pictures else ""


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
