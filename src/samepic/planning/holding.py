"""Whether a finished plan waits for a person's word. See docs/why/2026-11-22-hold.md."""

from __future__ import annotations

from fractions import Fraction

from samepic.model.decision import Action, Decision, Reason
from samepic.model.plan import Hold, Tally
from samepic.model.policy import Policy

_REPLACES_NOTHING = (Reason.NEW, Reason.BLANKED)


def overwrites(decision: Decision) -> bool:
    """Whether a picture of the target is lost to this write. A placeholder is no loss."""
    return decision.action is Action.WRITE and decision.reason not in _REPLACES_NOTHING


def hold(tally: Tally, policy: Policy) -> Hold | None:
    """Say why the plan waits, None where it may go on.

    It waits where a listing was incomplete; where the target, which had pictures, now has none or fewer than half
    of them (and at least `hold_at_least` fewer); or where more than `hold_share` of the target's pictures, and at
    least `hold_at_least`, would be lost. The first of these that applies gives the hold its name; the words tell all.
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
    )


def _objections(tally: Tally, policy: Policy) -> list[tuple[str, str]]:
    return [
        ("incomplete", _incomplete(tally)),
        ("emptied", _emptied(tally, policy)),
        ("share", _share(tally, policy)),
    ]


def _incomplete(tally: Tally) -> str:
    if not tally.incomplete:
        return ""
    return f"Not everything could be seen: {'; '.join(tally.incomplete)}. What was not seen is not known to be missing."


def _emptied(tally: Tally, policy: Policy) -> str:
    before, now = tally.target_pictures_before, tally.target_pictures
    if not before or now >= before:
        return ""
    if now == 0:
        return f"The target had {_pictures(before)} and now shows none."
    lost_most = now * 2 < before and before - now >= policy.hold_at_least
    return f"The target had {_pictures(before)} and now shows {now}." if lost_most else ""


def _share(tally: Tally, policy: Policy) -> str:
    lost = tally.overwrites + tally.clears
    allowed = Fraction(str(policy.hold_share)) * tally.target_pictures  # exact: 0.1 of 30 is 3, not a little more
    if lost < policy.hold_at_least or lost <= allowed:
        return ""
    share = f" ({100 * lost / tally.target_pictures:.1f} %)" if tally.target_pictures else ""
    return (
        f"The plan would overwrite {tally.overwrites} and clear {tally.clears} of the target's "
        f"{_pictures(tally.target_pictures)}{share}; {100 * policy.hold_share:g} % may pass without a person's word."
    )


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"
