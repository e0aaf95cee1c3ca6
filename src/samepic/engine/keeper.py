"""Answers about what was: a person's past, one picture of it, and the vault as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime

from samepic.engine.lock import locked
from samepic.engine.observe import key_of
from samepic.engine.person import UnknownPerson
from samepic.engine.verify_vault import verify
from samepic.engine.work import Work
from samepic.imaging import PictureFault
from samepic.model.past import Forgotten, Past, Verified
from samepic.model.picture import Picture, PictureFormat
from samepic.model.plan import Step
from samepic.model.remembered import Kept
from samepic.model.system import Rendition
from samepic.ports.progress import Progress, Silent
from samepic.ports.vault import VaultDamaged

_ANY_TIME = datetime.max.replace(tzinfo=UTC)

Working = Callable[[Progress], AbstractContextManager[Work]]
"""Makes what a verb has at hand."""

Locking = Callable[[str], AbstractContextManager[None]]
"""Keeps runs off a route, by its name."""


class UnfinishedWrite(Exception):
    """A write of this person, on this route, has begun and is not finished; only the next run knows how it ends."""

    def __init__(self, person: str, route: str) -> None:
        super().__init__(f"{person}: a write was interrupted; `samepic sync` finishes it, then try again")
        self.person = person
        self.route = route


class Keeper:
    """For one route. A person is named by object id or user principal name, also when the census has lost them."""

    def __init__(self, working: Working, locking: Locking) -> None:
        self._working = working
        self._locking = locking

    async def past(self, person: str) -> Past:
        """What is remembered of a person's pictures. Raises UnknownPerson, and what the census raises."""
        with self._working(Silent()) as work:
            # no thread is begun for it: pages ask this each time
            found = await asyncio.to_thread(_past_of_known, work, person)
            if found is not None:
                return found
            return await work.remembering(_past, work, await _key_of(work, person), person)

    async def original_of(self, step: Step) -> Picture | None:
        """What a step of a restore would put back; None where that is nothing, or is lost."""
        if step.original is None:
            return None
        key = (step.keys.object_id or step.keys.upn or "").casefold()
        with self._working(Silent()) as work:
            kept = await _one_of(work, key, step.original)
            try:
                data = await work.keeping(work.vault.fetch, kept.sha256) if kept is not None else None
            except VaultDamaged:
                return None
        return None if data is None or kept is None else Picture(data, PictureFormat(kept.media_type))

    async def fetch(self, kept: Kept) -> bytes | None:
        """A picture's bytes; None where the vault has lost them. Raises VaultDamaged, VaultUnusable."""
        with self._working(Silent()) as work:
            return await work.keeping(work.vault.fetch, kept.sha256)

    async def drawn(self, person: str, name: str, edge_px: int) -> Picture | None:
        """One of a person's own pictures, as a square JPEG of at most edge_px that we drew.

        None where it is not theirs, is lost, or is no picture that can be read. Raises UnknownPerson, VaultUnusable.
        """
        with self._working(Silent()) as work:
            kept = await _one_of(work, await _key_of(work, person), name)
            try:
                data = await work.keeping(work.vault.fetch, name) if kept is not None else None
                drawn = await work.draw(data, [Rendition("shown", edge_px)]) if data is not None else None
            except (VaultDamaged, PictureFault):
                return None
        return drawn.renditions[0] if drawn is not None else None

    async def adopt(self, person: str, kept: Kept) -> None:
        """Enter a picture of a person, kept under another route, under this one too. Raises UnknownPerson."""
        with self._working(Silent()) as work:
            key = await _key_of(work, person)
            if key != kept.key:
                raise UnknownPerson([person], work.route.census.profile.name)
            await work.remembering(work.state.kept.put, [replace(kept, route=work.route.name)])

    async def verify(self, *, repair: bool = False, orphans: bool = True, progress: Progress | None = None) -> Verified:
        """Read every picture that the vault has for this route, and compare it with its name.

        repair: have the systems give back what is not whole, and take away what is nobody's. orphans: count those.
        Raises VaultUnusable.
        """
        with self._working(progress or Silent()) as work:
            return await verify(work, repair=repair, orphans=orphans)

    async def forget(self, person: str, routes: Sequence[str], given_up: Collection[str] = ()) -> Forgotten:
        """Erase everything that is remembered of a person, on every route, and their pictures from the vault.

        routes: all there are; no run may be at work on any. given_up: those whose unfinished writes nobody is going to
        finish, and of which a target is left with the one picture or the other: such a write is forgotten as well.
        Raises RouteBusy, UnknownPerson, UnfinishedWrite.
        """
        async with AsyncExitStack() as stack:
            for route in routes:
                stack.enter_context(self._locking(route))
            work = stack.enter_context(self._working(Silent()))
            key = await _key_of(work, person)
            for route in sorted(routes):  # whoever else has one of these holds no other meanwhile
                await stack.enter_async_context(locked(work, key, route))
            return await work.remembering(_forget, work, key, person, routes, given_up)


async def _key_of(work: Work, person: str) -> str:
    known = await work.remembering(work.state.changes.known_as, person)
    if known is not None:
        return known
    found = await work.route.census.find(person)
    if found is None:
        raise UnknownPerson([person], work.route.census.profile.name)
    return key_of(found)


async def _one_of(work: Work, key: str, name: str) -> Kept | None:
    known = await work.remembering(work.state.kept.of, work.route.name, key)
    return next((one for one in known if one.sha256 == name), None)


def _past_of_known(work: Work, person: str) -> Past | None:
    key = work.state.changes.known_as(person)
    return None if key is None else _past(work, key, person)


def _past(work: Work, key: str, person: str) -> Past:
    name, state = work.route.name, work.state
    memory = state.memories.of(name, [key]).get(key)
    kept = tuple(state.kept.of(name, key))
    return Past(
        key=key,
        person=(memory.upn if memory else None) or person,
        display_name=memory.display_name if memory else "",
        route=name,
        kept=kept,
        changes=tuple(state.changes.of(name, key)),
        present=frozenset(one.sha256 for one in kept if work.vault.find(one.sha256)),
    )


def _forget(work: Work, key: str, person: str, routes: Sequence[str], given_up: Collection[str]) -> Forgotten:
    state = work.state
    unfinished = [route for route in routes if state.intents.of(route, key)]
    for route in unfinished:
        if route not in given_up:
            raise UnfinishedWrite(person, route)
    names = state.kept.forget(key)
    needed = state.kept.needed(names)
    files = [held for name in names if name not in needed and (held := work.vault.find(name))]
    dropped = sum(work.vault.drop(held, _ANY_TIME) for held in files)
    return Forgotten(person, len(names), dropped, len(unfinished))
