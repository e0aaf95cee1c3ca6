"""What a person's memory becomes after each thing that can happen to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from samepic.engine.facts import Known
from samepic.model.decision import Action, Reason
from samepic.model.picture import NO_PICTURE, Stamp
from samepic.model.remembered import Change, Intent, Memory, Refusal, Row
from samepic.model.system import Written
from samepic.ports.errors import PersonFault, PersonNotEligible, PictureRefused


def found_in_step(row: Row, known: Known, now: datetime) -> Memory | None:
    """Both show the same picture, whoever put it there. None where that is what is remembered."""
    old = known.memory or Memory(row.key)
    source_stood_still = old.source == row.source
    new = replace(
        _who(old, row),
        source=row.source,
        target=row.target,
        ours=True,
        fingerprint=known.source_print(row) or (old.fingerprint if source_stood_still else None),
        place=row.place or old.place,
        restored=False,
        blankings=old.blankings if source_stood_still else (),
    )
    return _changed(old, new, now)


def met(row: Row, known: Known, now: datetime) -> Memory | None:
    """Both have a picture, different ones, and policy leaves it so."""
    old = known.memory or Memory(row.key)
    new = replace(_who(old, row), source=row.source, target=row.target, place=row.place or old.place)
    return _changed(old, new, now)


def after_write(old: Memory | None, intent: Intent, written: Written, now: datetime) -> Memory:
    """The target shows our picture, or none where it was cleared."""
    before = old or Memory(intent.key)
    source_stood_still = before.source == intent.source
    blankings = before.blankings if source_stood_still else ()
    if intent.reason is Reason.BLANKED and source_stood_still:
        blankings = (*blankings, now)
    if intent.action is Action.CLEAR:
        left = replace(
            before,
            source=intent.source,
            target=NO_PICTURE,
            target_before=intent.replacing,
            wrote=NO_PICTURE,
            fingerprint=None,
            blankings=(),
        )
    else:
        left = replace(
            before,
            source=intent.source,
            target=written.stamp,
            target_before=intent.replacing,
            wrote=written.stamp,
            fingerprint=intent.fingerprint,
            sync_off_by_us=before.sync_off_by_us if written.sync_off is None else written.sync_off,
            blankings=blankings,
        )
    return replace(
        left,
        source_person=intent.source_person or before.source_person,
        target_person=intent.target_person,
        upn=intent.upn or before.upn,
        display_name=intent.display_name or before.display_name,
        ours=True,
        place=written.place or intent.place or before.place,
        original=str(intent.after) if isinstance(intent.after, str) else None,
        restored=intent.reason is Reason.RESTORED,
        written_at=now,
        updated_at=now,
        version=before.version + 1,
    )


def refusal_of(intent: Intent, fault: PersonFault, now: datetime) -> Refusal | None:
    """That the target would not have the source's picture, or nobody's for this person; None where nothing is learnt.

    Of a picture out of the vault nothing is: the source's is another one.
    """
    if not isinstance(intent.source, str):
        return None
    if isinstance(fault, PersonNotEligible):
        return Refusal(Stamp(intent.source), str(fault), now, fault.reason)
    if isinstance(fault, PictureRefused) and intent.reason is not Reason.RESTORED:
        return Refusal(Stamp(intent.source), fault.saw, now)
    return None


def change_of(intent: Intent, written: Written, now: datetime) -> Change:
    """The write as the person's past has it."""
    return Change(
        key=intent.key,
        run=intent.run,
        at=now,
        action=intent.action,
        reason=intent.reason,
        source=intent.source,
        target=written.stamp,
        before=intent.before,
        after=intent.after,
    )


def did_not_come_from_us(row: Row, memory: Memory | None) -> bool:
    """Whether what the target shows would be lost to a write without its bytes being kept."""
    if row.target is NO_PICTURE:
        return False
    return memory is None or not isinstance(row.target, str) or memory.wrote != row.target


def _who(old: Memory, row: Row) -> Memory:
    return replace(
        old,
        source_person=row.source_person,
        target_person=row.target_person,
        upn=row.person.keys.upn,
        display_name=row.person.display_name,
    )


def _changed(old: Memory, new: Memory, now: datetime) -> Memory | None:
    return None if new == old else replace(new, updated_at=now, version=old.version + 1)
