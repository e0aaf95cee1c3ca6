"""What an administrator reads beside somebody's two pictures: what the next run does, and what can be done."""

from __future__ import annotations

from markupsafe import Markup, escape

from samepic.model.decision import Action, Reason
from samepic.model.outcome import Explanation, SystemView
from samepic.model.picture import GONE, NOT_TOLD
from samepic.model.sayings import Saying
from samepic.portal.pages.language import Speaker
from samepic.portal.pages.sayings import spoken

BY_POLICY = (Reason.REMOVED, Reason.DRIFTED, Reason.CLASH, Reason.FIRST_MEETING)
"""What is done is the policy's choice, and so is what an administrator can change."""

_AS_IT_CAME = (Reason.REFUSED, Reason.UNMATCHED)
"""What is wrong with the file, or with the keys, is a particular of this person, and said in English."""


def particulars(t: Speaker, one: Explanation) -> list[Markup]:
    """Sentences, in the visitor's language."""
    found = [spoken(t, one.detail)] if one.detail and _is_told(one) else []
    found.append(escape(t(f"next.{_next(one)}")))
    can = _can(one)
    if t.knows(can):
        found.append(escape(t(can)))
    for view in one.systems:
        shown = _shown(view)
        if shown:
            found.append(escape(t(f"shown.{shown}", system=t(f"system.{view.system}"))))
    return found


def _is_told(one: Explanation) -> bool:
    return isinstance(one.detail, Saying) or one.reason in _AS_IT_CAME


def _next(one: Explanation) -> str:
    if one.unfinished:
        return "finish"
    if one.not_eligible is not None:
        return "alone"
    if one.action is Action.CLEAR:
        return "clear"
    if one.action is Action.WRITE:
        return "write_over" if one.reason in BY_POLICY else "write"
    return "wait" if one.reason is Reason.WAITING else "leave"


def _can(one: Explanation) -> str:
    """What an administrator can do; of few reasons nothing is to be done, and nothing is said."""
    if one.not_eligible is not None:
        return f"can.{one.not_eligible.value}"
    done = one.reason in BY_POLICY and one.action is not Action.NOTHING
    return f"can.{one.reason.value}{'_done' if done else ''}"


def _shown(view: SystemView) -> str:
    if view.blanked:
        return "placeholder"
    return {NOT_TOLD: "not_told", GONE: "gone"}.get(view.state, "") if not isinstance(view.state, str) else ""
