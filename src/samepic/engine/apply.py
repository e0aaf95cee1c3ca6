"""Take one person's step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from samepic.engine.finish import finish, settle
from samepic.engine.lock import locked
from samepic.engine.plan import target_has_picture
from samepic.engine.prepare import Ready, Refused, Replaced, keep, prepare, prepare_restored
from samepic.engine.remember import did_not_come_from_us
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.outcome import StepResult
from samepic.model.picture import NO_PICTURE, Fingerprint, Picture, PictureState, Place, Stamp
from samepic.model.remembered import Footing, Intent, Memory, Refusal, Row
from samepic.model.sayings import saying
from samepic.ports.errors import Busy, PersonFault, PersonNotEligible, PictureMoved, PictureRefused, SystemFault
from samepic.ports.vault import VaultUnusable


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one step: the row as it is now, words for the reader, both pictures where they are known."""

    row: Row
    result: StepResult
    words: str = ""
    before: Picture | None = None
    after: Picture | None = None


async def take(work: Work, row: Row, *, as_decided: bool = False) -> Taken:
    """Take one person's step, holding their lock. Raises Stop; what else goes wrong is theirs, and in the answer.

    as_decided: write the picture that the plan was made about, and no other.
    """
    try:
        async with locked(work, row.key):
            try:
                taken = await _take(work, row, as_decided)
            except Refused as refused:
                return await _refused(work, row, refused)
            except PersonNotEligible as fault:
                return _not_eligible(row, fault)
            except PersonFault as fault:
                return _skipped(row, str(fault))
            except VaultUnusable as fault:
                raise Stop(saying("vault_unusable", where=fault.where, saw=fault.saw)) from fault
    except SystemFault as fault:
        words = await work.streak.met(fault)
        return Taken(replace(row, failed=words), StepResult.FAILED, words)
    work.streak.well()
    return taken


async def _take(work: Work, row: Row, as_decided: bool) -> Taken:
    footing = await work.journal.footing(row.key)
    if footing.unfinished:
        await settle(work, row.key)
        footing = await work.journal.footing(row.key)
    memory = footing.memory
    if (memory.version if memory else 0) != row.memory_version:
        return _skipped(row, saying("another_was_quicker"))
    would_be_lost = did_not_come_from_us(row, memory) or not await _is_kept(work, row, memory)
    if row.decision is not None and row.decision.action is Action.CLEAR:
        replaced, ready = await keep(work, row) if would_be_lost else None, None
    elif would_be_lost:
        ready, replaced = await _both(work, row, footing)
    else:
        ready, replaced = await _ready(work, row, footing), None
    if as_decided and ready is not None and row.original is None and ready.stamp != row.source:
        raise PictureMoved(work.route.source.profile.name, "read", saying("another_now"))
    intent = _intent(work, row, memory, ready, replaced)
    kept = [one.kept for one in (ready, replaced) if one is not None]
    await work.journal.open((intent, kept))
    await _carry_out(work, intent)
    result = StepResult.WRITTEN if ready else StepResult.CLEARED
    after = max(ready.renditions, key=lambda picture: picture.width_px) if ready else None
    return Taken(row, result, "", replaced.picture if replaced else None, after)


async def _both(work: Work, row: Row, footing: Footing) -> tuple[Ready, Replaced | None]:
    """Side by side: a request is to feel immediate."""
    try:
        async with asyncio.TaskGroup() as group:
            ready = group.create_task(_ready(work, row, footing))
            replaced = group.create_task(keep(work, row))
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return ready.result(), replaced.result()


async def _ready(work: Work, row: Row, footing: Footing) -> Ready:
    if row.original is not None:
        return await prepare_restored(work, row, footing.kept)
    return await prepare(work, row, footing.kept, footing.seen)


async def _is_kept(work: Work, row: Row, memory: Memory | None) -> bool:
    """Whether the vault has what our last write to this person was made of, if there is anything to lose."""
    if row.target is NO_PICTURE:
        return True
    original = memory.original if memory is not None else None
    return original is not None and await work.keeping(work.vault.find, original) is not None


def _intent(work: Work, row: Row, memory: Memory | None, ready: Ready | None, replaced: Replaced | None) -> Intent:
    if row.decision is None or row.target_person is None:
        raise ValueError(f"{row.key} has no step to take")
    return Intent(
        key=row.key,
        run=work.run,
        action=row.decision.action,
        reason=row.decision.reason,
        target_person=row.target_person,
        source_person=row.source_person,
        source=ready.stamp if ready else row.source,
        replacing=row.target,
        place=_place(row, memory),
        fingerprint=ready.fingerprint if ready else None,
        replaced=replaced.fingerprint if replaced else _ours(row, memory),
        opened_at=work.now(),
        renditions=tuple(picture.data for picture in ready.renditions) if ready else (),
        display_name=row.person.display_name,
        upn=row.person.keys.upn,
        before=_before(row, memory, replaced),
        after=Stamp(ready.kept.sha256) if ready else NO_PICTURE,
    )


def _before(row: Row, memory: Memory | None, replaced: Replaced | None) -> PictureState:
    """What the target shows, by the vault's name of it. A placeholder is no picture."""
    if not target_has_picture(row):
        return NO_PICTURE
    if replaced is not None:
        return Stamp(replaced.kept.sha256)
    ours = memory.original if memory is not None and not did_not_come_from_us(row, memory) else None
    return NO_PICTURE if ours is None else Stamp(ours)


def _place(row: Row, memory: Memory | None) -> Place | None:
    """As looked at just now, else as remembered, else as listed: a listing tells less than either."""
    remembered = memory.place if memory else None
    return row.place or remembered if row.looked else remembered or row.place


def _ours(row: Row, memory: Memory | None) -> Fingerprint | None:
    """What is to be replaced, where it is what we left there."""
    return memory.fingerprint if memory is not None and memory.target == row.target else None


async def _carry_out(work: Work, intent: Intent) -> None:
    try:
        await finish(work, intent)
    except PictureRefused as fault:
        raise Refused(None, fault.saw) from fault  # the intent was closed with it
    except Busy:
        # Nobody knows what was stored. Look now rather than at the next run, if the system lets us.
        if await settle(work, intent.key) is None:
            raise


async def _refused(work: Work, row: Row, refused: Refused) -> Taken:
    """Remembered by the picture's stamp, so that no run fetches it again; a picture of the vault has none."""
    if row.original is not None:
        return Taken(replace(row, failed=refused.words), StepResult.FAILED, refused.words)
    if refused.stamp is not None:
        refusal = Refusal(refused.stamp, refused.words, work.now())
        await work.remembering(work.state.memories.refuse, work.route.name, row.key, refusal)
    decision = Decision(Action.NOTHING, Reason.REFUSED, refused.words)
    return _skipped(replace(row, refused=refused.words, decision=decision), refused.words)


def _not_eligible(row: Row, fault: PersonNotEligible) -> Taken:
    """Only a write tells it, and was closed with it: every attempt costs the target what it takes back."""
    decision = Decision(Action.NOTHING, Reason.NOT_ELIGIBLE, fault.reason.value)
    return _skipped(replace(row, not_eligible=fault.reason, decision=decision), str(fault))


def _skipped(row: Row, words: str) -> Taken:
    return Taken(row, StepResult.SKIPPED, words)
