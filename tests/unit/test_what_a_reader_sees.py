"""Words for a reader: whole in a pipe, whole sentences, nothing asked for that is silently left undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.command_line import samepic

from samepic.cli import runs
from samepic.cli.explain import _why
from samepic.cli.outcome import people
from samepic.cli.reader import PIPED_WIDTH, reader
from samepic.model.decision import Action, Reason
from samepic.model.outcome import Explanation, RunRecord
from samepic.model.person import NotEligible
from samepic.model.plan import PlanId, RunId

STARTED = datetime(2026, 11, 22, 6, 53, 48, tzinfo=UTC)
LONG = "exchange-online-to-sharepoint-online-of-the-whole-group"
RUN = RunRecord(
    RunId("20261122-065348-0a1b2c"), PlanId("p"), LONG, "request", STARTED, STARTED, "interrupted", 40_000, 40_000, 0, 0
)


def explained(reason: Reason, not_eligible: NotEligible | None) -> Explanation:
    return Explanation(
        "p", "P", "route", (), not_eligible is None, not_eligible, reason, Action.NOTHING, "", "", "", ""
    )


def test_a_pipe_is_wide_and_a_person_may_say_how_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert reader().width == PIPED_WIDTH
    monkeypatch.setenv("COLUMNS", "90")
    assert reader().width == 90


def test_in_80_columns_nothing_of_a_run_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    runs._show([RUN], reader())
    said = capsys.readouterr().out
    assert RUN.run in said and "interrupted" in said and said.count("40,000") == 2
    assert "…" not in said
    assert max(len(line) for line in said.splitlines()) <= 80


@pytest.mark.parametrize("reason", Reason)
def test_every_explanation_is_a_sentence(reason: Reason) -> None:
    assert _why(explained(reason, None)).endswith(".")


@pytest.mark.parametrize("why", NotEligible)
def test_who_takes_no_part_is_told_so_in_a_sentence(why: NotEligible) -> None:
    words = _why(explained(Reason.NOT_ELIGIBLE, why))
    assert words.startswith(f"{why.value}: ") and words.endswith(".")


def test_approving_a_plan_for_named_people_is_refused(tmp_path: Path) -> None:
    done = samepic("sync", "--approve", "abc", "ola@contoso.example", "--config", str(tmp_path / "none.toml"))
    assert done.code == 1 and "--approve releases a plan about everybody" in done.err


def test_a_configuration_that_waits_for_its_application_says_so(tmp_path: Path) -> None:
    file = tmp_path / "samepic.toml"
    made = samepic("init", "--tenant", "contoso.example", "--url", "http://127.0.0.1:9", "--config", str(file))
    assert made.code == 0, made.err
    (tmp_path / "samepic.cer").unlink()
    again = samepic(
        "init", "--tenant", "contoso.example", "--url", "http://127.0.0.1:9", "--config", str(file), "--force"
    )
    assert again.code == 0, again.err
    assert (tmp_path / "samepic.cer").read_bytes()[:1] == b"\x30", "the public part is there to be uploaded"
    checked = samepic("check", "--config", str(file))
    assert checked.code == 1 and "client_id: is still open" in checked.err


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    done = samepic("init", "--tenant", "x.example", "--url", "ftp://x", "--config", str(tmp_path / "samepic.toml"))
    assert done.code == 1 and "--url is an address such as" in done.err
    assert not (tmp_path / "samepic.toml").exists()


def test_init_tells_a_program_what_is_left_to_do(tmp_path: Path) -> None:
    file = tmp_path / "samepic.toml"
    given = ("init", "--tenant", "contoso.example", "--url", "http://127.0.0.1:9", "--config", str(file), "--json")
    made = samepic(*given)
    assert made.code == 0, made.err
    told = made.json
    assert (told["file"], told["tenant_id"]) == (str(file), "contoso.example")
    assert told["certificate"] == str(tmp_path / "samepic.pem")
    assert "client_id" in told["left"][0] and "samepic.cer" in told["left"][1] and "samepic check" in told["left"][-1]
    again = samepic(*given, "--log-format", "json")
    assert again.code == 1 and again.out == ""
    assert "--force" in json.loads(again.err)["event"]


def test_one_person_is_no_people() -> None:
    assert [people(count) for count in (0, 1, 2, 1000)] == ["0 people", "1 person", "2 people", "1,000 people"]
