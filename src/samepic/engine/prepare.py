"""Everything that is needed at hand before a person's first write request: the new picture, and the old one kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samepic.engine.agreed import agreed
from samepic.engine.originals import entry_of, original_of
from samepic.engine.work import Work
from samepic.imaging import PictureFault
from samepic.model.picture import Fingerprint, Picture, PictureState, Stamp
from samepic.model.remembered import Kept, Row, Seen
from samepic.model.sayings import saying
from samepic.planning import BLANK_SOURCE
from samepic.ports.errors import PictureMoved, PictureRefused
from samepic.ports.vault import VaultDamaged

NO_LONGER_KEPT = saying("no_longer_kept")


class Refused(Exception):
    """The source's picture cannot be used.

    stamp: the picture's; None where the source did not say, and where it is remembered already.
    """

    def __init__(self, stamp: Stamp | None, words: str) -> None:
        super().__init__(words)
        self.stamp = stamp
        self.words = words


@dataclass(frozen=True, slots=True)
class Ready:
    """The picture to be written in the target's sizes. stamp: what the source shows; kept: the original's entry."""

    stamp: PictureState
    renditions: tuple[Picture, ...]
    fingerprint: Fingerprint
    kept: Kept


@dataclass(frozen=True, slots=True)
class Replaced:
    """The target's picture, now in the vault too. fingerprint: None where nobody can read it as a picture."""

    picture: Picture
    kept: Kept

    @property
    def fingerprint(self) -> Fingerprint | None:
        """What it looks like."""
        return self.kept.fingerprint


async def prepare(work: Work, row: Row, known: Sequence[Kept], seen: Seen | None) -> Ready:
    """Fetch the source's largest picture and make its renditions, or its original's where it is a smaller copy.

    known: what the vault has of this person; seen: what an earlier look at the source's picture found.
    Raises Refused, VaultUnusable, and what the source raises.
    """
    source = work.route.source
    if row.source_person is None:
        raise ValueError(f"{row.key} has no partner in the source")
    told = Stamp(row.source) if isinstance(row.source, str) else None
    # Where the vault has something, a larger original may be fetched from it: that counts as well.
    has_read = work.originals.has_read if not known else lambda _: None
    async with work.originals:
        try:
            stamp, picture, drawn = await agreed(work, row.source_person, seen, has_read)
        except PictureRefused as fault:
            raise Refused(told, fault.saw) from fault
        if isinstance(drawn, PictureFault):
            raise Refused(stamp, drawn.words) from drawn
        if drawn.fingerprint.blank:
            raise Refused(stamp, BLANK_SOURCE)
        entry = entry_of(work, row.key, source.profile.name, stamp, picture, drawn)
        kept, drawn = await original_of(work, known, entry, picture, drawn)
    return Ready(stamp, drawn.renditions, drawn.fingerprint, kept)


async def prepare_restored(work: Work, row: Row, known: Sequence[Kept]) -> Ready:
    """The renditions of an earlier picture out of the vault. Raises Refused, VaultUnusable.

    known: what the vault has of this person.
    """
    kept = next((one for one in known if one.sha256 == row.original), None)
    async with work.originals:
        try:
            data = await work.keeping(work.vault.fetch, kept.sha256) if kept else None
        except VaultDamaged as damaged:
            raise Refused(None, saying("vault_damaged", sha256=damaged.sha256)) from damaged
        if kept is None or data is None:
            raise Refused(None, NO_LONGER_KEPT)
        try:
            drawn = await work.draw(data, work.route.target.profile.renditions)
        except PictureFault as fault:
            raise Refused(None, fault.words) from fault
    return Ready(row.source, drawn.renditions, drawn.fingerprint, kept)


async def keep(work: Work, row: Row) -> Replaced | None:
    """Keep what the target shows, before it is overwritten; None where that is no picture.

    Raises PictureMoved where it is not what the decision was made about, VaultUnusable, and what the target raises.
    """
    target = work.route.target
    if row.target_person is None:
        raise ValueError(f"{row.key} has no partner in the target")
    try:
        read = await target.read(row.target_person)
    except PictureRefused:
        return None
    if read is None:
        return None
    stamp, picture = read
    if stamp != row.target:
        raise PictureMoved(target.profile.name, "read", saying("another_now"))
    await work.keeping(work.vault.keep, picture.data)
    try:
        drawn = await work.draw(picture.data)
    except PictureFault:
        drawn = None
    return Replaced(picture, entry_of(work, row.key, target.profile.name, stamp, picture, drawn))
