"""What is said of runs has a code and fields, is kept with them, and has words in every language of the portal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import URL
from tests.english import left_in_english

from samepic.engine.engine import words_of_end
from samepic.engine.streak import words_of
from samepic.imaging import Fault
from samepic.imaging.faults import Unreadable
from samepic.model.decision import Action, Decision, Reason
from samepic.model.outcome import RunRecord
from samepic.model.person import Keys, Person
from samepic.model.picture import Stamp
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.remembered import Refusal, Row, Stage
from samepic.model.sayings import SAYINGS, Field, Saying, as_kept, from_kept, saying
from samepic.model.sweeping import Observed, Planned
from samepic.model.system import Grant
from samepic.planning import BLANK_SOURCE, other_grounds
from samepic.portal.pages.language import LANGUAGES, Speaker, words
from samepic.portal.pages.sayings import spoken
from samepic.ports.errors import AccessDenied, Busy, OutOfContract, PersonGone
from samepic.state.store import open_state

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FAULTS = (
    Busy("sharepoint_online", "Files/add", "503 busy"),
    AccessDenied("sharepoint_online", "Files/add", "403 denied"),
    AccessDenied("sharepoint_online", "Files/add", "403 denied", (Grant("Sites.A", "to write"), Grant("B", "to read"))),
    OutOfContract("entra_id", "users", "200 <html>"),
    PersonGone("entra_id", "users", "404"),
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def filling(code: str) -> dict[str, Field]:
    """Something for each place of a sentence: a count, a fraction where it is shown as one, else a name."""
    places = [(name, shown) for _, name, shown, _ in Formatter().parse(SAYINGS[code]) if name]
    return {name: 21 if name == "n" else 21.5 if shown else f"<{name}>" for name, shown in places}


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("code", list(SAYINGS))
def test_every_saying_is_worded_with_the_fields_it_has(language: str, code: str) -> None:
    said = words(language)[f"said.{code}"]
    for text in [said] if isinstance(said, str) else said.values():
        assert fields(text) <= fields(SAYINGS[code])
    filled = saying(code, **filling(code))
    shown = spoken(Speaker(language), filled)
    assert "<" not in shown.replace('<span lang="en">', "") and 'lang="en"' not in shown, "worded, and escaped"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_said_as_ever_in_english_and_by_its_kind_elsewhere(fault: Busy) -> None:
    text = words_of(fault)
    grants = getattr(fault, "missing", ())
    assert text == "; ".join([str(fault), *(f"needs {one.permission} ({one.why})" for one in grants)])
    told = spoken(Speaker("nb"), text)
    assert told.startswith(Speaker("nb")(f"system.{fault.system}")) and fault.saw.split()[0] in told


@pytest.mark.parametrize("fault", list(Fault))
def test_a_picture_that_cannot_be_used_is_told_by_its_kind_in_other_languages(fault: Fault) -> None:
    words = Unreadable(fault, "This JPEG is broken before its first line.").words
    assert words == "This JPEG is broken before its first line." and left_in_english(from_kept(as_kept(words))) == {}


def test_what_made_a_sweep_full_is_said_by_code() -> None:
    now = {"rules": "1", "guests": "a", "only_group": "b"}
    told = [other_grounds(before, now) for before in ({}, now | {"rules": "0"}, now | {"guests": "x", "clash": "y"})]
    assert [one and one.code for one in told] == ["grounds_unknown", "other_rules", "settings_changed"]
    assert "clash, guests" in spoken(Speaker("nb"), told[2] or "")
    assert other_grounds(now, now) is None


def test_one_saying_in_another_is_worded_too() -> None:
    text = words_of_end(saying("much_news", n=1234), 21)
    assert text == (
        "full instead of incremental: there is news of 1,234 people, and to list everybody costs less; 21 did not take"
    )
    latvian = spoken(Speaker("lv"), text)
    assert "1234 personām" in latvian.replace("\xa0", "") and "21 attēls neparādījās" in latvian
    assert words_of_end("", 0) == "" and words_of_end("", 1) == "1 did not take"
    assert words_of_end("so", 0) == "full instead of incremental: so"


@pytest.mark.parametrize(
    "text",
    ["", "plain", '{"saying": "died"}', '{"saying": ', "{", saying("died"), words_of(FAULTS[2]), words_of_end("x", 2)],
)
def test_what_is_kept_comes_back_whole(text: str) -> None:
    back = from_kept(as_kept(text))
    assert back == text and getattr(back, "code", "") == getattr(text, "code", "")
    assert getattr(back, "fields", {}) == getattr(text, "fields", {})
    if isinstance(text, Saying):
        copied = deepcopy(text)
        assert (copied, copied.code, copied.fields) == (text, text.code, text.fields)


def test_the_state_keeps_the_code_of_runs_failures_and_sweeps(any_database: Path | URL) -> None:
    state = open_state(any_database)
    record = RunRecord(RunId("r"), None, "route", "sync", NOW, NOW, "failed", 1, 0, 0, 1, words_of(FAULTS[0]))
    state.runs.end(record, {}, None, None)
    found = state.runs.of(record.run)
    assert found is not None and isinstance(found.words, Saying) and found.words.code == "busy"
    state.rows.put(
        record.run,
        [
            Row("k", Person(Keys("k")), failed=saying("source_silent")),
            Row(
                "l",
                Person(Keys("l")),
                refused=BLANK_SOURCE,
                decision=Decision(Action.NOTHING, Reason.REFUSED, BLANK_SOURCE),
            ),
            Row("m", Person(Keys("m")), unmatched=saying("nobody_has")),
        ],
    )
    [row] = state.rows.page(record.run, "", 9, Stage.FAILED)
    assert isinstance(row.failed, Saying) and row.failed.code == "source_silent"
    kept = {row.key: row for row in state.rows.page(record.run, "", 9)}
    decision = kept["l"].decision
    told = [kept["m"].unmatched, kept["l"].refused, decision and decision.detail]
    state.memories.refuse("route", "l", Refusal(Stamp("1"), BLANK_SOURCE, NOW))
    told.append(state.memories.refusals("route", ["l"])["l"].words)
    assert [getattr(one, "code", "") for one in told] == ["nobody_has", *["blank_source"] * 3]
    sweep = RunRecord(RunId("s"), None, "route", "sync", NOW, None, "running", 0, 0, 0, 0)
    state.sweeps.begin(sweep, full=True, why="")
    state.sweeps.observed(sweep.run, Observed((saying("cut", system="target"),), instead=saying("never_full")), 0, [])
    observed = state.sweeps.what_was_observed(sweep.run)
    assert observed is not None and isinstance(observed.instead, Saying) and observed.instead.code == "never_full"
    assert [getattr(one, "code", "") for one in observed.incomplete] == ["cut"]
    bad = Hold("share", saying("hold_same", now=saying("same_now", n=7), limit=5))
    state.sweeps.planned(sweep.run, Planned(PlanId("p"), 1, 1, 1, 1, 0, False, bad))
    planned = state.sweeps.what_was_planned(sweep.run)
    assert planned is not None and planned.held == bad and left_in_english(planned.held.words) == {}
    state.sweeps.end(sweep.run, stopped=words_of(FAULTS[3]))
    ended = state.sweeps.of(sweep.run)
    assert ended is not None and isinstance(ended.stopped, Saying) and ended.stopped.code == "out_of_contract"
    state.close()


def test_what_an_older_version_wrote_is_shown_as_the_english_it_is() -> None:
    assert spoken(Speaker("lv"), "so <b>") == '<span lang="en">so &lt;b&gt;</span>'
    assert spoken(Speaker("lv"), Saying("so", "unheard_of")) == '<span lang="en">so</span>'


def composed() -> Iterator[str]:
    """Where the engine, or workers, end a run or fail somebody with words of no code."""
    for part in ("engine", "jobs"):
        for file in files("samepic").joinpath(part).iterdir():
            if not file.name.endswith(".py"):
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.id if isinstance(node.func, ast.Name) else ""
                    given = node.args[:1] if name in ("Stop", "Everybody") else []
                    given += [one.value for one in node.keywords if one.arg in ("failed", "stopped", "instead")]
                    for one in given:
                        if isinstance(one, ast.JoinedStr) or (isinstance(one, ast.Constant) and one.value):
                            yield f"{part}/{file.name}:{node.lineno}"


def test_no_run_ends_and_nobody_fails_in_words_without_a_code() -> None:
    assert list(composed()) == []
