"""The faces of what a plan would do: the target's picture now, and the source's that would replace it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from samepic.model.person import PersonId
from samepic.model.picture import Picture
from samepic.model.plan import Step
from samepic.planning.words import REASONS
from samepic.ports.errors import SystemFault
from samepic.ports.system import PictureSource
from samepic.report import Face, Faces
from samepic.report.faces import FACE_PX, small
from samepic.wiring import Assembly

AT_ONCE = 8

Instead = Callable[[Step], Awaitable[Picture | None]]
"""What a step would write."""


async def preview(assembly: Assembly, steps: Sequence[Step], faces: Faces, instead: Instead | None = None) -> None:
    """Read both pictures of each step, a few at a time, into `faces` in the steps' order.

    instead: where the picture that would be written comes from, if not from the source.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def face(step: Step) -> Face:
        async with gate:
            before, after = await asyncio.gather(
                _shown(assembly.route.target, step),
                _shown(assembly.route.source, step) if instead is None else instead(step),
            )
        address = step.keys.upn or step.keys.mail or step.keys.object_id or ""
        words = step.detail or REASONS[step.reason].meaning
        return Face(step.display_name, address, step.reason, words, small(before), small(after))

    for found in await asyncio.gather(*(face(step) for step in steps)):
        faces.add(found)


async def _shown(system: PictureSource, step: Step) -> Picture | None:
    """A picture for looking at; one that cannot be had leaves its place empty."""
    address = getattr(step.keys, system.profile.addressed_by.value)
    if not address:
        return None
    try:
        found = await system.read(PersonId(address), FACE_PX)
    except SystemFault:
        return None
    return None if found is None else found[1]
