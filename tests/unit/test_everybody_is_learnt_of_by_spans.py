"""Who is compared while others are still asked about: it comes to what one phase after another comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from unittest import mock

import pytest
from tests.office import TARGET, Office, Watcher, again, face, replace

from samepic.engine import learn
from samepic.model.person import PersonId
from samepic.model.picture import Picture, Stamp
from samepic.model.policy import Policy
from samepic.model.system import Looks, Sighting
from samepic.ports.errors import AccessDenied
from samepic.ports.progress import Phase
from samepic.systems.memory import Fault

PEOPLE = 23


@pytest.fixture(params=[5, 400])
def spans_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many people a span has at most; of everybody's number it is one span."""
    monkeypatch.setattr(learn, "SPAN", request.param)
    return int(request.param)


def mixed(folder: Path) -> Office:
    """New ones, such as have the same picture already, another one, and none."""
    target = replace(TARGET, looks=Looks.PER_PERSON)
    office = Office(folder, target=target, policy=Policy(hold_share=1.0))
    office.hire(PEOPLE)
    for number, person in enumerate(office.people):
        if number % 5 == 1:
            office.target.put(office.target_id(person), again(number))
        elif number % 5 == 2:
            office.target.put(office.target_id(person), face(900 + number))
        elif number % 5 == 3:
            office.source.take(office.source_id(person))
    return office


async def test_everybody_is_decided_as_in_one_span(tmp_path: Path, spans_of: int) -> None:
    office, watcher = mixed(tmp_path), Watcher()
    outcome = await office.engine.sync(progress=watcher)

    reasons = [watcher.reason(person.keys.upn or "") for person in office.people]
    assert reasons == [("new", "in_step", "first_meeting", "absent", "new")[number % 5] for number in range(PEOPLE)]
    writes = reasons.count("new") + reasons.count("first_meeting")
    assert (outcome.held, outcome.written, outcome.failed, outcome.people) == (None, writes, 0, PEOPLE)
    assert [step.keys.upn for step in watcher.steps] == [person.keys.upn for person in office.people]
    for number, person in enumerate(office.people):
        if reasons[number] == "in_step":
            assert office.shown(person) == again(number), "it is the same, and stays as it was"
    assert (await office.engine.sync()).written == 0


async def test_one_face_for_many_is_seen_though_no_span_has_many(tmp_path: Path, spans_of: int) -> None:
    """Of the last span alone it would be known that they are many."""
    office = Office(tmp_path, policy=Policy(hold_same=PEOPLE - 2))
    office.hire(PEOPLE, source=False)
    for person in office.people:
        office.source.put(office.source_id(person), face(7777))
    held = await office.engine.sync()
    assert held.held is not None and (held.held.reason, held.held.same) == ("same", PEOPLE)
    assert office.target.writes == []


async def test_few_that_are_to_be_written_are_not_read_beforehand(tmp_path: Path, spans_of: int) -> None:
    office = Office(tmp_path, policy=Policy(hold_same=PEOPLE))
    office.hire(PEOPLE)
    await office.engine.plan()
    assert office.source.reads == []


async def test_a_system_that_refuses_later_people_stops_the_run_before_a_write(tmp_path: Path, spans_of: int) -> None:
    office = Office(tmp_path)
    office.hire(PEOPLE)
    refused = AccessDenied("source", "look", "the consent was taken back")
    office.source.fail(Fault("look", refused, person=office.source_id(office.people[-1]), times=None))
    outcome = await office.engine.sync()
    assert "consent was taken back" in (outcome.stopped or "") and office.target.writes == []
    office.source.faults.clear()
    assert (await office.engine.sync()).written == PEOPLE


async def test_a_read_that_is_refused_ends_the_asking_too(tmp_path: Path, spans_of: int) -> None:
    office = Office(tmp_path)
    office.hire(PEOPLE)
    office.source.fail(Fault("read", AccessDenied("source", "read", "not for you"), times=None))
    async with asyncio.timeout(30):
        outcome = await office.engine.sync()
    assert "not for you" in (outcome.stopped or "") and office.target.writes == []


class Counted(Watcher):
    """Keeps the phases, how many people each was to have, and how many came through."""

    def __init__(self) -> None:
        super().__init__()
        self.phases: list[tuple[Phase, int | None]] = []
        self.through: list[int] = []

    def begin(self, phase: Phase, total: int | None) -> None:
        """Kept."""
        self.phases.append((phase, total))
        self.through.append(0)

    def advance(self, people: int) -> None:
        """Counted."""
        self.through[-1] += people


async def test_whoever_watches_is_told_of_everybody_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "SPAN", 5)
    office, watching = mixed(tmp_path), Counted()
    await office.engine.plan(watching)
    at = watching.phases.index((Phase.LOOKING, PEOPLE))
    assert watching.through[at] == PEOPLE
    assert [phase for phase, _ in watching.phases[at:]] == [Phase.LOOKING, Phase.DECIDING]


async def test_pictures_are_read_while_the_next_people_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first read waits until somebody of the second span is asked about, who of the third until there is a read."""
    monkeypatch.setattr(learn, "SPAN", 6)
    office = Office(tmp_path)
    office.hire(18)
    asked_on, reading, look, read = asyncio.Event(), asyncio.Event(), office.source.look, office.source.read
    second, third = (office.source_id(office.people[number]) for number in (8, 14))

    async def looked(people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        async for sighting in look(people):
            if sighting.person == second:
                asked_on.set()
            if sighting.person == third:
                await reading.wait()
            yield sighting

    async def waiting(person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        reading.set()
        await asked_on.wait()
        return await read(person, at_least_px)

    with mock.patch.object(office.source, "look", looked), mock.patch.object(office.source, "read", waiting):
        async with asyncio.timeout(30):
            assert (await office.engine.sync()).written == 18
