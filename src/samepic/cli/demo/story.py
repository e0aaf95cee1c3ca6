"""The demo from beginning to end; every figure it tells was measured on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from samepic.cli import outcome as words_of
from samepic.cli.demo.control import Control, Resident
from samepic.cli.demo.coverage import Coverage, measured
from samepic.cli.demo.person import Visit, visit
from samepic.cli.demo.world import DemoFailed, World
from samepic.cli.preview import preview
from samepic.cli.report import run_section
from samepic.cli.watch import Watch
from samepic.config.load import Configuration, load
from samepic.imaging import same_picture, workers
from samepic.model.outcome import RunOutcome
from samepic.report import Document, Faces, Figure, Section
from samepic.wiring import Assembly, assembled

MIXED_UP_SHARE = 5
"""Somebody's script replaces one in so many of SharePoint's pictures."""

ENOUGH_TO_BE_HELD = 5
"""A plan that overwrites fewer is never held, however small the organisation."""

CARED_FOR = ("plain", "never_visited", "changed_since_pull")
"""The cases that take part; a picture that is mixed up elsewhere is not Samepic's to mend."""

STORES = ("sharepoint-s", "sharepoint-m", "sharepoint-l")


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo measured."""

    before: Coverage
    visit: Visit
    synced: RunOutcome
    again: RunOutcome
    after: Coverage
    mixed_up: int
    held: RunOutcome
    mended: RunOutcome
    end: Coverage
    faces: Faces
    held_faces: Faces

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "coverage_before": self.before.as_json(),
            "person": {
                "name": self.visit.name,
                "seconds_signing_in": round(self.visit.seconds_signing_in, 3),
                "seconds_to_picture": round(self.visit.seconds_to_picture, 3),
                "picture_changed": _differ(self.visit),
            },
            "sync": words_of.as_json(self.synced),
            "coverage_after": self.after.as_json(),
            "second_run": words_of.as_json(self.again),
            "mixed_up": self.mixed_up,
            "held": words_of.as_json(self.held),
            "mended": words_of.as_json(self.mended),
            "coverage_at_the_end": self.end.as_json(),
        }

    def document(self, made_at: datetime) -> Document:
        """The report."""
        steps = Figure(f"{self.visit.seconds_to_picture:.2f} s", "from the tile to her picture in SharePoint")
        sections = [
            Section("Before", "Who showed the right picture where.", _figures(self.before)),
            Section("One person, by hand", f"{self.visit.name} signed in and opened the SharePoint tile.", [steps]),
            run_section("Everybody else, by Samepic", self.synced, self.faces),
            Section("After", f"A second run wrote {self.again.written}.", _figures(self.after)),
            run_section("A script mixed up faces: what the held plan would put right", self.held, self.held_faces),
            run_section("Approved and mended", self.mended, None),
            Section("At the end", "", _figures(self.end)),
        ]
        return Document("Samepic demo: one picture of each person, everywhere", made_at, sections)


async def told(world: World, folder: Path, console: Console, *, show_progress: bool) -> Story:
    """Go through the demo, telling each part as it is measured."""
    settings = load(folder / "samepic.toml")
    faces, held_faces = Faces(), Faces()
    async with Control(world) as control, assembled(settings, settings.settings.routes[0]) as samepic:
        people = await control.people()
        before = await _coverage_before(samepic, people, console)
        visited = await _one_person(world, console)
        synced, again, after = await _everybody(samepic, people, faces, console, show_progress=show_progress)
    mixed_up = await _mix_up(world, people, after)
    strict = _writing_over_drift(folder)
    async with Control(world) as control, assembled(strict, strict.settings.routes[0]) as samepic:
        held, mended, end = await _held_and_mended(samepic, people, mixed_up, held_faces, console, show_progress)
    return Story(before, visited, synced, again, after, mixed_up, held, mended, end, faces, held_faces)


async def _coverage_before(samepic: Assembly, people: Sequence[Resident], console: Console) -> Coverage:
    console.print(f"[bold]1. Before[/]: {len(people):,} people in a made-up organisation", highlight=False)
    before = await measured(samepic, people, console)
    _tell_coverage(before, console)
    return before


async def _one_person(world: World, console: Console) -> Visit:
    console.print("\n[bold]2. By hand[/]: a fresh session, Office home, sign in, the SharePoint tile", highlight=False)
    visited = await visit(world)
    console.print(
        f"   {visited.name}: signed in {visited.seconds_signing_in:.2f} s, "
        f"picture in SharePoint {visited.seconds_to_picture:.2f} s after the tile "
        f"({'a new picture' if _differ(visited) else 'the same picture as before'})\n"
        "   One person done. SharePoint does this once a day at most, for those who come by.",
        highlight=False,
    )
    return visited


async def _everybody(
    samepic: Assembly, people: Sequence[Resident], faces: Faces, console: Console, *, show_progress: bool
) -> tuple[RunOutcome, RunOutcome, Coverage]:
    console.print("\n[bold]3. By Samepic, for everybody else[/]", highlight=False)
    looking = Watch(show=show_progress)
    with looking:
        planned = await samepic.engine.plan(looking)
    words_of.show(planned, console, planned_only=True, not_eligible=looking.not_eligible)
    with Watch(faces, show=show_progress) as watch:
        synced = await samepic.engine.sync(progress=watch)
    if synced.held or synced.stopped:
        raise DemoFailed(f"the first sync did not go through: {synced.stopped or synced.held}")
    console.print(_done("   Sync", synced), highlight=False)
    if left := planned.pending - synced.written - synced.failed:
        console.print(
            f"   {left} of the {planned.pending} are people whose picture SharePoint lets nobody change; "
            "it says so only when it is asked to.",
            highlight=False,
        )
    after = await measured(samepic, people, console)
    _tell_coverage(after, console)
    again = await samepic.engine.sync()
    console.print(_done("   A second run", again), highlight=False)
    return synced, again, after


async def _mix_up(world: World, residents: Sequence[Resident], after: Coverage) -> int:
    """Somebody's script goes off by one: a fifth of the right pictures in SharePoint become the next person's."""
    people = [person for person in residents if person.id in after.right_in_sharepoint and person.case in CARED_FOR]
    victims = people[: max(ENOUGH_TO_BE_HELD, after.sharepoint // MIXED_UP_SHARE)]
    async with Control(world) as control:
        for store in STORES:
            lent = await control.picture(people[-1], store)
            for victim in victims:
                own = await control.picture(victim, store)
                if lent is not None:
                    await control.replace(victim, store, lent)
                lent = own
    return len(victims)


def _writing_over_drift(folder: Path) -> Configuration:
    """The same configuration with `drifted = "write"`: by default Samepic only shows what somebody else changed."""
    strict = folder / "samepic-mend.toml"
    text = (folder / "samepic.toml").read_text(encoding="utf-8")
    strict.write_text(text.replace('# drifted = "show"', 'drifted = "write"'), encoding="utf-8")
    return load(strict)


async def _held_and_mended(
    samepic: Assembly,
    people: Sequence[Resident],
    mixed_up: int,
    faces: Faces,
    console: Console,
    show_progress: bool,
) -> tuple[RunOutcome, RunOutcome, Coverage]:
    console.print(
        f"\n[bold]4. A hold[/]: a script has put the next person's face on {mixed_up} people in SharePoint",
        highlight=False,
    )
    _tell_coverage(await measured(samepic, people, console), console)
    with Watch(faces, show=show_progress) as watch:
        held = await samepic.engine.sync(progress=watch)
    if held.held is None:
        raise DemoFailed("the plan that overwrites a fifth was not held")
    await preview(samepic, watch.changes, faces)
    console.print(f"   Held, nothing written: {held.held.words}", highlight=False, markup=False)
    console.print(f"   Looked at and approved: samepic sync --approve {held.plan}", highlight=False)
    with Watch(show=show_progress) as watch:
        mended = await samepic.engine.sync(approve=held.plan, progress=watch)
    console.print(_done("   Mended", mended), highlight=False)
    end = await measured(samepic, people, console)
    _tell_coverage(end, console)
    return held, mended, end


def _done(what: str, run: RunOutcome) -> str:
    requests = sum(run.requests.values())
    return f"{what}: {run.written} written, {run.failed} failed, {requests} requests, {run.seconds:.1f} s"


def _tell_coverage(coverage: Coverage, console: Console) -> None:
    rows = (
        ("Exchange", coverage.exchange),
        ("SharePoint", coverage.sharepoint),
        ("neither", coverage.neither),
    )
    for name, count in rows:
        share = count / coverage.people
        console.print(f"   {name:<11}{'█' * round(share * 30):<30} {count:>5} ({share:.0%})", highlight=False)


def _figures(coverage: Coverage) -> list[Figure]:
    return [
        Figure(str(coverage.exchange), "show the right picture in Exchange", coverage.exchange / coverage.people),
        Figure(str(coverage.sharepoint), "show the right picture in SharePoint", coverage.sharepoint / coverage.people),
        Figure(str(coverage.neither), "show it in neither", coverage.neither / coverage.people),
    ]


def _differ(visited: Visit) -> bool:
    before, after = (workers().fingerprint(data) for data in (visited.before, visited.after))
    return not same_picture(before, after)
