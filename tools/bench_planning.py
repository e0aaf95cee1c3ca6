"""What a million people cost the state and the planning: no system is asked, no picture moved, in both databases.

Run by `make bench-planning`, from the repository's root. `--people` names other numbers, the last one the largest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, ".")
from endless import Endless, keys_of, place_of
from lines_plot import lines_plot
from own_peak import own_peak_mb
from performance_page import PAGE, measured_here, write_section
from tests.databases import postgresql_database, telling, told
from tests.pictures import encoded, mosaic

from samepic.engine import Engine, Route
from samepic.imaging.fingerprinting import fingerprint
from samepic.model.person import KeyKind, PersonId
from samepic.model.picture import Fingerprint, Picture
from samepic.model.remembered import Memory
from samepic.model.system import Looks
from samepic.state.store import Store, open_state
from samepic.state.vault import FileVault

PEOPLE = (1_000, 10_000, 100_000)
ROUTE = "bench"
REMEMBERED_AT_ONCE = 500
ALLOWED_MB = 12
"""What the largest may take above the smallest: SQLite's own pages and Python's arenas settle late."""

HEADING = (
    "# What state and planning cost",
    "",
    "Written by `make bench-planning`. A census, a source that is asked for marks in batches of 20, and a target",
    "that lists its files, all of them made up as they are asked; everybody is remembered, with a fingerprint, and",
    "a plan finds everybody in step. The second plan also drops the rows of the first. Time is per person; memory",
    "is the peak of the process, which does nothing else; PostgreSQL is a server on the same machine, whose own",
    "memory and processor are not counted.",
    "",
)
TABLE = (
    "| people | state | remembering | first plan | second plan | of it Samepic's processor | peak memory | on disk |",
    "|---|---|---|---|---|---|---|---|",
)


def main() -> None:
    """Measure each in a process of its own, print, write."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, nargs="+", default=PEOPLE)
    arguments.add_argument("--one", nargs=3, metavar=("PEOPLE", "STATE", "FOLDER"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        people, state, folder = given.one
        sys.stdout.write(json.dumps(asyncio.run(_measured(int(people), state, Path(folder)))))
        return
    figures = {name: [_told(name, people) for people in given.people] for name in ("SQLite", "PostgreSQL")}
    rows = [_row(name, one) for name, several in figures.items() for one in several]
    grown = [_grown(name, several) for name, several in figures.items()]
    for what, key, unit in (("time", "second", "µs a person, second plan"), ("memory", "peak_mb", "MB, peak")):
        lines = {name: [(one["people"], one[key]) for one in several] for name, several in figures.items()}
        lines_plot(PAGE.with_name(f"planning-{what}.svg"), lines, unit)
    plots = ["![Time per person](planning-time.svg) ![Peak memory](planning-memory.svg)"]
    write_section("make bench-planning", [*HEADING, measured_here(), "", *TABLE, *rows, "", *grown, "", *plots])


def _told(name: str, people: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        if name == "SQLite":
            found = _in_a_process(people, str(Path(folder, "state.sqlite")), folder)
            found["disk_mb"] = sum(path.stat().st_size for path in Path(folder).glob("state.sqlite*") if path.is_file())
        else:
            with postgresql_database() as url:
                found = _in_a_process(people, telling(url), folder)
                found["disk_mb"] = _size(telling(url))
    found["disk_mb"] /= 1_000_000
    sys.stdout.write(f"{name}: {found}\n")
    sys.stdout.flush()
    return found


def _in_a_process(people: int, state: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", str(people), state, folder]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # what is measured
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _size(at: str) -> int:
    from sqlalchemy import text
    from tests.databases import engine_of

    with engine_of(told(at)).connect() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def _row(name: str, one: dict[str, Any]) -> str:
    times = " | ".join(f"{one[key]:,.0f} µs" for key in ("remembering", "first", "second", "processor"))
    return f"| {one['people']:,} | {name} | {times} | {one['peak_mb']:.0f} MB | {one['disk_mb']:,.0f} MB |"


def _grown(name: str, several: list[dict[str, Any]]) -> str:
    fewest, most = several[0], several[-1]
    times = most["people"] // fewest["people"]
    more = most["peak_mb"] - fewest["peak_mb"]
    verdict = "yes" if more <= ALLOWED_MB else "no"
    return (
        f"{name}, {times} times as many people: {most['second'] / fewest['second']:.2f} times the time per person, "
        f"{more:+.0f} MB; at most {ALLOWED_MB} MB more: {verdict}.  "
    )


async def _measured(people: int, state: str, folder: Path) -> dict[str, Any]:
    """In microseconds a person, and megabytes."""
    census = Endless("census", people, Looks.PER_PERSON, KeyKind.OBJECT_ID)
    source = Endless("source", people, Looks.PER_PERSON, KeyKind.OBJECT_ID)
    target = Endless("target", people, Looks.IN_LISTING, KeyKind.OBJECT_ID)
    store = open_state(told(state))
    engine = Engine(Route(ROUTE, census, source, target), store, FileVault(folder / "vault"), _Clock())
    took = [_timed(lambda: _remember(store, people, source, target))]
    processor = time.process_time()
    for _ in range(2):
        began, processor = time.perf_counter(), time.process_time()
        outcome = await engine.plan()
        took.append(time.perf_counter() - began)
        if sum(outcome.counts.values()) != people or outcome.pending or outcome.stopped:
            raise SystemExit(f"the plan is not what it should be: {outcome}")
    processor = time.process_time() - processor
    store.close()
    names = ("remembering", "first", "second", "processor")
    each = {name: 1e6 * seconds / people for name, seconds in zip(names, (*took, processor), strict=True)}
    return {"people": people, "peak_mb": own_peak_mb()} | each


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _remember(store: Store, people: int, source: Endless, target: Endless) -> None:
    taken = _a_fingerprint()
    for start in range(0, people, REMEMBERED_AT_ONCE):
        numbers = range(start, min(start + REMEMBERED_AT_ONCE, people))
        store.memories.remember(ROUTE, [*_memories(numbers, taken, source, target)])


def _memories(numbers: range, taken: Fingerprint, source: Endless, target: Endless) -> Iterator[Memory]:
    for number in numbers:
        keys = keys_of(number)
        person = PersonId(str(keys.object_id))
        shown = target.stamp_of(number)
        yield Memory(
            str(keys.object_id), person, person, keys.upn, f"Person {number}", source.stamp_of(number), shown,
            wrote=shown, ours=True, fingerprint=taken, place=place_of(number), written_at=_Clock().now(),
            original=f"{number:064x}", updated_at=_Clock().now(), version=1,
        )  # fmt: skip


def _a_fingerprint() -> Fingerprint:
    return fingerprint(Picture(encoded(mosaic(1, 128, 128))))


class _Clock:
    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)


if __name__ == "__main__":
    main()
