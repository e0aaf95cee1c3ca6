"""What the race says, in words and tables; nothing in it is written by hand."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap

from peers.contenders import CONTENDERS, FLOOR, OURS
from peers.corpus import Corpus
from peers.passes import Passed
from performance_page import measured_here

PLOT = Path("docs/reference/peers.svg")
PACKAGES = ("Office365-REST-Python-Client", "msgraph-sdk", "O365")
TIMES_AS_FAST, TIMES_THE_FLOOR, TIMES_FEWER = 10, 1.5, 30
"""What is aimed at: the first at 20 ms of latency, where a cloud has more; the others at every one."""

Passes = Mapping[str, Sequence[Passed]]

COLUMNS = (
    "", "people", "first load", "for each person", "second pass", "requests, first", "second", "bytes down, first",
    "second", "writes in the second", "not whole", "memory",
)  # fmt: skip


def head(people: int, rounds: int, corpus: Corpus) -> list[str]:
    """What was measured, on what, and what it cannot say."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    paragraphs = (
        f"Written by `make bench-peers`: a tenant of {people:,} people, {corpus.listed:,} of them with a picture in "
        "Exchange that can be carried, nobody with one in SharePoint. Each contender in turn, each time on a fresh "
        f"tenant and in a process of its own from its start to its end; medians of {rounds} rounds. Those that wait "
        "between calls get the first people of the list only. Requests, bytes and writes are the tenant's own count; "
        "a picture is not whole that is missing, turned, stretched, another person's, or tells a place.",
        f"{measured_here()[:-1]}; {versions}.",
        "PnP's uploader is a .NET program; this is its algorithm by Office365-REST-Python-Client. The two that write "
        "by Graph do other work: they bring files to Exchange, one write for each person, and SharePoint does not take "
        "that over by itself. The floor sends Samepic's own requests again by plain aiohttp and draws each picture "
        "once, without a thought.",
    )
    return ["# Samepic beside what people use today", *(line for one in paragraphs for line in ("", *wrap(one, 118)))]


def table(latency: int, passes: Passes) -> list[str]:
    """A line for each contender."""
    rows = ["", f"## With {latency} ms of latency", "", _row(COLUMNS), _row(["---"] * len(COLUMNS))]
    for one in CONTENDERS:
        got = passes[one.name]
        first, people = _median(got, "first_seconds"), got[0].people
        cells = [
            one.title,
            f"{people:,}",
            f"{first:,.1f} s",
            f"{1000 * first / people:,.1f} ms",
            f"{_median(got, 'second_seconds'):,.1f} s",
            *(f"{_median(got, name):,.0f}" for name in ("first_requests", "second_requests")),
            *(f"{_median(got, name) / 1e6:,.1f} MB" for name in ("first_down", "second_down")),
            f"{_median(got, 'second_writes'):,.0f}",
            "" if one.name == FLOOR else f"{got[-1].not_whole:,}",
            f"{max(each.peak_mb for each in got):,.0f} MB",
        ]
        rows.append(_row(cells))
    return rows


def goals(latency: int, passes: Passes) -> list[tuple[str, bool]]:
    """What is aimed at, and whether it was reached."""
    took = {one.name: _each(passes[one.name], "first_seconds") for one in CONTENDERS}
    same = {one.name: one.title for one in CONTENDERS if one.work == "same" and one.name != OURS}
    fastest = min(same, key=took.__getitem__)
    times, above = took[fastest] / took[OURS], took[OURS] / took[FLOOR]
    asked = {one.name: _each(passes[one.name], "second_requests") for one in CONTENDERS if one.name != FLOOR}
    fewer = min(count for name, count in asked.items() if name != OURS) / asked[OURS]
    writes = max(each.second_writes for each in passes[OURS])
    aim = f", aimed at {TIMES_AS_FAST} and more" if latency >= 20 else ""
    return [
        (f"{times:.1f} times as fast as {same[fastest]}{aim}", latency < 20 or times >= TIMES_AS_FAST),
        (f"{above:.2f} times the floor's first load, aimed at {TIMES_THE_FLOOR} at most", above <= TIMES_THE_FLOOR),
        (f"{writes:,} writes in the second pass, aimed at none", writes == 0),
        (
            f"{fewer:,.0f} times fewer requests for each person in the second pass than anybody else, aimed at "
            f"{TIMES_FEWER} and more",
            fewer >= TIMES_FEWER,
        ),
    ]


def kills(killed: Mapping[str, Sequence[int]]) -> list[str]:
    """What came of kill -9."""
    columns = ("", "writes before the kill", "writes in the run after it", "not whole in the end")
    rows = [_row(columns), _row(["---"] * len(columns))]
    rows += [_row([one.title, *(f"{n:,}" for n in killed[one.name])]) for one in CONTENDERS if one.name in killed]
    return ["", "## Killed in the middle of a first load (kill -9), and started again", "", *rows]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _each(passes: Sequence[Passed], name: str) -> float:
    """For each person: those that wait are measured on fewer."""
    return _median(passes, name) / passes[0].people


def _median(passes: Sequence[Passed], name: str) -> float:
    return statistics.median(getattr(one, name) for one in passes)
