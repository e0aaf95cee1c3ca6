"""Everything that is needed at hand before a person's first write request: the new picture, and the old one kept."""

from __future__ import annotations

from dataclasses import dataclass

from samepic.engine.work import Work
from samepic.imaging import PictureFault, draw, fingerprint
from samepic.model.picture import Fingerprint, Picture, Stamp
from samepic.model.remembered import Kept, Row
from samepic.planning import BLANK_SOURCE
from samepic.ports.errors import PictureMoved, PictureRefused


class Refused(Exception):
    """The source's picture cannot be used. stamp: the picture's, None where the source did not say."""

    def __init__(self, stamp: Stamp | None, words: str) -> None:
        super().__init__(words)
        self.stamp = stamp
        self.words = words


@dataclass(frozen=True, slots=True)
class Ready:
    """The source's picture in the target's sizes."""

    stamp: Stamp
    renditions: tuple[Picture, ...]
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Replaced:
    """The target's picture, now in the vault too. fingerprint: None where nobody can read it as a picture."""

    picture: Picture
    fingerprint: Fingerprint | None


async def prepare(work: Work, row: Row) -> Ready:
    """Fetch the source's largest picture and make its renditions. Raises Refused, and what the source raises."""
    source = work.route.source
    if row.source_person is None:
        raise ValueError(f"{row.key} has no partner in the source")
    told = Stamp(row.source) if isinstance(row.source, str) else None
    async with work.originals:
        try:
            read = await source.read(row.source_person)
        except PictureRefused as fault:
            raise Refused(told, fault.saw) from fault
        if read is None:
            raise PictureMoved(source.profile.name, "read", "the picture was removed since it was decided")
        stamp, picture = read
        try:
            drawn = await work.drawing(draw, picture.data, work.route.target.profile.renditions)
        except PictureFault as fault:
            raise Refused(stamp, fault.words) from fault
    if drawn.fingerprint.blank:
        raise Refused(stamp, BLANK_SOURCE)
    return Ready(stamp, drawn.renditions, drawn.fingerprint)


async def keep(work: Work, row: Row) -> Replaced | None:
    """Keep what the target shows, before it is overwritten; None where that is no picture.

    Raises PictureMoved where it is not what the decision was made about, and what the target raises.
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
        raise PictureMoved(target.profile.name, "read", "another picture is there than was decided about")
    sha256, taken = await work.drawing(_kept, work, picture)
    entry = Kept(row.key, sha256, target.profile.name, stamp, picture.format.value, work.now())
    await work.remembering(work.state.memories.keep, entry)
    return Replaced(picture, taken)


def _kept(work: Work, picture: Picture) -> tuple[str, Fingerprint | None]:
    sha256 = work.vault.keep(picture.data)
    try:
        return sha256, fingerprint(picture)
    except PictureFault:
        return sha256, None
