"""The picture that a system shows of one person now, drawn anew for whoever looks."""

from __future__ import annotations

from enum import StrEnum

from samepic.engine.person import find, observe_one
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.imaging import PictureFault
from samepic.model.picture import Picture, Stamp
from samepic.model.system import Rendition
from samepic.ports.errors import PersonGone, PictureRefused


class Side(StrEnum):
    """Of a route."""

    SOURCE = "source"
    TARGET = "target"


async def served(work: Work, key: str, side: Side, edge_px: int) -> tuple[Stamp, Picture] | None:
    """A square JPEG of at most edge_px, with the system's own stamp; None where it shows none that can be read.

    No bytes of the system's reach anybody: what comes back was drawn by a worker, without anything hidden in it.
    Raises UnknownPerson, and SystemFault where the system does not answer.
    """
    try:
        [row] = await find(work, [key])
    except Stop as stop:
        raise (stop.__cause__ or stop) from None
    in_source = side is Side.SOURCE
    row = (await observe_one(work, row, in_source=in_source)).row
    system = work.route.source if in_source else work.route.target
    person = row.source_person if in_source else row.target_person
    if person is None:
        return None
    try:
        read = await system.read(person, edge_px)
        if read is None:
            return None
        stamp, picture = read
        drawn = await work.draw(picture.data, [Rendition("shown", edge_px)])
    except (PersonGone, PictureRefused, PictureFault):
        return None
    return Stamp(stamp), drawn.renditions[0]
