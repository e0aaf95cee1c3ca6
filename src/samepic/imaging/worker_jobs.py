"""What a worker can be asked to do."""

from __future__ import annotations

from collections.abc import Callable

from samepic.imaging.contact_sheet import contact_sheet
from samepic.imaging.drawing import draw
from samepic.imaging.worker_values import answer_with, cells_in, crop_in, renditions_in
from samepic.imaging.worker_wire import Message

Job = Callable[[Message], Message]


def _draw(order: Message) -> Message:
    background = order.facts["background"]
    return answer_with(draw(order.parts[0], renditions_in(order), crop_in(order), background=background))


def _contact_sheet(order: Message) -> Message:
    return Message({}, [contact_sheet(order.facts["title"], cells_in(order), order.facts["people"])])


JOBS: dict[str, Job] = {"draw": _draw, "contact_sheet": _contact_sheet}
