"""What a run's end tells a program and a reader."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from samepic.cli.exit_codes import Exit
from samepic.cli.outcome import as_json, exit_code, show
from samepic.cli.plan import worst
from samepic.model.decision import Reason
from samepic.model.outcome import Failure, RunOutcome
from samepic.model.plan import Hold, PlanId, RunId

DONE = RunOutcome(RunId("r1"), PlanId("p1"), "main", 10, {Reason.IN_STEP: 7, Reason.NEW: 3}, written=3)
HELD = replace(
    DONE, written=0, pending=3, held=Hold("share", "3 of 7 pictures would be overwritten", 3, 0, 7, 0.43, 0.1)
)


@pytest.mark.parametrize(
    ("outcome", "decides_only", "code"),
    [
        (DONE, False, Exit.OK),
        (replace(DONE, pending=2), False, Exit.OK),  # --limit was asked for
        (replace(DONE, pending=2), True, Exit.PENDING),
        (replace(DONE, pending=0), True, Exit.OK),
        (HELD, True, Exit.HELD),
        (HELD, False, Exit.HELD),
        (replace(DONE, failed=1), False, Exit.FAILED),
        (replace(DONE, stopped="no access"), False, Exit.FAILED),
        (replace(HELD, stopped="no access"), True, Exit.FAILED),
    ],
)
def test_the_exit_code_says_what_to_look_at(outcome: RunOutcome, decides_only: bool, code: Exit) -> None:
    assert exit_code(outcome, changes_are_pending=decides_only) is code


def test_of_several_routes_the_worst_counts() -> None:
    assert worst([Exit.OK, Exit.PENDING, Exit.HELD]) is Exit.HELD
    assert worst([Exit.PENDING, Exit.FAILED]) is Exit.FAILED
    assert worst([]) is Exit.OK


def test_the_json_has_the_promised_keys_and_is_json() -> None:
    told = json.loads(json.dumps(as_json(replace(HELD, failures=(Failure("a@x", "403"),)))))
    promised = {
        "run",
        "plan",
        "route",
        "people",
        "counts",
        "held",
        "written",
        "cleared",
        "failed",
        "requests",
        "seconds",
    }
    assert set(promised) <= set(told)
    assert told["counts"] == {"in_step": 7, "new": 3}
    assert told["held"]["overwrites"] == 3
    assert "overwritten" in told["held"]["words"]
    assert as_json(DONE)["held"] is None


def test_words_for_a_reader_name_the_way_on() -> None:
    out = io.StringIO()
    show(HELD, Console(file=out, width=200), planned_only=True)
    assert "Held: nothing was written. 3 of 7 pictures would be overwritten" in out.getvalue()
    assert "samepic sync --approve p1" in out.getvalue()


def test_a_plan_promises_no_more_than_it_can_know() -> None:
    out = io.StringIO()
    show(replace(DONE, written=0, pending=3), Console(file=out, width=200), planned_only=True)
    assert (
        "3 people to change; `samepic sync` does it, but for those whom the target refuses only when" in out.getvalue()
    )


def test_a_failure_with_markup_in_its_words_is_shown_as_it_is() -> None:
    out = io.StringIO()
    failed = replace(DONE, failed=1, failures=(Failure("a[b]@x", "status [bold]500[/bold]"),))
    show(failed, Console(file=out, width=200), planned_only=False)
    assert "a[b]@x: status [bold]500[/bold]" in out.getvalue()


def test_who_was_passed_over_is_told_with_why_to_readers_and_programs() -> None:
    out = io.StringIO()
    skipped = replace(DONE, skipped=1, skips=(Failure("b@x", "another picture is there now"),))
    show(skipped, Console(file=out, width=200), planned_only=False)
    assert "1 skipped, looked at again next time" in out.getvalue()
    assert "  skipped: b@x: another picture is there now" in out.getvalue()
    told = as_json(skipped)
    assert (told["skipped"], told["skips"]) == (1, [{"person": "b@x", "words": "another picture is there now"}])


def test_a_run_that_counted_nothing_shows_no_empty_table() -> None:
    out = io.StringIO()
    show(replace(DONE, people=1, counts={}, written=0, stopped="no access"), Console(file=out), planned_only=False)
    assert out.getvalue().splitlines()[:3] == ["main: 1 person", "", "Stopped. no access"]
