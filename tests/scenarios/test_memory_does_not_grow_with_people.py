"""A run's memory does not grow with the number of people: measured from outside, in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.peak_memory import peak_of

SYSTEMS = """
import asyncio, sys, tempfile
from pathlib import Path
from datetime import UTC, datetime
from samepic.engine import Engine, Route
from samepic.model.person import KeyKind, Keys, Person, PersonId
from samepic.model.picture import NO_PICTURE, Picture, Place, Stamp
from samepic.model.system import Listed, Looks, Page, Probe, Replaces, Rendition, Sighting, SystemProfile, Written
from datetime import timedelta
from samepic.model.picture import PictureFormat
from samepic.model.system import Changes, Cursor
from samepic.state.store import open_state
from samepic.state.vault import FileVault

PEOPLE = int(sys.argv[1])
sys.path.insert(0, ".")
from tests.office import face
FACE = face(1)

class Endless:
    '''Everybody by number, nobody held: the system itself takes no memory for anyone.'''
    time = None
    def __init__(self, name, looks, kind):
        self.profile = SystemProfile(name, (Rendition("L", 64),), (PictureFormat.JPEG,), 4_000_000, looks, 20,
            Replaces.CHECKED, timedelta(0), kind, name == "census")
        self.requests, self.written = 0, bytearray(PEOPLE)
    def stamp(self, number):
        if self.profile.name == "source":
            return Stamp("s")
        return Stamp("t") if self.written[number] else NO_PICTURE
    async def people(self, since=None):
        for start in range(0, PEOPLE, 500):
            rows = []
            for n in range(start, min(start + 500, PEOPLE)):
                keys = Keys(f"{n:032d}", f"person.{n}@made.up", f"person.{n}@made.up")
                if self.profile.name == "census":
                    rows.append(Listed(keys, PersonId(keys.object_id), census=Person(keys, f"Person {n}")))
                elif self.written[n]:
                    file = Keys(file_name=f"person_{n}_made_up")
                    rows.append(Listed(file, state=self.stamp(n), place=Place(f"/{n}")))
            yield Page(tuple(rows), closes_full_listing=start + 500 >= PEOPLE)
    async def changed(self, since):
        yield Changes((), Cursor("now"))
    async def look(self, people):
        for person in people:
            number = int(person.split(".")[1].split("@")[0]) if "@" in person else int(person)
            yield Sighting(person, self.stamp(number))
    async def read(self, person, at_least_px=None):
        return Stamp("s"), Picture(FACE)
    async def write(self, person, renditions, *, replacing, place):
        number = int(person.split(".")[1].split("@")[0])
        self.written[number] = 1
        return Written(Stamp("t"), Place(f"/{number}"))
    async def probe(self):
        return Probe(self.profile.name, True, "")

class Clock:
    def now(self):
        return datetime.now(UTC)

def route():
    census = Endless("census", Looks.PER_PERSON, KeyKind.OBJECT_ID)
    source = Endless("source", Looks.PER_PERSON, KeyKind.OBJECT_ID)
    return Route("r", census, source, Endless("target", Looks.IN_LISTING, KeyKind.UPN))
"""

ALONE = """
async def main(folder):
    engine = Engine(chosen := route(), open_state(folder / "s.db"), FileVault(folder / "v"), Clock())
    await engine.sync(limit=int(sys.argv[2]))
    chosen.target.written[:200] = bytes([1]) * 200
    outcome = await engine.plan()
    assert outcome.people == PEOPLE, outcome

with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(Path(folder)))
"""

BY_A_WORKER = """
import os
from contextlib import suppress
from samepic.engine.engine import new_run
from samepic.imaging import workers
from samepic.jobs import Sweeps, Worker
from samepic.state.jobs_file import jobs_file

class Few(Endless):
    # Hardly anybody has a picture.
    def stamp(self, number):
        return super().stamp(number) if number < int(sys.argv[2]) else NO_PICTURE

async def main(folder):
    chosen = route()
    chosen = Route("r", chosen.census, Few("source", Looks.PER_PERSON, KeyKind.OBJECT_ID), chosen.target)
    state = open_state(folder / "s.db")
    async def engine(name, lease, permit):
        return Engine(chosen, state.held_by(lease), FileVault(folder / "v"), Clock())
    sweeps = Sweeps(state, Clock(), new_run, "somebody")
    working = asyncio.create_task(Worker(state, engine, jobs_file(folder / "jobs.db"), Clock()).run())
    progress = await sweeps.ended(sweeps.start("r"))
    assert (progress.record.state, progress.record.people) == ("done", PEOPLE), progress
    assert progress.changed.written == int(sys.argv[2]), progress
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working

with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(Path(folder)))
    workers().close()
os._exit(0)  # as `samepic worker` ends
"""

ALLOWED_BYTES = 4 * 1024 * 1024
WRITTEN = 40
FEW = 4
"""One picture for more would be held."""


def peak_bytes(people: int, program: str = ALONE, written: int = WRITTEN) -> int:
    return peak_of(sys.executable, "-c", SYSTEMS + program, str(people), str(written), folder=Path(__file__).parents[2])


@pytest.mark.timeout(900)
def test_four_thousand_people_take_no_more_than_four_megabytes_above_five_hundred() -> None:
    few, many = peak_bytes(500), peak_bytes(4000)
    assert many - few <= ALLOWED_BYTES, f"{few:,} bytes for 500 people, {many:,} for 4,000"


@pytest.mark.timeout(900)
def test_a_workers_memory_is_that_of_its_shards_and_not_of_the_sweep() -> None:
    """1,200 people are three shards of the usual size, two of which are under way at a time."""
    few, many = peak_bytes(1200, BY_A_WORKER, FEW), peak_bytes(4000, BY_A_WORKER, FEW)
    assert many - few <= ALLOWED_BYTES, f"{few:,} bytes for 1,200 people, {many:,} for 4,000"
