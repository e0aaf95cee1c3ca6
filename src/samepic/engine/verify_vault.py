"""Go through the vault: whether each picture is whole, what is nobody's, and what a system can give back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from samepic.engine.many import each
from samepic.engine.observe import with_file_name
from samepic.engine.originals import entry_of
from samepic.engine.person import observe
from samepic.engine.tidy import collect
from samepic.engine.work import PAGE, Work
from samepic.imaging import Drawn, PictureFault, same_picture
from samepic.model.past import Flaw, Flawed, Verified
from samepic.model.person import Person, PersonId
from samepic.model.picture import Picture
from samepic.model.remembered import Kept, Row
from samepic.ports.errors import SystemFault
from samepic.ports.progress import Phase
from samepic.ports.system import PictureSource
from samepic.ports.vault import VaultDamaged

_AT_ONCE = 4


async def verify(work: Work, *, repair: bool, orphans: bool) -> Verified:
    """Read every picture of the route; repair: ask the systems for those that are not whole, and collect orphans.

    orphans: count files that are no route's. Raises VaultUnusable.
    """
    verified = Verified()
    work.progress.begin(Phase.VAULT, await work.remembering(work.state.kept.count, work.route.name))

    async def one(kept: Kept) -> None:
        flaw = await work.drawing(_flaw, work, kept)
        verified.pictures += 1
        verified.size_bytes += kept.size_bytes
        if flaw is None:
            verified.whole += 1
        else:
            verified.met(await _repaired(work, kept, flaw) if repair else Flawed(kept, flaw))
        work.progress.advance(1)

    await each(_everything(work), _AT_ONCE, one)
    if orphans:
        verified.orphans, verified.collected = await work.remembering(_orphans, work, repair)
    return verified


async def _everything(work: Work) -> AsyncIterator[Kept]:
    after = ("", "")
    while page := await work.remembering(work.state.kept.page, work.route.name, after, PAGE):
        for kept in page:
            yield kept
        after = (page[-1].key, page[-1].sha256)


def _flaw(work: Work, kept: Kept) -> Flaw | None:
    try:
        return Flaw.MISSING if work.vault.fetch(kept.sha256) is None else None
    except VaultDamaged:
        return Flaw.DAMAGED


def _orphans(work: Work, repair: bool) -> tuple[int, int]:
    if repair:
        return collect(work.state, work.vault, work.now())
    count = 0
    for portion in work.vault.held():
        count += len(portion) - len(work.state.kept.needed([one.sha256 for one in portion if one.sha256]))
    return count, 0


async def _repaired(work: Work, kept: Kept, flaw: Flaw) -> Flawed:
    """The very bytes from whichever system has them; else the largest copy of the same picture that one shows."""
    try:
        listed = await work.route.census.find(kept.key)
        if listed is None:
            return Flawed(kept, flaw, "they have left")
        row = Row(kept.key, with_file_name(listed.census or Person(listed.keys)))
        row = (await observe(work, row, though_left_out=True)).row
    except SystemFault as fault:
        return Flawed(kept, flaw, str(fault))
    copies = []
    for system, person in ((work.route.source, row.source_person), (work.route.target, row.target_person)):
        found = await _copy(work, system, person, kept)
        if found is not None and found[0].sha256 == kept.sha256:
            await work.keeping(work.vault.keep, found[1].data)
            return Flawed(kept, Flaw.REPAIRED, f"{system.profile.name} still has it")
        if found is not None:
            copies.append(found)
    if not copies:
        return Flawed(kept, flaw, "no system shows this picture any more")
    entry, picture = max(copies, key=lambda copy: copy[0].edge_px)
    await work.keeping(work.vault.keep, picture.data)
    await work.remembering(work.state.kept.rename, kept.route, kept.key, kept.sha256, entry)
    size = f"{entry.width_px} × {entry.height_px} px"
    return Flawed(kept, Flaw.COPIED, f"the copy of {size} that {entry.system} shows stands for it")


async def _copy(work: Work, system: PictureSource, person: PersonId | None, kept: Kept) -> tuple[Kept, Picture] | None:
    """What a system shows of them, where that is the same picture."""
    if person is None:
        return None
    try:
        read = await system.read(person)
    except SystemFault:
        return None
    if read is None:
        return None
    stamp, picture = read
    drawn: Drawn | None = None
    with suppress(PictureFault):
        drawn = await work.draw(picture.data)
    entry = entry_of(work, kept.key, system.profile.name, stamp, picture, drawn)
    return (entry, picture) if entry.sha256 == kept.sha256 or _alike(entry, kept) else None


def _alike(one: Kept, other: Kept) -> bool:
    if one.fingerprint is None or other.fingerprint is None:
        return False
    return same_picture(one.fingerprint, other.fingerprint).same
