"""What administrators did stays as it was written: whatever else becomes of it is found, and where."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from tests.command_line import Office
from tests.conftest import RunningTenant
from tests.databases import engine_of, put_empty_state

from samepic.model.audit import Deed, Done, Entry, Fault, Head, digest
from samepic.ports.state import StateUnusable
from samepic.report.sheet import COLUMNS, guarded, lines
from samepic.state.store import Store, open_state

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOMEBODY = Done("id-1", "kari@fjordlys.example", "administrator", Deed.APPROVED, "58a8cf5561ad", "ok", "192.0.2.1")
WHO = Done("root", "root", "operator", Deed.CUT)


@pytest.fixture
def state(any_database: Path | URL) -> Iterator[Store]:
    opened = open_state(any_database)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What is done to it is done to PostgreSQL's alike; a file is at hand sooner."""
    at = tmp_path / "state.db"
    put_empty_state(at)
    return at


@pytest.fixture
def beside(file: Path) -> Iterator[Store]:
    opened = open_state(file)
    yield opened
    opened.close()


def entered(state: Store, many: int = 5) -> list[Entry]:
    return [state.audit.enter(SOMEBODY, AT + timedelta(days=day)) for day in range(many)]


def tampered(at: Path | URL, *statements: str) -> None:
    with engine_of(at).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def faults(state: Store, noted: Head | None = None) -> list[tuple[int, Fault, int]]:
    return [(one.number, one.fault, one.until) for one in state.audit.verify(noted).broken]


def test_a_log_that_nobody_touched_holds(state: Store) -> None:
    assert faults(state) == []
    written = entered(state)
    found = state.audit.verify()
    assert (found.entries, found.first, list(found.broken)) == (5, 1, [])
    assert found.head == Head(5, written[-1].hash) == state.audit.head()
    assert state.audit.page(0, 9) == written and state.audit.latest(2) == written[:2:-1]
    assert state.audit.latest(9, before=3) == written[1::-1]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit SET words = 'other' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["UPDATE audit SET at = 'yesterday' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["UPDATE audit SET what = 'danced' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["UPDATE audit SET hash = 'x' WHERE number = 5"], [(5, Fault.CHANGED, 5)]),
        (["UPDATE audit SET before = 'x' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["DELETE FROM audit WHERE number = 3"], [(3, Fault.REMOVED, 3)]),
        (["DELETE FROM audit WHERE number < 3"], [(1, Fault.REMOVED, 2)]),
        (["DELETE FROM audit WHERE number > 3"], [(4, Fault.CUT_OFF, 5)]),
        (["DELETE FROM audit"], [(1, Fault.CUT_OFF, 5)]),
        (["UPDATE audit SET words = x'ff00' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["UPDATE audit SET at = x'ff00' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["UPDATE audit SET hash = x'ff00' WHERE number = 5"], [(5, Fault.CHANGED, 5)]),
        (["UPDATE audit SET at = '0001-01-01T00:00:00+14:00' WHERE number = 3"], [(3, Fault.CHANGED, 3)]),
        (["DELETE FROM audit_head"], [(5, Fault.UNCHAINED, 5)]),
        (["INSERT INTO audit_head VALUES (5, 'x')"], [(5, Fault.UNCHAINED, 5)]),
        (["UPDATE audit_head SET number = 'many'"], [(5, Fault.UNCHAINED, 5)]),
        (["UPDATE audit_head SET number = 3"], [(5, Fault.UNCHAINED, 5)]),
        (
            [
                "UPDATE audit SET number = 99 WHERE number = 2",
                "UPDATE audit SET number = 2 WHERE number = 4",
                "UPDATE audit SET number = 4 WHERE number = 99",
            ],
            [(2, Fault.MOVED, 2), (4, Fault.MOVED, 4)],
        ),
        (
            ["DELETE FROM audit WHERE number = 2"]
            + [f"UPDATE audit SET number = {number - 1} WHERE number = {number}" for number in (3, 4, 5)]
            + ["UPDATE audit_head SET number = 4"],
            [(2, Fault.MOVED, 2), (3, Fault.MOVED, 3), (4, Fault.MOVED, 4)],
        ),
    ],
    ids=[
        "words",
        "time",
        "deed",
        "hash",
        "chain",
        "one",
        "first",
        "last",
        "all",
        "bytes",
        "bytes for a time",
        "bytes for a hash",
        "a time before all time",
        "no head",
        "two heads",
        "a head that is no number",
        "head back",
        "order",
        "closed up",
    ],
)
def test_what_somebody_did_to_it_is_found_and_where(
    beside: Store, file: Path, statements: list[str], found: list[tuple[int, Fault, int]]
) -> None:
    entered(beside)
    tampered(file, *statements)
    assert faults(beside) == found


def test_an_end_that_was_noted_finds_even_a_log_that_was_made_anew(beside: Store, file: Path) -> None:
    entered(beside)
    noted = beside.audit.head()
    assert faults(beside, noted) == []
    tampered(file, "DELETE FROM audit", "UPDATE audit_head SET number = 0, hash = ''")
    for day in range(6):
        beside.audit.enter(WHO, AT + timedelta(days=day))
    assert faults(beside) == []
    assert faults(beside, noted) == [(5, Fault.ANOTHER, 5)]


def test_an_entry_that_holds_by_itself_and_is_another_is_found(beside: Store, file: Path) -> None:
    second = entered(beside)[1]
    false = digest(2, second.at, WHO, second.before)
    tampered(
        file, f"UPDATE audit SET {', '.join(f'{k} = {str(v)!r}' for k, v in asdict(WHO).items())} WHERE number = 2"
    )
    tampered(file, f"UPDATE audit SET hash = '{false}' WHERE number = 2")
    assert faults(beside) == [(3, Fault.UNCHAINED, 3)]


def test_a_cut_that_nobody_can_count_to_is_none(beside: Store, file: Path) -> None:
    entered(beside)
    beside.audit.enter(Done("root", "root", "operator", Deed.CUT, "9" * 5_000), AT)
    tampered(file, "DELETE FROM audit WHERE number = 1")
    assert faults(beside) == [(1, Fault.REMOVED, 1)]


@pytest.mark.parametrize("statement", ["DELETE FROM audit_head", "INSERT INTO audit_head VALUES (0, '')"])
def test_a_log_without_one_end_takes_no_entry(beside: Store, file: Path, statement: str) -> None:
    tampered(file, statement)
    with pytest.raises(StateUnusable):
        entered(beside, 1)


def test_what_is_old_is_taken_away_and_the_rest_holds(state: Store, any_database: Path | URL) -> None:
    written = entered(state)
    noted = Head(2, written[1].hash)
    assert state.audit.cut(AT + timedelta(days=3), WHO, AT + timedelta(days=9)) == 3
    kept = state.audit.page(0, 9)
    assert [one.number for one in kept] == [4, 5, 6]
    assert (kept[-1].done.what, kept[-1].done.about, kept[-1].done.words) == ("cut", "3", written[2].hash)
    assert faults(state) == [] and faults(state, noted) == []
    assert state.audit.cut(AT + timedelta(days=3), WHO, AT) == 0, "nothing is left of that age"
    tampered(any_database, "DELETE FROM audit WHERE number = 4")
    assert faults(state) == [(1, Fault.REMOVED, 4)]


def test_everything_may_be_old(beside: Store) -> None:
    entered(beside)
    assert beside.audit.cut(AT + timedelta(days=99), WHO, AT + timedelta(days=100)) == 5
    assert faults(beside) == [] and beside.audit.verify().first == 6


def test_several_who_enter_at_once_make_one_chain(any_database: Path | URL) -> None:
    def work() -> None:
        opened = open_state(any_database)
        for _ in range(8):
            opened.audit.enter(SOMEBODY, AT)
        opened.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    state = open_state(any_database)
    found = state.audit.verify()
    state.close()
    assert (found.entries, found.head.number, list(found.broken)) == (32, 32, [])


@pytest.mark.parametrize("name", ["\x00", "\ud83d", "a" * 300, "<script>", "\u202eabc"])
def test_hostile_names_are_entered_and_hold(beside: Store, name: str) -> None:
    beside.audit.enter(Done(name, name, name, Deed.SIGNED_IN, name, name, name), AT)
    assert faults(beside) == []


def test_erasing_a_person_leaves_the_log_whole(beside: Store) -> None:
    beside.audit.enter(Done("id-1", "", "administrator", Deed.LOOKED, "somebody"), AT)
    beside.kept.forget("somebody")
    assert faults(beside) == []


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\uff1d1", "=cmd|'/c calc'!A1"])
def test_no_cell_is_a_formula(value: str, beside: Store) -> None:
    assert guarded(value)[0] == "'"
    entry = beside.audit.enter(Done(value, value, value, Deed.REJECTED, value, value, value), AT)
    rows = list(csv.DictReader(io.StringIO("".join(lines([entry])))))
    assert tuple(rows[0]) == COLUMNS
    assert {rows[0][name][0] for name in ("who", "account", "role", "about", "words", "from_where")} == {"'"}
    assert "\n" not in rows[0]["words"] and "\r" not in rows[0]["words"]


@pytest.mark.parametrize("value", ["x;=1+1;", "x;  +1", 'x;"=1+1;', "x,=1", "x|@a", "x;\t=1", "x;\u00a0-1"])
def test_no_cell_becomes_a_formula_where_semicolons_separate(value: str, beside: Store) -> None:
    """A spreadsheet in Norwegian or Latvian takes a semicolon for the end of a cell, whatever the file says."""
    entry = beside.audit.enter(Done("id", "a@x", "operator", Deed.REJECTED, "p", value), AT)
    for separator in ";,|":
        for cell in "".join(lines([entry])).splitlines()[1].split(separator):
            assert cell.lstrip(' \u00a0"')[:1] not in ("=", "+", "-", "@"), cell


def test_what_is_no_formula_stays_as_it_is() -> None:
    for said in ("a=b", "", 7, "2026-11-22", "one; two, three - and a half", "a;b=c"):
        assert guarded(said) == str(said)


def test_the_command_says_what_is_wrong_and_ends_so(tmp_path: Path, shared_tenant: RunningTenant) -> None:
    office = Office(tmp_path, shared_tenant)
    assert office.run("audit", "verify").out.startswith("0 entries")
    at = office.state_file
    state = open_state(at)
    entered(state)
    end = state.audit.head()
    state.close()
    told = office.run("audit", "verify", "--noted", f"{end.number}:{end.hash}")
    assert told.code == 0 and f"It ends at 5:{end.hash}" in told.out
    csv_file = tmp_path / "audit.csv"
    assert office.run("audit", "export", str(csv_file)).code == 0
    assert len(csv_file.read_text().splitlines()) == 6 and csv_file.stat().st_mode & 0o077 == 0
    again = office.run("audit", "export", str(csv_file))
    assert again.code == 1 and "exists" in again.err
    tampered(at, "UPDATE audit SET words = 'x' WHERE number = 2", "DELETE FROM audit WHERE number = 4")
    told = office.run("audit", "verify")
    assert (told.code, told.out) == (1, "Entry 2: was changed.\nEntry 4: removed.\n")
    broken = office.run("audit", "verify", "--json").json["broken"]
    assert [(one["entry"], one["fault"]) for one in broken] == [(2, "changed"), (4, "removed")]
    assert office.run("audit", "verify", "--noted", "5").code == 1
    assert office.run("audit", "cut", "--days", "1", "--yes").out in ("Taken away: 0.\n", "Taken away: 4.\n")
