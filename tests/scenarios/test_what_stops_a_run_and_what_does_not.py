"""One person's refusal, credentials that do not serve, a second run, a state that cannot be kept, a busy system."""

from __future__ import annotations

import contextlib
import sqlite3
import time

import pytest
from tests.samepic_commands import until
from tests.sync_bench import SyncBench

from samepic.config.certificate import make_certificate

PEOPLE = 60
WRONG_SECRET = "3Uy8Q~not-the-secret-of-this-app"


@pytest.mark.parametrize("operation", ["photo/$value", "Files/add", "ProcessQuery"])
def test_one_persons_403_is_theirs_alone(bench: SyncBench, operation: str) -> None:
    one, *others = bench.upns("never_visited")
    # The first ProcessQuery that names somebody asks for many; refused as a whole it would be everybody's.
    nth = 2 if operation == "ProcessQuery" else 1
    bench.at.control.post_fault(kind="status", status=403, operation=operation, person=one, nth=nth, times=None)
    command = bench.run("sync", "--json")
    done = command.json()
    assert (command.code, done["failed"], done["stopped"]) == (1, 1, None), command.said()
    assert done["failures"][0]["person"] == one
    assert "403" in done["failures"][0]["words"]
    assert not bench.shows_whole(one)
    for upn in others:
        bench.assert_whole(upn)
    bench.at.control.clear_faults()
    bench.sync()
    bench.assert_whole(one)


@pytest.mark.parametrize("times", [1, 2, None])
def test_a_page_of_html_with_200_is_no_answer(bench: SyncBench, times: int | None) -> None:
    """A proxy says so that it is unwell. Taken for an answer, two of three sizes were left as they had been."""
    one, *others = bench.upns("never_visited")
    bench.sync()
    bench.at.control.put_picture(one, "exchange", bench.at.control.picture(others[0], "exchange"))
    bench.at.control.post_fault(kind="error_page", operation="Files/add", person=one, times=times)
    done = bench.run("sync", one, "--json").json()
    [fault] = bench.at.control.faults()
    assert fault["met"] >= 1, fault
    assert done["written"] + done["failed"] == 1
    if done["failed"]:
        assert "a page of HTML" in done["failures"][0]["words"]
    else:
        bench.assert_whole(one)
    assert done["failed"] or times is not None
    bench.at.control.clear_faults()
    bench.sync()
    bench.assert_whole(one)


def test_twenty_in_a_row_stop_the_run(bench: SyncBench) -> None:
    bench.at.control.post_fault(kind="status", status=403, operation="Files/add", times=None)
    command = bench.run("sync", "--json")
    done = command.json()
    assert command.code == 1
    assert "20 people in a row" in (done["stopped"] or ""), done
    assert "403" in done["stopped"]
    assert done["written"] == 0


def test_a_wrong_secret_stops_with_words_and_is_not_printed(bench: SyncBench) -> None:
    (bench.folder / "secret.txt").write_text(WRONG_SECRET)
    text = (bench.folder / "samepic.toml").read_text()
    lines = [
        'secret = { file = "secret.txt" }' if line.startswith("certificate =") else line for line in text.split("\n")
    ]
    (bench.folder / "samepic.toml").write_text("\n".join(lines))
    assert_refused(bench, "AADSTS7000215", "secret")


def test_a_secret_serves_graph_only_and_sharepoint_says_what_it_wants(bench: SyncBench) -> None:
    (bench.folder / "secret.txt").write_text(bench.at.said.client_secret)
    text = (bench.folder / "samepic.toml").read_text()
    lines = [
        'secret = { file = "secret.txt" }' if line.startswith("certificate =") else line for line in text.split("\n")
    ]
    (bench.folder / "samepic.toml").write_text("\n".join(lines))
    assert_refused(bench, "certificate")


def test_a_certificate_that_the_app_does_not_have(bench: SyncBench) -> None:
    make_certificate(bench.folder / "other.pem", bench.folder / "other.cer", name="another app")
    bench.configure(certificate=bench.folder / "other.pem")
    assert_refused(bench, "AADSTS700027", "certificate")


def test_credentials_that_expired_at_the_authority(bench: SyncBench) -> None:
    bench.at.control.post_fault(
        kind="status",
        status=401,
        api="authority",
        operation="token",
        times=None,
        code="7000222",
    )
    assert_refused(bench, "AADSTS7000222")


def assert_refused(bench: SyncBench, *words: str) -> None:
    """The run stops with 1, says why, prints no secret and writes nothing."""
    shown = bench.shown()
    for arguments in (["sync"], ["sync", bench.upns("never_visited")[0]], ["check"]):
        command = bench.run(*arguments)
        said = command.said()
        assert command.code == 1, said
        assert "Traceback" not in said
        for word in words:
            assert word.casefold() in said.casefold(), said
        for secret in (WRONG_SECRET, bench.at.said.client_secret, "eyJ", "PRIVATE KEY"):
            assert secret not in said
    assert bench.shown() == shown


def test_a_second_run_says_who_is_at_work_and_ends_and_a_request_goes_on_beside(bench: SyncBench) -> None:
    one, *_, last = bench.upns("never_visited")
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    first = bench.start("sync")
    until(lambda: bench.held(fault) or first.ended(), "it writes")
    second = bench.run("sync")
    assert second.code == 1
    assert f"process {first.pid}" in second.said()
    assert "since 20" in second.said()
    assert bench.run("plan").code == 1
    beside = bench.start("sync", last)
    bench.at.control.clear_faults()
    assert beside.wait() == 0, beside.said()
    assert first.wait() == 0, first.said()
    for upn in (one, last):
        bench.assert_whole(upn)
    assert set(bench.uploads().values()) == {1}
    assert bench.sync()["written"] == 0


def test_a_request_beside_a_sweep_does_not_wait_for_its_end(bench: SyncBench) -> None:
    bench.at.control.post_fault(kind="hold_before", operation="items")
    sweep = bench.start("sync")
    one = bench.upns("never_visited")[0]
    assert bench.sync(one)["written"] == 1
    assert not sweep.ended()
    bench.at.control.clear_faults()
    assert sweep.wait() == 0, sweep.said()
    bench.assert_whole(one)
    assert set(bench.uploads().values()) == {1}


@pytest.mark.parametrize("bytes_left", [4096, 150_000])
def test_a_full_disk_ends_the_run_with_words_and_loses_nothing(bench: SyncBench, bytes_left: int) -> None:
    shown = bench.shown()
    command = bench.start("sync", largest_file=bytes_left)
    assert command.wait() == 1, command.said()
    assert "Traceback" not in command.said()
    assert any(word in command.said().casefold() for word in ("disk", "too large", "state")), command.said()
    if not bench.uploads():
        assert bench.shown() == shown
    bench.sync()
    for upn in bench.upns("never_visited"):
        bench.assert_whole(upn)


def spoilt(bench: SyncBench) -> dict[str, str]:
    """Ways in which a state file cannot be used, each with a word that is said of it."""
    return {"corrupt": "state.sqlite", "newer": "newer", "a folder": "state.sqlite"}


@pytest.mark.parametrize("how", ["corrupt", "newer", "a folder"])
def test_a_state_that_cannot_be_used_is_said_and_left_as_it_is(bench: SyncBench, how: str) -> None:
    file = bench.state / "state.sqlite"
    if how == "newer":
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
    else:
        file.unlink()
        file.mkdir() if how == "a folder" else file.write_bytes(b"this was a database once" * 400)
    before = None if file.is_dir() else file.read_bytes()
    shown = bench.shown()
    for arguments in (["sync"], ["status"], ["sync", bench.upns("never_visited")[0]]):
        command = bench.run(*arguments)
        assert command.code == 1, command.said()
        assert "Traceback" not in command.said(), command.said()
        assert spoilt(bench)[how] in command.said()
    assert bench.shown() == shown
    assert before is None or file.read_bytes() == before


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_system_is_waited_for_as_long_as_it_asks(bench: SyncBench, status: int) -> None:
    one = bench.upns("never_visited")[0]
    fault = bench.at.control.post_fault(
        kind="status", status=status, headers={"Retry-After": "3"}, api="sharepoint", operation="Files/add"
    )
    kept = bench.at.tenant.faults.get(fault["id"])
    assert kept is not None
    command = bench.start("sync", one)
    until(lambda: kept.met or command.ended(), "it is told to wait")
    told_at = time.monotonic()
    assert command.wait() == 0, command.said()
    assert time.monotonic() - told_at >= 2.9
    bench.assert_whole(one)
    assert set(bench.uploads().values()) == {1}


def test_a_connection_that_is_held_is_waited_for(bench: SyncBench) -> None:
    one = bench.upns("never_visited")[0]
    fault = bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=2)
    command = bench.start("sync", one)
    until(lambda: bench.held(fault), "an upload is held")
    time.sleep(1)
    assert not command.ended()
    bench.at.control.release(fault["id"])
    assert command.wait() == 0, command.said()
    bench.assert_whole(one)
    assert set(bench.uploads().values()) == {1}
