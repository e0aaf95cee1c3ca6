"""Whether a finished plan waits for a person's word. See docs/why/2026-11-22-hold.md."""

from __future__ import annotations

from fractions import Fraction

from samepic.model.decision import REPLACES_NOTHING, Action, Decision
from samepic.model.plan import Hold, Tally
from samepic.model.policy import Policy
from samepic.model.sayings import Field, Saying, saying, together


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
        words=together((words for _, words in found), "then"),
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
    return saying("hold_incomplete", what=together(tally.incomplete)) if tally.incomplete else ""


def _emptied(tally: Tally, policy: Policy) -> str:
    before, now = tally.target_pictures_before, tally.target_pictures
    if before and now == 0:
        return saying("hold_emptied", n=before)
    if before is None or not _lost_most(before, now, policy):
        return ""
    return saying("hold_lost_most", n=before, now=now)


def _source_lost(tally: Tally, policy: Policy) -> str:
    """Only where as many lost theirs as a hold needs: a picture's removal is a person's own right."""
    before, now = tally.source_pictures_before, tally.source_pictures
    if before is None or not _lost_most(before, now, policy):
        return ""
    return saying("hold_source_lost", n=before, now=now)


def _lost_most(before: int, now: int, policy: Policy) -> bool:
    return now * 2 < before and before - now >= policy.hold_at_least


def _share(tally: Tally, policy: Policy) -> str:
    lost = tally.overwrites + tally.clears
    if not _too_many(lost, tally, policy):
        return ""
    return _of_all("hold_share", lost, tally, policy, would=_would(tally))


def _wave(tally: Tally, policy: Policy) -> str:
    """Told beside `_share` only where that has nothing to say: the plan alone is reason enough then."""
    lost = tally.overwrites + tally.clears
    sum_of_both = lost + tally.lost_before
    if not lost or not tally.lost_before or _too_many(lost, tally, policy) or not _too_many(sum_of_both, tally, policy):
        return ""
    lately = saying("lost_lately", n=tally.lost_before, hours=policy.hold_within.total_seconds() / 3600)
    return _of_all("hold_wave", sum_of_both, tally, policy, would=_would(tally), lately=lately, together=sum_of_both)


def _would(tally: Tally) -> Saying:
    return saying("would_lose", n=tally.target_pictures, overwrites=tally.overwrites, clears=tally.clears)


def _of_all(code: str, lost: int, tally: Tally, policy: Policy, **known: Field) -> Saying:
    """With the part of the target's pictures that is lost; of none there is no part."""
    limit = 100.0 * policy.hold_share
    if not tally.target_pictures:
        return saying(f"{code}_of_none", **known, limit=limit)
    return saying(code, **known, limit=limit, percent=round(100 * lost / tally.target_pictures, 1))


def _same(tally: Tally, policy: Policy) -> str:
    if not tally.same or tally.same + tally.same_before <= policy.hold_same:
        return ""
    now, limit = saying("same_now", n=tally.same), policy.hold_same
    if not tally.same_before:
        return saying("hold_same", now=now, limit=limit)
    return saying("hold_same_before", now=now, before=saying("same_before", n=tally.same_before), limit=limit)


def _blank(tally: Tally, policy: Policy) -> str:
    return saying("hold_blank", n=tally.blanks) if tally.blanks > policy.hold_same else ""


def _too_many(lost: int, tally: Tally, policy: Policy) -> bool:
    allowed = Fraction(str(policy.hold_share)) * tally.target_pictures  # exact: 0.1 of 30 is 3, not a little more
    return lost >= policy.hold_at_least and lost > allowed
