"""Ask systems for the stamps that no listing told, in their own batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from samepic.engine.many import each
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.decision import Action
from samepic.model.person import PersonId
from samepic.model.picture import NOT_TOLD, Stamp
from samepic.model.remembered import Row, Seen, Stage, Verdict
from samepic.model.sayings import saying
from samepic.model.system import Sighting
from samepic.ports.errors import AccessDenied, Busy, OutOfContract
from samepic.ports.progress import Phase
from samepic.ports.system import PictureSource

_BATCHES_AT_ONCE = 8
_BUSY_BATCHES = 3


async def look_at_sources(work: Work) -> None:
    """Learn the source's stamps of everybody who takes part and whose stamp is not told. Raises Stop."""
    await _look(work, Stage.SOURCE_UNTOLD, work.route.source)


async def look_at_targets(work: Work, stage: Stage) -> None:
    """Learn from the target about everybody of a stage; rows are undecided afterwards. Raises Stop."""
    await _look(work, stage, work.route.target)


async def sightings(system: PictureSource, people: Sequence[PersonId]) -> dict[PersonId, Sighting]:
    """One batch's answers by person."""
    return {sighting.person: sighting async for sighting in system.look(people)}


def source_seen(row: Row, sighting: Sighting | None) -> Row:
    """A row with what the source said."""
    if sighting is None:
        return replace(row, failed=saying("source_silent"))
    return replace(row, source=sighting.state, not_eligible=row.not_eligible or sighting.not_eligible)


def target_seen(row: Row, sighting: Sighting | None) -> Row:
    """A row with what the target said, to be decided again."""
    if sighting is None:
        return replace(row, failed=saying("target_silent"), look_first=False)
    return replace(
        row,
        target=sighting.state,
        place=sighting.place or row.place,
        not_eligible=row.not_eligible or sighting.not_eligible,
        sync_off=sighting.sync_off,
        blanked_by_system=sighting.blanked_by_system,
        looked=True,
        look_first=False,
        decision=None,
    )


def target_shown(row: Row, sighting: Sighting | None) -> tuple[Row, Seen | None]:
    """A row to which nothing is to be done, and whether the picture that the target lists is shown."""
    row = replace(row, look_first=False)
    if sighting is None or sighting.state is NOT_TOLD or not isinstance(row.target, str):
        return row, None
    verdict = Verdict.SHOWN if isinstance(sighting.state, str) else Verdict.HIDDEN
    return replace(row, decision=None), Seen(Stamp(row.target), verdict=verdict)


async def _look(work: Work, stage: Stage, system: PictureSource) -> None:
    waiting = await work.count(stage)
    if not waiting:
        return
    work.progress.begin(Phase.LOOKING, waiting)
    is_source = stage is Stage.SOURCE_UNTOLD
    busy_in_a_row = 0

    async def look(batch: list[Row]) -> None:
        nonlocal busy_in_a_row
        people = {_address(row, is_source): row for row in batch}
        seen: dict[PersonId, Sighting] = {}
        try:
            async for sighting in system.look(list(people)):
                seen[sighting.person] = sighting
            busy_in_a_row = 0
        except Busy as busy:
            busy_in_a_row += 1
            if busy_in_a_row >= _BUSY_BATCHES:
                raise Stop.of(busy) from busy
        except (AccessDenied, OutOfContract) as fault:
            raise Stop.of(fault) from fault
        rows = [(row, seen.get(person)) for person, row in people.items()]
        await work.put([source_seen(*one) for one in rows] if is_source else await _targets_seen(work, rows))
        work.progress.advance(len(batch))

    await each(_batches(work, stage, system.profile.look_batch), _BATCHES_AT_ONCE, look)


async def _targets_seen(work: Work, rows: Sequence[tuple[Row, Sighting | None]]) -> list[Row]:
    """Rows to be decided again; of those whom the target is left as it is, only whether their picture is shown."""
    after: list[Row] = []
    found: dict[str, Seen] = {}
    for row, sighting in rows:
        if row.decision is None or row.decision.action is not Action.NOTHING:
            after.append(target_seen(row, sighting))
            continue
        known, shown = target_shown(row, sighting)
        after.append(known)
        if shown is not None:
            found[row.key] = shown
    await work.remembering(work.state.memories.saw, work.route.target.profile.name, found)
    return after


def _address(row: Row, is_source: bool) -> PersonId:
    person = row.source_person if is_source else row.target_person
    if person is None:
        raise ValueError(f"{row.key} has no partner to look at")
    return person


async def _batches(work: Work, stage: Stage, size: int) -> AsyncIterator[list[Row]]:
    """Full batches across pages: a half-full one at the end of each page would cost requests."""
    rest: list[Row] = []
    async for page in work.pages(stage):
        rest += page
        full = len(rest) - len(rest) % max(1, size)
        for batch in _sliced(rest[:full], size):
            yield batch
        rest = rest[full:]
    if rest:
        yield rest


def _sliced(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), max(1, size)):
        yield rows[start : start + max(1, size)]
