"""Samepic beside what people use today: one run, one tenant's beginning, everybody in turn. Writes the figures.

Run by `make bench-peers`, from the repository's root: 20 minutes on a quiet machine. `--whole` has everybody of 2,000
worked on by every contender and takes hours. With fewer people or rounds it is a look; the page says how many there
were of what.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, ".")
sys.path.insert(0, "tools")
from peers.contenders import CONTENDERS, FLOOR, Shares
from peers.corpus import make
from peers.page import PLOT, Setting, goals, head, kills, table
from peers.passes import Launcher, Passed, Race
from peers.plot import bars
from performance_page import write_section

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own in it, as in /tmp
BYTES_EACH = 1_000_000
"""Of a person in the tenant's folder, with room to spare."""


def main() -> None:
    """Measure, judge, print, write."""
    chosen = _arguments()
    shares = Shares(chosen.people if chosen.whole else chosen.peers_people, chosen.waiting_people, chosen.rounds)
    launcher = Launcher()
    results: dict[int, dict[str, list[Passed]]] = {}
    with tempfile.TemporaryDirectory() as folder, _memory(chosen.people) as cloud:
        at = Path(folder)
        corpus = make(at, chosen.people, _say)
        for latency in chosen.latency:
            results[latency] = Race(corpus, at, cloud or at, latency, shares, _say, launcher).run(CONTENDERS)
        race = Race(corpus, at, cloud or at, 0, shares, _say, launcher)
        killed = {one.name: race.killed(one) for one in CONTENDERS if one.name != FLOOR}
        setting = Setting(chosen.people, corpus.listed, shares, cloud is not None)
    lines, reached = head(setting), True
    for latency, passes in results.items():
        lines += table(latency, passes)
        aims = goals(latency, passes)
        lines += ["", *(f"- {one.said}" for one in aims)]
        reached = reached and all(one.reached for one in aims)
    lines += kills(killed)
    bars(PLOT, results)
    lines += ["", f"![Milliseconds for each person of a first load]({PLOT.name})"]
    write_section("make bench-peers", lines)
    sys.stdout.write("\n".join(lines) + "\n")
    if not reached:
        raise SystemExit("a goal is not met")


@contextlib.contextmanager
def _memory(people: int) -> Iterator[Path | None]:
    """A folder in memory for the tenant's state; None where there is no place for it."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < people * BYTES_EACH:
        yield None
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, help="of the tenant; Samepic and the floor have them all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 20], help="milliseconds for each answer")
    parser.add_argument("--peers-people", type=int, default=120, help="those that go from one person to the next")
    parser.add_argument("--waiting-people", type=int, help="those of them that wait between calls, measured once")
    parser.add_argument(
        "--whole", action="store_true", help="2,000 people for every contender, 100 for those that wait"
    )
    chosen = parser.parse_args()
    chosen.people = chosen.people or (2000 if chosen.whole else 1000)
    chosen.waiting_people = chosen.waiting_people or (100 if chosen.whole else 40)
    return chosen


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    main()
