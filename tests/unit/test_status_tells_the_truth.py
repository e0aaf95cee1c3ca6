"""What `samepic status` shows is how things stand after the last run, not what that run had planned."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.office import Office, face

from samepic.cli.status import _as_json, _show
from samepic.model.decision import Reason
from samepic.model.held import Said
from samepic.model.policy import Policy, WhenRemoved
from samepic.ports.errors import Busy, PictureRefused
from samepic.systems.memory import Fault


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path, policy=Policy(when_removed=WhenRemoved.MIRROR))
    office.hire(10)
    return office


async def said(office: Office) -> str:
    out = io.StringIO()
    _show(await office.engine.status(), Console(file=out, width=200))
    return out.getvalue()


async def test_after_a_limited_sync_the_written_are_in_step(office: Office) -> None:
    outcome = await office.engine.sync(limit=4)
    assert outcome.counts == {Reason.NEW: 10}, "what was planned"
    assert (await office.engine.status()).counts == {Reason.NEW: 6, Reason.IN_STEP: 4}
    assert (await office.engine.plan()).counts == {Reason.NEW: 6, Reason.IN_STEP: 4}, "and a plan says the same"


async def test_after_a_whole_sync_with_a_refused_a_failed_and_a_cleared_one(office: Office) -> None:
    await office.engine.sync(limit=1)
    [cleared] = [p for p in office.people if office.shown(p)]
    office.source.take(office.source_id(cleared))
    refused, failed = [p for p in office.people if p is not cleared][:2]
    office.target.fail(Fault("write", PictureRefused("target", "write", "no"), person=office.target_id(refused)))
    office.target.fail(Fault("write", Busy("target", "write", "503"), person=office.target_id(failed), times=None))

    outcome = await office.engine.sync()

    assert (outcome.written, outcome.cleared, outcome.failed) == (7, 1, 1)
    expected = {Reason.IN_STEP: 7, Reason.ABSENT: 1, Reason.REFUSED: 1, Reason.NEW: 1}
    assert (await office.engine.status()).counts == expected
    assert (await office.engine.plan()).counts == expected


async def test_a_run_that_was_stopped_while_it_wrote_is_told_as_far_as_it_came(office: Office) -> None:
    office.hire(50)
    await office.engine.plan()
    office.target.fail(Fault("write", RuntimeError("pulled the plug"), person=office.target_id(office.people[40])))
    with pytest.raises(RuntimeError):
        await office.engine.sync()
    status = await office.engine.status()
    shown = sum(office.shown(person) is not None for person in office.people)
    assert 0 < shown < 60
    assert status.last is not None and status.last.state == "failed"
    assert status.counts[Reason.NEW] >= 60 - shown, "a write under way may have arrived without its answer"
    assert status.counts.get(Reason.IN_STEP, 0) > 0


async def test_what_requests_did_since_is_told_beside_the_counts(office: Office) -> None:
    await office.engine.plan()
    for person in office.people[:2]:
        await office.engine.sync([person.keys.upn or ""])
    told = await said(office)
    assert "Counted by the plan of" in told and "Since then, 2 pictures changed by requests," in told
    await office.engine.plan()
    told = await said(office)
    assert "Counted by" not in told and "Since then" not in told


async def test_a_word_given_since_the_run_is_told(office: Office) -> None:
    await office.engine.sync()
    for person in office.people:
        office.source.put(office.source_id(person), face(500 + office.people.index(person)))
    held = await office.engine.sync()
    assert "Held: The plan would overwrite 10" in await said(office)

    await office.engine.approve(held.plan, Said("ola", "a new photographer"))
    told = await said(office)
    assert "Approved by ola: a new photographer. Waits for the next `samepic sync`" in told and "Held:" not in told
    as_json = _as_json(await office.engine.status())
    assert (as_json["held"]["reason"], as_json["held_last"]["what"]) == ("share", "approved")
    assert (as_json["held_last"]["who"], as_json["held_last"]["why"]) == ("ola", "a new photographer")

    await office.engine.reject(held.plan, Said("kari", "[strangers]"))
    told = await said(office)
    assert "Rejected by kari: [strangers]. It stays held until the facts change." in told and "Approved" not in told
    assert told.count("would overwrite 10") == 1
    await office.engine.sync()
    told = await said(office)
    assert told.count("rejected by kari") == 1 and "Rejected" not in told, "the run's own words have it by now"
