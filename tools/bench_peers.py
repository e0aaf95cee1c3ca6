"""Samepic beside what people use today: one run, one tenant's beginning, everybody in turn. Writes the figures.

Run by `make bench-peers`, from the repository's root; it takes hours. With fewer people or rounds it is a look, and
the page says how many there were.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, ".")
sys.path.insert(0, "tools")
from peers.contenders import CONTENDERS, FLOOR
from peers.corpus import make
from peers.page import PLOT, goals, head, kills, table
from peers.passes import Launcher, Passed, Race
from peers.plot import bars
from performance_page import write_section


def main() -> None:
    """Measure, judge, print, write."""
    chosen = _arguments()
    launcher = Launcher()
    results: dict[int, dict[str, list[Passed]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = make(Path(folder), chosen.people, _say)
        for latency in chosen.latency:
            results[latency] = Race(corpus, Path(folder), latency, _say, launcher).run(CONTENDERS, chosen.rounds)
        race = Race(corpus, Path(folder), 0, _say, launcher)
        killed = {one.name: race.killed(one) for one in CONTENDERS if one.name != FLOOR}
    lines, reached = head(chosen.people, chosen.rounds, corpus), True
    for latency, passes in results.items():
        lines += table(latency, passes)
        aims = goals(latency, passes)
        lines += ["", *(f"- {'Reached' if good else 'NOT reached'}: {words}." for words, good in aims)]
        reached = reached and all(good for _, good in aims)
    lines += kills(killed)
    bars(PLOT, results)
    lines += ["", f"![Milliseconds for each person of a first load]({PLOT.name})"]
    write_section("make bench-peers", lines)
    sys.stdout.write("\n".join(lines) + "\n")
    if not reached:
        raise SystemExit("a goal is not met")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 20], help="milliseconds for each answer")
    return parser.parse_args()


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    main()
