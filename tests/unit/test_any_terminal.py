"""No word is lost on a narrow terminal, and no script ends a command on one that cannot show it."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime

import pytest

from samepic.cli import explain, main, outcome, plans, runs, status
from samepic.cli.print_json import print_json
from samepic.cli.reader import Screen
from samepic.model.decision import Action, Reason
from samepic.model.held import HeldPlan, PlanEvent, PlanRecord, Said, Standing
from samepic.model.outcome import Explanation, RouteStatus, RunOutcome, RunRecord, SystemView
from samepic.model.person import NotEligible
from samepic.model.picture import NO_PICTURE
from samepic.model.plan import Hold, PlanId, RunId
from samepic.planning.words import NOT_ELIGIBLE, REASONS

COUNTS = dict.fromkeys(Reason, 1234)
MEANINGS = [words.meaning for words in REASONS.values()]
RECORD = RunRecord(
    RunId("r"), PlanId("p"), "exchange-to-sharepoint", "request", datetime(2026, 11, 22, 9, 4, 6, tzinfo=UTC), None,
    "interrupted", 12_345, 12_345, 0, 0,
)  # fmt: skip

SAID = PlanEvent(PlanId("7f4a122f3b1c"), "route", RECORD.started_at, Standing.REJECTED, Said("kari.nordmann@oslo"))
HELD = PlanRecord(
    HeldPlan(
        SAID.plan, "route", RunId("r"), RECORD.started_at, Hold("share", "The plan would overwrite too much."),
        200, 12_345, {Reason.FIRST_MEETING: 34},
    ),
    (SAID,),
)  # fmt: skip


def explained(on: Screen) -> None:
    words = REASONS[Reason.OVERRULED]
    views = tuple(
        SystemView(name, NO_PICTURE, datetime(2026, 11, 22, 9, 4, tzinfo=UTC), False, None, "nobody is known there")
        for name in ("exchange_online", "sharepoint_online")
    )
    explain._show(
        Explanation(
            "ase.gronli@fjordlys.example", "Åse Grønli", "route", views, True, None, Reason.OVERRULED, Action.NOTHING,
            words.meaning, words.next_step, words.person_can, words.administrator_can,
        ),
        on,
    )  # fmt: skip


def planned(on: Screen) -> None:
    done = RunOutcome(RunId("r"), PlanId("p"), "route", 9_999, COUNTS, pending=3)
    outcome.show(done, on, planned_only=True, not_eligible=dict.fromkeys(NotEligible, 12))


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize(
    ("paint", "sentences"),
    [
        (planned, [*MEANINGS, *(words.meaning for words in NOT_ELIGIBLE.values()), "`samepic sync` does it,"]),
        (
            lambda on: status._show(RouteStatus("route", COUNTS, RECORD, RECORD, remembered=9, unfinished=1), on),
            MEANINGS,
        ),
        (
            explained,
            [REASONS[Reason.OVERRULED].meaning, REASONS[Reason.OVERRULED].administrator_can, "nobody is known"],
        ),
        (lambda on: runs._show([RECORD], on), []),
        (lambda on: plans._show_all([HELD], on), [HELD.held.hold.words]),
    ],
    ids=["plan", "status", "explain", "runs", "plans"],
)
def test_every_word_is_there_at_any_width(paint: object, sentences: list[str], width: int) -> None:
    out = io.StringIO()
    assert callable(paint)
    paint(Screen(file=out, width=width, force_terminal=True, no_color=True))
    shown = out.getvalue()
    assert "…" not in shown, "cut off"
    words = {word for sentence in sentences for word in sentence.split() if len(word) < 12}
    assert {word for word in words if word not in shown} == set()


def test_a_plans_id_is_whole_on_a_narrow_terminal_and_so_is_whose_word_it_was() -> None:
    out = io.StringIO()
    plans._show_all([HELD], Screen(file=out, width=40, force_terminal=True, no_color=True))
    for word in (str(SAID.plan), SAID.said.who, "12,345"):
        assert word in out.getvalue()


def test_lines_of_a_table_and_of_a_sentence_are_broken_not_cut() -> None:
    out = io.StringIO()
    Screen(file=out, width=20).print("one two three four five six seven", markup=False)
    assert out.getvalue().split() == ["one", "two", "three", "four", "five", "six", "seven"]
    assert max(map(len, out.getvalue().splitlines())) <= 20


def test_an_encoding_without_every_script_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    into = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(into, encoding="ascii"))
    print_json({"name": "Åse 王"})
    assert json.loads(into.getvalue()) == {"name": "Åse 王"}


def test_the_command_line_speaks_to_such_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    into = io.BytesIO()
    out = io.TextIOWrapper(into, encoding="ascii")
    monkeypatch.setattr(main, "app_of", lambda _: lambda **_: print("Åse", file=out))
    monkeypatch.setattr(sys, "argv", ["samepic"])
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit) as end:
        main.main()
    out.flush()
    assert (end.value.code, into.getvalue()) == (0, b"\\xc5se\n")
