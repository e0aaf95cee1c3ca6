"""Say for one person what each system shows, and why."""

from __future__ import annotations

from dataclasses import replace

from samepic.engine.ask import compare, look_alike
from samepic.engine.decide import recall
from samepic.engine.facts import Known
from samepic.engine.given import told_of
from samepic.engine.person import Observed, find, observe, observe_one
from samepic.engine.remember import did_not_come_from_us
from samepic.engine.served import Side
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Likeness, Reason
from samepic.model.outcome import Explanation, GivenLately, SystemView
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, Answer, PictureState
from samepic.model.remembered import Row
from samepic.model.sayings import saying
from samepic.planning import REASONS, words_for

_SHOWN = {NO_PICTURE: "no picture", NOT_TOLD: "the system does not tell", GONE: "nobody is known there by this key"}
_BORROWED = "no mailbox; the picture shown in its stead is the directory's"


async def explain(work: Work, key: str) -> Explanation:
    """Look at both systems and compare the pictures, whatever the decision. Raises UnknownPerson and SystemFault."""
    [row] = await find(work, [key])
    observed = await observe(work, row, though_left_out=True)
    [row] = await look_alike(work, [observed.row])
    if row.decision is not None and row.decision.needs_comparison:
        [row] = await compare(work, [row])
    decision = row.decision or Decision(Action.NOTHING, Reason.WAITING)
    words = words_for(decision, row.not_eligible)
    known = (await recall(work, [row]))[row.key]
    given = told_of(row, known, work.route.source.profile.settles_within)
    source, target = _source_view(work, row, observed), _target_view(work, row, observed)
    if given is not None and not given.shown:
        target = replace(target, same_as_source=_has_given(row, known, given))
    unfinished = await work.remembering(work.state.intents.of, work.route.name, row.key)
    return Explanation(
        person=row.person.keys.upn or row.key,
        display_name=row.person.display_name,
        route=work.route.name,
        systems=(replace(source, given=given), target),
        eligible=row.not_eligible is None and row.unmatched is None,
        not_eligible=row.not_eligible,
        reason=decision.reason,
        action=decision.action,
        detail=row.failed or decision.detail or await _put_back(work, row, decision),
        next_step="The next run first finishes a write that was interrupted." if unfinished else words.next_step,
        person_can=words.person_can,
        administrator_can=words.administrator_can,
        unfinished=bool(unfinished),
    )


async def shown_by(work: Work, key: str, side: Side) -> SystemView:
    """What one of the two systems shows, though the other be silent. Raises UnknownPerson and SystemFault."""
    try:
        [row] = await find(work, [key])
    except Stop as stop:
        raise (stop.__cause__ or stop) from None
    observed = await observe_one(work, row, in_source=side is Side.SOURCE)
    view = _source_view if side is Side.SOURCE else _target_view
    return view(work, observed.row, observed)


def _has_given(row: Row, known: Known, given: GivenLately) -> bool | None:
    """Whether the target shows already what the source will show; None where nobody knows."""
    memory = known.memory
    brought = memory is not None and not did_not_come_from_us(row, memory) and memory.original == given.picture
    return True if brought and given.picture is not None else None


async def _put_back(work: Work, row: Row, decision: Decision) -> str:
    """Which run of whom it was."""
    if decision.reason is not Reason.RESTORED:
        return ""
    changes = await work.remembering(work.state.changes.of, work.route.name, row.key)
    last = next((change for change in changes if change.reason is Reason.RESTORED), None)
    if last is None:
        return REASONS[Reason.RESTORED].meaning
    return saying("put_back", run=last.run, at=f"{last.at:%Y-%m-%d %H:%M}")


def _source_view(work: Work, row: Row, observed: Observed) -> SystemView:
    if _borrowed(work, row):
        return SystemView(work.route.source.profile.name, NOT_TOLD, None, None, words=_BORROWED)
    has_picture = isinstance(row.source, str)
    return SystemView(
        system=work.route.source.profile.name,
        state=row.source,
        changed_at=observed.source.changed_at if observed.source else None,
        same_as_source=True if has_picture else None,
        words=_words(row.source, row.refused),
    )


def _target_view(work: Work, row: Row, observed: Observed) -> SystemView:
    return SystemView(
        system=work.route.target.profile.name,
        state=row.target,
        changed_at=observed.target.changed_at if observed.target else None,
        same_as_source=None if _borrowed(work, row) else _same(row),
        place=row.place,
        words=_words(row.target, "a placeholder" if row.target_blank or row.blanked_by_system else None),
        sync_off=row.sync_off,
        blanked=row.target_blank or row.blanked_by_system,
    )


def _borrowed(work: Work, row: Row) -> bool:
    """Whether the picture that the source shows cannot be its own: Graph shows the directory's without saying so."""
    profile = work.route.source.profile
    return profile.needs_mailbox_plan and not row.person.has_mailbox_plan and isinstance(row.source, str)


def _same(row: Row) -> bool | None:
    if isinstance(row.source, Answer) or isinstance(row.target, Answer):
        return False if NO_PICTURE in (row.source, row.target) and row.source != row.target else None
    return None if row.likeness is Likeness.UNKNOWN else row.likeness is Likeness.SAME


def _words(state: PictureState, otherwise: str | None) -> str:
    return _SHOWN[state] if isinstance(state, Answer) else otherwise or "a picture"
