"""Carry out an intent and close it; decide what an unfinished one needs. Whoever calls holds the person's lock."""

from __future__ import annotations

from dataclasses import replace

from samepic.engine.match import addressed
from samepic.engine.remember import refusal_of
from samepic.engine.work import Work
from samepic.imaging import PictureFault, same_picture
from samepic.model.decision import Action
from samepic.model.picture import GONE, NO_PICTURE, Picture, PictureFormat, Stamp, format_of
from samepic.model.remembered import Closed, Intent, Memory
from samepic.model.system import Sighting, Written
from samepic.ports.errors import PersonFault, PersonGone, PictureRefused


async def finish(work: Work, intent: Intent) -> Memory:
    """Send the requests, remember what they left, close the intent.

    Raises what the target raises. A PersonFault closes the intent too: the target says that it will not have it. That
    is remembered in the same commit: whoever is killed between two would write, and take back, all of it once more.
    """
    try:
        written = await _send(work, intent)
    except PersonFault as fault:
        closed = Closed(intent.key, refusal=refusal_of(intent, fault, work.now()))
        await work.remembering(work.state.intents.close_all, work.route.name, [closed])
        raise
    return await work.journal.close((intent, written))


async def settle(work: Work, key: str) -> Memory | None:
    """Finish what somebody began and nobody saw the end of; None where there is nothing, or it is not ours to finish.

    Looks first. Where the target shows neither what was written nor what that was to replace, somebody else has been
    at it: the intent is dropped and the next decision made afresh.
    """
    intent = await work.remembering(work.state.intents.of, work.route.name, key)
    if intent is None:
        return None
    sighting = None
    if await _is_still_theirs(work, intent):
        async for one in work.route.target.look([intent.target_person]):
            sighting = one
    if sighting is None or not await _is_ours_to_finish(work, intent, sighting):
        await work.remembering(work.state.intents.close, work.route.name, key)
        return None
    return await finish(work, replace(intent, replacing=sighting.state, place=sighting.place or intent.place))


async def _send(work: Work, intent: Intent) -> Written:
    work.permit()
    target = work.route.target
    if intent.action is Action.CLEAR:
        replacing = Stamp(intent.replacing) if isinstance(intent.replacing, str) else Stamp("")
        return await target.clear(intent.target_person, replacing=replacing, place=intent.place)
    renditions = [Picture(data, format_of(data) or PictureFormat.JPEG) for data in intent.renditions]
    return await target.write(intent.target_person, renditions, replacing=intent.replacing, place=intent.place)


async def _is_still_theirs(work: Work, intent: Intent) -> bool:
    """Whether the target's name for the person is theirs yet: an address may have gone to a newcomer meanwhile."""
    found = await work.route.census.find(intent.key)
    if found is None:
        return False
    profile = work.route.target.profile
    if profile.lists_people:
        return True
    now = addressed(found.keys, profile).person
    return now is not None and now.casefold() == intent.target_person.casefold()


async def _is_ours_to_finish(work: Work, intent: Intent, sighting: Sighting) -> bool:
    """Whether the target shows our bytes, the same picture, what was to be replaced, or nothing."""
    if sighting.state is GONE or sighting.not_eligible is not None:
        return False
    if sighting.state is NO_PICTURE or sighting.state == intent.replacing:
        return True
    try:
        read = await work.route.target.read(intent.target_person)
        if read is None or read[1].sha256 in intent.sha256:
            return True
        shown = await work.fingerprint(read[1].data)
    except PersonGone:
        return False
    except (PictureRefused, PictureFault):
        return True  # what is there is no picture that anybody could lose
    known = (intent.fingerprint, intent.replaced)
    return shown.blank or any(one is not None and same_picture(shown, one) for one in known)
