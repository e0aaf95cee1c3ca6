"""What the race says, in words and tables; nothing in it is written by hand."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap

from peers.contenders import CONTENDERS, FLOOR, OURS, Shares
from peers.judging import Killed
from peers.passes import Passed
from performance_page import measured_here

PLOT = Path("docs/reference/peers.svg")
PACKAGES = ("Office365-REST-Python-Client", "msgraph-sdk", "O365")
_SOME = (
    "Those that go from one person to the next were given the first {} people of the list: a list of twice as many "
    "takes them twice as long. "
)
TIMES_AS_FAST, TIMES_THE_FLOOR, TIMES_FEWER = 10, 1.5, 30
"""What is aimed at: the first at 20 ms of latency, where a cloud has more; the others at every one."""

AT_LATENCY, IN_A_BATCH = 20, 20

Passes = Mapping[str, Sequence[Passed]]

COLUMNS = (
    "", "people", "first load", "for each person", "of its own processor", "second pass", "requests, first",
    "second", "bytes down, first", "second", "writes in the second", "not whole", "memory",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """people: of the tenant; listed: those to be carried. in_memory: whether the tenant's folder was."""

    people: int
    listed: int
    shares: Shares
    in_memory: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that was aimed at, or a fact beside it where nothing was."""

    words: str
    reached: bool = True
    is_aim: bool = True

    @property
    def said(self) -> str:
        """A line of the page."""
        return f"{'Reached: ' if self.reached else 'NOT reached: '}{self.words}." if self.is_aim else f"{self.words}."


def head(setting: Setting) -> list[str]:
    """What was measured, on what, and what it cannot say."""
    shares = setting.shares
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    some = "" if shares.peers >= setting.listed else _SOME.format(shares.peers)
    where = "in memory, because a cloud's disks are not what is measured" if setting.in_memory else "on the same disk"
    paragraphs = (
        f"Written by `make bench-peers`: a tenant of {setting.people:,} people, {setting.listed:,} of them with a "
        "picture in Exchange that can be carried, nobody with one in SharePoint. Each contender in turn, each time on "
        "a fresh tenant and in a process of its own from its start to its end, which is part of the time; medians of "
        f"{shares.rounds} round{'s' * (shares.rounds > 1)}. The tenant has its folder {where}; Samepic has its state "
        "on a disk. Requests, bytes and writes are the tenant's own count; a picture is not whole that is missing, "
        "turned, stretched, another person's, or tells a place: the worst of all rounds.",
        f"{some}Those that wait between calls were measured for {shares.waiting} people and once: what they do for one "
        "person takes as long as for the next. Whoever is compared is compared by the person.",
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
            one.title + (" (measured once)" if one.waits else ""),
            f"{people:,}",
            f"{first:,.1f} s",
            f"{1000 * first / people:,.1f} ms",
            f"{1000 * _each(got, 'first_cpu'):,.1f} ms",
            f"{_median(got, 'second_seconds'):,.1f} s",
            *(f"{_median(got, name):,.0f}" for name in ("first_requests", "second_requests")),
            *(f"{_median(got, name) / 1e6:,.1f} MB" for name in ("first_down", "second_down")),
            f"{_median(got, 'second_writes'):,.0f}",
            "" if one.name == FLOOR else f"{max(each.not_whole for each in got):,}",
            f"{max(each.peak_mb for each in got):,.0f} MB",
        ]
        rows.append(_row(cells))
    return rows


def goals(latency: int, passes: Passes) -> list[Aim]:
    """What is aimed at, and whether it was reached."""
    took = {one.name: _each(passes[one.name], "first_seconds") for one in CONTENDERS}
    same = {one.name: one.title for one in CONTENDERS if one.work == "same" and one.name != OURS}
    fastest = min(same, key=took.__getitem__)
    times, above = took[fastest] / took[OURS], took[OURS] / took[FLOOR]
    at_distance = latency >= AT_LATENCY
    aim = f", aimed at {TIMES_AS_FAST} and more" if at_distance else ""
    writes = max(each.second_writes for each in passes[OURS])
    not_whole = max(each.not_whole for each in passes[OURS])
    return [
        Aim(
            f"{times:.1f} times as fast as {same[fastest]}{aim}", times >= TIMES_AS_FAST or not at_distance, at_distance
        ),
        Aim(f"{above:.2f} times the floor's first load, aimed at {TIMES_THE_FLOOR} at most", above <= TIMES_THE_FLOOR),
        Aim(f"{writes:,} writes in the second pass, aimed at none", writes == 0),
        Aim(f"{not_whole:,} pictures not whole, aimed at none", not_whole == 0),
        *_fewer(passes),
    ]


def _fewer(passes: Passes) -> list[Aim]:
    """The second pass's requests beside each other contender's.

    Whoever asks once for each person, and only that, cannot be beaten by more than what fits a batch of Graph's.
    """
    asked = {one.name: _each(passes[one.name], "second_requests") for one in CONTENDERS}
    found = []
    for one in CONTENDERS:
        if one.name in (OURS, FLOOR):
            continue
        fewer = asked[one.name] / asked[OURS]
        words = f"{fewer:,.0f} times fewer requests for each person in the second pass than {one.title}"
        if one.work == "same" or fewer >= TIMES_FEWER:
            found.append(Aim(f"{words}, aimed at {TIMES_FEWER} and more", fewer >= TIMES_FEWER))
        else:
            bound = f"{asked[one.name]:.1f} for each person, and no more than {IN_A_BATCH} people fit one of ours"
            found.append(Aim(f"{words}, which brings nothing to SharePoint: it sends {bound}", is_aim=False))
    return found


def kills(killed: Mapping[str, Killed]) -> list[str]:
    """What came of kill -9."""
    columns = (
        "",
        "writes before the kill",
        "writes in the run after it",
        "of these a second time",
        "not whole in the end",
    )
    rows = [_row(columns), _row(["---"] * len(columns))]
    for one in CONTENDERS:
        if one.name in killed:
            got = killed[one.name]
            rows.append(_row([one.title, *(f"{n:,}" for n in (got.before, got.after, got.again, got.not_whole))]))
    return ["", "## Killed in the middle of a first load (kill -9), and started again", "", *rows]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _each(passes: Sequence[Passed], name: str) -> float:
    """For each person: those that wait are measured on fewer."""
    return _median(passes, name) / passes[0].people


def _median(passes: Sequence[Passed], name: str) -> float:
    return statistics.median(getattr(one, name) for one in passes)
