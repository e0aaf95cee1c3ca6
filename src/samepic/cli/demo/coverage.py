"""How many people show the right picture where: asked of both systems, person by person, and compared by pixels."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from samepic.cli.demo.control import Resident
from samepic.imaging import Unreadable, same_picture, workers
from samepic.model.person import KeyKind, PersonId
from samepic.model.picture import Fingerprint
from samepic.ports.errors import SystemFault
from samepic.ports.system import PictureSource
from samepic.wiring import Assembly

ENOUGH_PX = 64
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Coverage:
    """People by where the right picture shows. The right one is the mailbox's, the person's own latest."""

    people: int
    exchange: int
    sharepoint: int
    neither: int
    right_in_sharepoint: frozenset[str] = frozenset()  # object ids; a made-up organisation is small

    def as_json(self) -> dict[str, int]:
        """For a program."""
        return {
            "people": self.people,
            "exchange": self.exchange,
            "sharepoint": self.sharepoint,
            "neither": self.neither,
        }


async def measured(assembly: Assembly, people: Sequence[Resident], console: Console) -> Coverage:
    """Read everybody's picture from both systems and compare: the demo's judge, not how Samepic works."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(person: Resident) -> tuple[bool, bool]:
        async with gate:
            right = await _shown(assembly.route.source, person, ENOUGH_PX)
            shown = await _shown(assembly.route.target, person, ENOUGH_PX)
            if right is None or shown is None:
                return right is not None, False
            if not same_picture(right, shown):
                # Exchange's small sizes may be cut elsewhere than SharePoint's: only the whole picture decides.
                right = await _shown(assembly.route.source, person, None)
            return True, right is not None and same_picture(right, shown).same

    bar = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*bar, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Looking at both systems' pictures", total=len(people))

        async def counted(person: Resident) -> tuple[bool, bool]:
            seen = await one(person)
            progress.advance(task)
            return seen

        answers = await asyncio.gather(*(counted(person) for person in people))
    return Coverage(
        len(people),
        sum(exchange for exchange, _ in answers),
        sum(sharepoint for _, sharepoint in answers),
        sum(not exchange and not sharepoint for exchange, sharepoint in answers),
        frozenset(person.id for person, (_, sharepoint) in zip(people, answers, strict=True) if sharepoint),
    )


async def _shown(system: PictureSource, person: Resident, at_least_px: int | None) -> Fingerprint | None:
    address = person.id if system.profile.addressed_by is KeyKind.OBJECT_ID else person.upn
    try:
        found = await system.read(PersonId(address), at_least_px)
        return None if found is None else await asyncio.to_thread(workers().fingerprint, found[1].data)
    except (SystemFault, Unreadable):
        return None  # nothing that anybody could see
