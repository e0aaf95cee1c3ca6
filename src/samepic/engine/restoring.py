"""What to put back for one person: what the target showed at a time, as our own past of them tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from samepic.engine.decide import recall
from samepic.engine.facts import Known, facts_of
from samepic.engine.prepare import NO_LONGER_KEPT
from samepic.engine.remember import did_not_come_from_us
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.picture import NO_PICTURE, NOT_TOLD, PictureState, Stamp
from samepic.model.plan import RunId
from samepic.model.remembered import Change, Row
from samepic.model.sayings import saying
from samepic.planning import decide

_LEAVES_ALONE = (Reason.NOT_ELIGIBLE, Reason.UNMATCHED)
_NOT_KNOWN = saying("not_known_then")
_ALREADY = "The target shows it already."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose former picture is put back, and of when.

    One of `people` (object ids, UPNs or mail addresses), `run` and `group` (an id or a name) says whose. at: what the
    target showed then; None: before that run, or before the person's latest change. picture: of one person, the vault's
    name of the very picture that is wanted, whenever it was shown, if it ever was.
    """

    people: tuple[str, ...] = ()
    run: RunId | None = None
    group: str | None = None
    at: datetime | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """What the target showed, and words for when. picture: as `Change.before`; None: nothing of ours changed since."""

    picture: PictureState | None
    words: str


def former(changes: Sequence[Change], wanted: Wanted) -> Former:
    """What is wanted back, from a person's changes, newest first."""
    if wanted.picture is not None:
        return Former(Stamp(wanted.picture), "A picture of theirs that was chosen.")
    if wanted.run is not None:
        of_run = [change for change in changes if change.run == wanted.run]
        return _before(of_run[-1]) if of_run else Former(None, "That run changed nothing of theirs.")
    if wanted.at is None:
        return _before(changes[0]) if changes else Former(None, "No change of theirs is remembered.")
    later = [change for change in changes if change.at > wanted.at]
    return _before(later[-1]) if later else Former(None, "Nothing of theirs was changed since.")


async def restoring(work: Work, row: Row, wanted: Wanted) -> Row:
    """A row that both systems were looked at for, with what is to be done to bring back what is wanted."""
    known = (await recall(work, [row]))[row.key]
    facts = facts_of(row, known, work.route.policy, work.route.target.profile, work.now())
    version = known.memory.version if known.memory else 0
    row = replace(row, not_eligible=facts.not_eligible, target_blank=facts.target_blank, memory_version=version)
    usual = decide(facts, work.route.policy)
    if usual.reason in _LEAVES_ALONE or NOT_TOLD in (row.source, row.target):
        return replace(row, decision=Decision(Action.NOTHING, usual.reason, usual.detail))
    changes = await work.remembering(work.state.changes.of, work.route.name, row.key)
    was = former(changes, wanted)
    if was.picture is None:
        return _nothing(row, was.words)
    if was.picture is NOT_TOLD:
        return replace(_nothing(row, _NOT_KNOWN), failed=_NOT_KNOWN)
    if _shows(row, known, was.picture):
        return _nothing(row, _ALREADY)
    if was.picture is NO_PICTURE:
        return replace(row, decision=Decision(Action.CLEAR, Reason.RESTORED, was.words))
    name = str(was.picture)
    if not await _is_kept(work, row.key, name):
        return replace(_nothing(row, NO_LONGER_KEPT), failed=NO_LONGER_KEPT)
    return replace(row, original=name, decision=Decision(Action.WRITE, Reason.RESTORED, was.words))


def _before(change: Change) -> Former:
    what = "no picture, as" if change.before is NO_PICTURE else "the picture that was there"
    return Former(change.before, f"Back to {what} before {change.at:%Y-%m-%d %H:%M:%S} UTC.")


def _shows(row: Row, known: Known, picture: PictureState) -> bool:
    if picture is NO_PICTURE:
        return row.target is NO_PICTURE or row.target_blank or row.blanked_by_system
    memory = known.memory
    return memory is not None and not did_not_come_from_us(row, memory) and memory.original == picture


async def _is_kept(work: Work, key: str, name: str) -> bool:
    kept = await work.remembering(work.state.kept.of, work.route.name, key)
    known = any(one.sha256 == name for one in kept)
    return known and await work.keeping(work.vault.find, name) is not None


def _nothing(row: Row, words: str) -> Row:
    return replace(row, decision=Decision(Action.NOTHING, Reason.RESTORED, words))
