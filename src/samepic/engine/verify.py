"""Look at those whose picture was changed: whether the target shows what its answers promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from samepic.engine.look import sightings
from samepic.engine.many import each
from samepic.engine.observe import key_of
from samepic.engine.work import Work
from samepic.imaging import PictureFault, same_picture
from samepic.model.ahead import lists_again
from samepic.model.news import Because
from samepic.model.outcome import Failure, LookedAt
from samepic.model.person import PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD, PictureState, Stamp
from samepic.model.remembered import Memory, Seen, Settled, Unsettled
from samepic.model.sayings import saying
from samepic.model.system import Looks, Sighting
from samepic.planning import verified
from samepic.ports.errors import PictureRefused, SystemFault

_PAGES_AT_ONCE = 2
_BATCHES_IN_ONE = 5
_ENOUGH_PX = 96
_FAILURES_TOLD = 100


@dataclass(slots=True)
class Verified:
    """What the looks showed, and whose change did not take."""

    counts: Counter[Settled] = field(default_factory=Counter)
    did_not_take: list[Failure] = field(default_factory=list)

    @property
    def looked_at(self) -> LookedAt:
        """In numbers."""
        return LookedAt(**{name: self.counts[Settled(name)] for name in LookedAt.__slots__})


@dataclass(frozen=True, slots=True)
class _Told:
    """What was found out about one change, and what is remembered then; None where it stays as it was."""

    change: Unsettled
    verdict: Settled
    memory: Memory | None = None
    seen: Seen | None = None
    person: str = ""


async def verify(work: Work, key: str | None = None) -> Verified:
    """Look at everybody whose change nobody has confirmed yet, or at one person. Raises nothing that a system raises.

    One look tells of many people; the pictures are read only of those who show neither what was there before nor
    what was written. Whose change did not take is decided anew by the next run.
    """
    found = Verified()
    if key is None and await _listing_is_cheaper(work):
        await _by_listing(work, found)
    await each(_pages(work, key), _PAGES_AT_ONCE, lambda page: _look(work, page, found))
    return found


async def _listing_is_cheaper(work: Work) -> bool:
    profile = work.route.target.profile
    if profile.lists_people or profile.looks is not Looks.IN_LISTING:
        return False
    waiting = await work.remembering(work.state.lately.count_unsettled, work.route.name)
    known = await work.remembering(work.state.memories.count, work.route.name)
    return lists_again(waiting, max(known, await work.count()))  # an incremental sweep has rows of few people only


async def _by_listing(work: Work, found: Verified) -> None:
    """Settle whoever the listing tells to have what was written; the others are looked at one by one."""
    try:
        async for page in work.route.target.people():
            await _confirm(work, {key_of(one): one.state for one in page.people}, found)
    except SystemFault:
        return


async def _confirm(work: Work, listed: Mapping[str, PictureState], found: Verified) -> None:
    """A file that lies there is not yet shown: the target is asked for the rest while the page is at hand."""
    changes = {one.key: one for one in await work.remembering(_unsettled_of, work, listed)}
    memories = await work.remembering(work.state.memories.of, work.route.name, list(changes))
    people = {
        key: PersonId(memory.target_person)
        for key, memory in memories.items()
        if memory.target_person and memory.target == listed[key] and memory.written_at == changes[key].at
    }
    seen = await sightings(work.route.target, list(people.values())) if people else {}
    shown = [key for key, person in people.items() if person in seen and seen[person].state == memories[key].target]
    await work.remembering(_remember, work, [_Told(changes[key], Settled.VERIFIED) for key in shown])
    found.counts[Settled.VERIFIED] += len(shown)


def _unsettled_of(work: Work, keys: Mapping[str, PictureState]) -> list[Unsettled]:
    return work.state.lately.unsettled_of(work.route.name, keys.keys())


async def _pages(work: Work, key: str | None) -> AsyncIterator[list[Unsettled]]:
    after = 0
    size = _BATCHES_IN_ONE * work.route.target.profile.look_batch  # a half-full batch costs as much as a full one
    while page := await work.remembering(work.state.lately.unsettled, work.route.name, after, size, key):
        yield page
        after = page[-1].number


async def _look(work: Work, page: Sequence[Unsettled], found: Verified) -> None:
    memories = await work.remembering(work.state.memories.of, work.route.name, [change.key for change in page])
    ours = {c.key: c for c in page if (m := memories.get(c.key)) and m.written_at == c.at and m.target_person}
    people = {key: PersonId(memories[key].target_person or "") for key in ours}
    try:
        seen = await sightings(work.route.target, list(people.values())) if people else {}
    except SystemFault:
        seen = {}  # the next run looks again
    told = [_Told(change, Settled.SUPERSEDED) for change in page if ours.get(change.key) is not change]
    for key, change in ours.items():
        told.append(await _told(work, change, memories[key], seen.get(people[key])))
    await work.remembering(_remember, work, told)
    for one in told:
        found.counts[one.verdict] += 1
        if one.verdict is Settled.DID_NOT_TAKE and len(found.did_not_take) < _FAILURES_TOLD:
            words = saying("of_system", system=work.route.target.profile.name, words=saying("not_shown"))
            found.did_not_take.append(Failure(one.person, words))


async def _told(work: Work, change: Unsettled, memory: Memory, sighting: Sighting | None) -> _Told:
    shown = NOT_TOLD if sighting is None else sighting.state
    person = memory.upn or memory.key
    settling = work.now() - change.at < work.route.target.profile.settles_within
    verdict = verified(memory.target, memory.target_before, shown, settling=settling)
    if verdict is None:
        return await _compared(work, change, memory, Stamp(str(shown)))
    if verdict is Settled.DID_NOT_TAKE and shown is not NO_PICTURE and not memory.restored:
        # Forgetting what the source showed makes the next run write it again, as it does where a picture is missing.
        memory = replace(memory, source=NOT_TOLD, target=shown, updated_at=work.now(), version=memory.version + 1)
        return _Told(change, verdict, memory, person=person)
    return _Told(change, verdict, person=person)


async def _compared(work: Work, change: Unsettled, memory: Memory, shown: Stamp) -> _Told:
    """Another stamp than we left: the same picture encoded anew, or another one."""
    person = memory.upn or memory.key
    try:
        read = await work.route.target.read(PersonId(memory.target_person or ""), _ENOUGH_PX)
        if read is None:
            return _Told(change, Settled.DID_NOT_TAKE, person=person)
        stamp, taken = read[0], await work.fingerprint(read[1].data)
    except (PictureRefused, PictureFault):
        return _Told(change, Settled.DID_NOT_TAKE, person=person)
    except SystemFault:
        return _Told(change, Settled.UNVERIFIED, person=person)
    seen = Seen(stamp, taken)
    if memory.fingerprint is not None and same_picture(memory.fingerprint, taken):
        memory = replace(memory, target=stamp, updated_at=work.now(), version=memory.version + 1)
        return _Told(change, Settled.VERIFIED, memory, seen, person)
    return _Told(change, Settled.DID_NOT_TAKE, None, seen, person)


def _remember(work: Work, told: Sequence[_Told]) -> None:
    memories, name = work.state.memories, work.route.name
    memories.remember(name, [one.memory for one in told if one.memory is not None])
    memories.saw(work.route.target.profile.name, {one.change.key: one.seen for one in told if one.seen is not None})
    again = [one.change.key for one in told if one.verdict is Settled.DID_NOT_TAKE]
    work.state.news.enter(name, again, Because.LEFT)
    work.state.lately.settle({one.change.number: one.verdict for one in told})
