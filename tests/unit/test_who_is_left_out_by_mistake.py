"""An opt-out that names nobody, or an excepted group without members, is told: somebody may count on it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from tests.office import Office

from samepic.cli.outcome import MOST_LISTED, as_json, show
from samepic.model.outcome import MatchedNobody, RunOutcome
from samepic.model.policy import Policy


def said(outcome: RunOutcome) -> str:
    out = io.StringIO()
    show(outcome, Console(file=out, width=2000), planned_only=True)
    return out.getvalue()


async def test_entries_that_match_nobody_are_told_by_plan_and_sync(tmp_path: Path) -> None:
    listed = frozenset({"p00001@made.up", "id-00002", "ola@made.up", "[b]kari@made.up"})
    office = Office(tmp_path, policy=Policy(opted_out=listed, except_group="shy"))
    office.hire(5)
    office.census.groups["shy"] = []

    for outcome in (await office.engine.plan(), await office.engine.sync()):
        assert outcome.matched_nobody == MatchedNobody(("[b]kari@made.up", "ola@made.up"), "shy")
        assert as_json(outcome)["matched_nobody"] == {
            "opted_out": ["[b]kari@made.up", "ola@made.up"],
            "except_group": "shy",
        }
        assert "opt-out list says: [b]kari@made.up, ola@made.up\n" in said(outcome)
        assert "no members: shy" in said(outcome)


async def test_where_the_census_was_cut_short_nobody_is_called_unknown(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(opted_out=frozenset({"ola@made.up"})))
    office.hire(3)
    office.census.cut_listing_after = 0
    planned = await office.engine.plan()
    assert planned.held is not None and planned.matched_nobody == MatchedNobody()
    assert "opt-out" not in said(planned)


async def test_a_request_reads_no_census_and_calls_nobody_unknown(tmp_path: Path) -> None:
    office = Office(tmp_path, policy=Policy(opted_out=frozenset({"ola@made.up"})))
    office.hire(1)
    assert (await office.engine.sync(["p00000@made.up"])).matched_nobody == MatchedNobody()


async def test_a_long_list_is_cut_for_readers_and_whole_for_programs(tmp_path: Path) -> None:
    strangers = frozenset(f"s{number:04d}@made.up" for number in range(MOST_LISTED + 1_005))
    planned = await Office(tmp_path, policy=Policy(opted_out=strangers)).engine.plan()
    assert len(as_json(planned)["matched_nobody"]["opted_out"]) == len(strangers)
    assert said(planned).count("@made.up") == MOST_LISTED
    assert "and 1,005 more" in said(planned)
