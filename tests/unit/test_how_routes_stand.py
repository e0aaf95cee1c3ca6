"""What the administration draws and lists of runs: figures as runs left them, every reason in one group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from samepic.model.decision import Reason
from samepic.model.outcome import Pictures, RouteStatus, RunFigures, RunRecord
from samepic.model.plan import RunId
from samepic.model.system import Grant, Probe
from samepic.portal.admin.plot import HEIGHT, WIDTH, plotted, share
from samepic.portal.admin.standing import GROUPS, LONG, RouteView, unwell
from samepic.state.store import open_state

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(name: str, route: str = "a", kind: str = "sync", state: str = "done", day: int = 0) -> RunRecord:
    return RunRecord(RunId(name), None, route, kind, AT + timedelta(days=day), AT, state, 10, 1, 0, 0)


def figures(day: int, source: int | None, target: int | None, people: int = 10, out: int = 0) -> RunFigures:
    counts = {Reason.NOT_ELIGIBLE: out}
    return RunFigures(RunId(str(day)), AT + timedelta(days=day), people, counts, Pictures(target, source))


def test_every_reason_is_in_one_group() -> None:
    assert sorted(reason for reasons in GROUPS.values() for reason in reasons) == sorted(Reason)


def test_history_and_pages_of_runs(any_database: Path | URL) -> None:
    state = open_state(any_database)
    runs = [record("r1"), record("r2", state="failed"), record("r3", kind="request"), record("r4", "b"), record("r5")]
    for number, one in enumerate(runs):
        state.runs.end(one, {Reason.NEW: number}, None, Pictures(number, 9) if one.state == "done" else None)
    told = state.runs.history("a", 9)
    assert [(one.run, one.pictures.target, one.counts) for one in told] == [
        ("r1", 0, {Reason.NEW: 0}),
        ("r5", 4, {Reason.NEW: 4}),
    ], "syncs that were carried out, oldest first"
    assert [one.run for one in state.runs.history("a", 1)] == ["r5"], "the latest of them"
    assert [one.run for one in state.runs.page(["a"], None, 2)] == ["r5", "r3"]
    assert [one.run for one in state.runs.page(["a", "b"], RunId("r3"), 9)] == ["r2", "r1"]
    assert state.runs.page(["a"], RunId("never"), 9) == []
    state.close()


@pytest.mark.parametrize(
    ("pictures", "people", "out", "part"),
    [(5, 10, 0, 0.5), (5, 10, 5, 1.0), (9, 10, 5, 1.0), (None, 10, 0, None), (0, 0, 0, None), (3, 3, 3, None)],
)
def test_a_share_is_of_those_who_take_part(pictures: int | None, people: int, out: int, part: float | None) -> None:
    assert share(pictures, figures(0, None, None, people, out)) == part


def test_lines_stay_within_the_plot_and_end_at_the_latest() -> None:
    plot = plotted([figures(0, 10, 0), figures(5, 9, None), figures(10, 10, 8)], "source", "target")
    assert plot is not None
    source, target = plot.lines
    assert (source.latest, target.latest) == (1.0, 0.8)
    assert len(source.points.split()) == 3 and len(target.points.split()) == 2, "what nobody counted has no point"
    for line in plot.lines:
        for point in line.points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH and 0 <= y <= HEIGHT
    assert target.ends_at[0] == WIDTH - 8


def test_a_plot_of_one_run_or_of_none() -> None:
    assert plotted([], "source", "target") is None
    assert plotted([figures(0, None, None)], "source", "target") is None
    plot = plotted([figures(0, 4, 2)], "source", "target")
    assert plot is not None and [one.latest for one in plot.lines] == [0.4, 0.2]


def test_a_system_that_was_tried_and_is_not_well_needs_somebody() -> None:
    lacking = Probe("b", works=True, words="", missing=(Grant("Sites.Manage", "to write"),))
    probes = {"c": Probe("c", works=True, words=""), "b": lacking, "a": Probe("a", works=False, words="")}
    assert [need.fields["system"] for need in unwell(probes)] == ["a", "b"]


@pytest.mark.parametrize(
    ("last", "done", "unfinished", "kinds"),
    [
        (None, None, 0, ["never_run"]),
        (record("r"), record("r", day=7), 0, []),
        (record("r", state="failed"), record("r"), 0, ["run_failed", "long_ago"]),
        (record("r"), record("r", day=7), 2, ["unfinished"]),
    ],
)
def test_what_needs_somebody(last: RunRecord | None, done: RunRecord | None, unfinished: int, kinds: list[str]) -> None:
    view = RouteView("a", "s", "t", RouteStatus("a", {}, unfinished=unfinished), (), last, done)
    assert [need.kind for need in view.needs(AT + LONG + timedelta(hours=1))] == kinds
