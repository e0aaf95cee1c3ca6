"""What only PostgreSQL does: sessions that end, two writers at once, another's tables, text that it refuses."""

from __future__ import annotations

import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import URL, text
from tests.command_line import Office
from tests.conftest import RunningTenant
from tests.databases import end_sessions, engine_of, postgresql_database, telling
from tests.office import Office as InMemory
from tests.samepic_commands import until

from samepic.model.decision import Reason
from samepic.model.held import HeldPlan, Kind, PlanEvent, Said, Standing
from samepic.model.person import Keys, Person, PersonId
from samepic.model.picture import Stamp
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.remembered import Memory, Row, Seen
from samepic.model.system import Listed
from samepic.ports.state import RouteBusy, StateNewer, StateUnusable
from samepic.state.postgresql import url_of
from samepic.state.store import open_state

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
RUN = RunId("run")

ORDERED_BY = text("""
    SELECT class.relname || '.' || attname, own.collname FROM pg_attribute
    JOIN pg_class AS class ON class.oid = attrelid JOIN pg_collation AS own ON own.oid = attcollation
    WHERE class.relkind = 'r' AND class.relnamespace = 'public'::regnamespace AND attnum > 0
          AND class.relname <> 'alembic_version'
""")


def test_every_text_is_ordered_by_its_bytes_whatever_language_the_database_has(postgresql: URL) -> None:
    """The wheel's server knows no other language to try it in; a Norwegian one would put å behind z."""
    with engine_of(postgresql).connect() as connection:
        told = connection.execute(ORDERED_BY).all()
    assert len(told) > 100
    assert [name for name, order in told if order != "C"] == []


def test_pages_go_by_bytes_and_no_text_is_refused(any_database: Path | URL) -> None:
    names = ["Å", "a", "å", "Z", "z", "-", "a-b", "ab", "ß", "😀", "\uffff", "I", "ı"]
    store = open_state(any_database)
    store.rows.put(RUN, [Row(name, Person(Keys(name), display_name="x")) for name in names])
    paged: list[str] = []
    while page := store.rows.page(RUN, paged[-1] if paged else "", 3):
        paged += [row.key for row in page]
    assert paged == sorted(names, key=str.encode)
    store.close()


def test_what_postgresql_cannot_keep_becomes_the_sign_for_it(postgresql: URL) -> None:
    store = open_state(postgresql)
    store.memories.remember("r", [Memory("a", display_name="Zero\0 and half \ud83d", source=Stamp("\0"))])
    kept = store.memories.of("r", ["a"])["a"]
    assert (kept.display_name, kept.source) == ("Zero� and half �", "�")
    store.close()


def test_a_new_runs_people_are_found_without_reading_everybody_for_each_page(postgresql: URL) -> None:
    """The planner knows nothing of a run that has just begun, and takes any index that begins with the run."""
    store = open_state(postgresql.update_query_dict({"options": "-c enable_seqscan=off"}))
    people = [Keys(f"id-{number}", f"p{number}@made.up") for number in range(1500)]
    pages = [people[start : start + 500] for start in range(0, 1500, 500)]
    for page in pages:
        store.listings.put(RUN, "target", [Listed(keys) for keys in page])
    for page in pages:
        assert len(store.listings.candidates(RUN, "target", page, [])) == 500
    store.close()
    by_either_key = 2 * len(people)
    until(lambda: rows_read(postgresql, "run_listed") >= by_either_key, "the server has counted")
    assert rows_read(postgresql, "run_listed") <= 1.5 * by_either_key


def rows_read(url: URL, table: str) -> int:
    counted = text("SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables")
    with engine_of(url).connect() as connection:
        return int(connection.execute(text(f"{counted} WHERE relname = '{table}'")).scalar_one())


def test_a_person_is_found_in_a_listing_by_an_index_though_reading_all_looks_cheap(postgresql: URL) -> None:
    """To a server that takes its disk for one that turns, as it does unless it is told, all of a thousand is little."""
    store, looking = open_state(postgresql), engine_of(postgresql)
    people = [Keys(f"id-{number}", f"p{number}@made.up", f"p{number}@made.up") for number in range(1000)]
    for start in range(0, 1000, 500):
        store.listings.put(RUN, "target", [Listed(keys) for keys in people[start : start + 500]])
    for start in range(0, 1000, 200):
        assert len(store.listings.candidates(RUN, "target", people[start : start + 200], [])) == 200
    store.close()
    asked = text("SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'run_listed'")

    def read() -> tuple[int, int]:
        with looking.connect() as connection:
            all_of_it, by_index = connection.execute(asked).one()
            return all_of_it, by_index

    until(lambda: sum(read()) >= 3000, "the server has counted", every_s=0.05)
    assert read() == (0, 3000)


def test_an_error_does_not_tell_whom_it_is_about(any_database: Path | URL) -> None:
    store = open_state(any_database)
    store.leases.take("Kari Nordmann", "kari@contoso.com", NOW)
    with pytest.raises(StateUnusable, match=r"(?i)unique") as told:
        store.leases.take("Kari Nordmann", "kari@contoso.com", NOW)
    whole = "".join(traceback.format_exception(told.value.__cause__))
    assert "ari" not in str(told.value) and "kari@contoso.com" not in whole
    store.close()


def test_what_is_read_in_two_questions_is_of_one_moment(any_database: Path | URL) -> None:
    store = open_state(any_database)
    how_many = text("SELECT count(*) FROM memory")
    with store._database.read() as connection:
        assert connection.execute(how_many).scalar() == 0
        store.memories.remember("r", [Memory("a")])
        assert connection.execute(how_many).scalar() == 0
    assert store.memories.count("r") == 1
    store.close()


def test_a_session_that_ends_costs_nothing_while_no_lock_is_held(postgresql: URL) -> None:
    store = open_state(postgresql)
    store.memories.remember("r", [Memory("a")])
    with store.route_lock("r", "me", NOW):
        pass
    assert end_sessions(postgresql) > 1
    assert store.memories.count("r") == 1
    assert end_sessions(postgresql) > 0
    with store.route_lock("r", "me", NOW):
        assert store.memories.count("r") == 1
    store.close()


def test_whoever_has_lost_a_lock_writes_no_more_until_all_is_given_back(postgresql: URL) -> None:
    store, another = open_state(postgresql), open_state(postgresql)
    lock = store.person_lock("r", "a")
    with store.route_lock("r", "me", NOW):
        assert lock.take()
        end_sessions(postgresql)
        with mock.patch("samepic.state.advisory._LOOKED_AFTER_S", -1.0):
            for _ in range(2):
                with pytest.raises(StateUnusable, match=r"lost|held this run's locks"):
                    store.memories.remember("r", [Memory("a")])
        with another.route_lock("r", "another", NOW):
            assert another.person_lock("r", "a").take(), "what was lost is free"
        with pytest.raises(StateUnusable, match="held this run's locks"):
            store.person_lock("r", "b").take()
    with pytest.raises(StateUnusable):
        store.memories.remember("r", [Memory("a")])
    lock.release()
    store.memories.remember("r", [Memory("a")])
    with store.route_lock("r", "me", NOW):
        pass
    store.close()
    another.close()


def test_a_connection_that_ends_in_a_transaction_is_told_in_a_line(postgresql: URL) -> None:
    store = open_state(postgresql)
    with pytest.raises(StateUnusable, match="lost; the next run goes on") as told, store._database.write() as one:
        end_sessions(postgresql)
        one.execute(text("SELECT 1"))
    assert "\n" not in str(told.value)
    store.memories.remember("r", [Memory("a")])
    store.close()


async def test_a_run_whose_server_goes_away_stops_and_the_next_one_goes_on(tmp_path: Path, postgresql: URL) -> None:
    office = InMemory(tmp_path, state_at=postgresql)
    office.hire(120)
    write, met = office.target.write, []

    async def ending(person: PersonId, *given: Any, **named: Any) -> Any:
        met.append(person)
        if len(met) == 3:
            end_sessions(postgresql)
        return await write(person, *given, **named)

    with mock.patch.object(office.target, "write", ending), pytest.raises(StateUnusable, match=r"lost|held this run"):
        await office.engine.sync()
    under_way = 3 * max(system.settings.at_once for system in (office.source, office.target))  # see `Work.at_once`
    assert 3 <= len(met) <= under_way, "whose intents were committed are finished, nobody else is begun"
    assert (await office.engine.sync()).stopped is None
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 120}
    assert [run.state for run in await office.engine.runs()] == ["done", "done", "interrupted"]
    sent = {person: {sizes for one, sizes in office.target.writes if one == person} for person in met}
    assert all(len(bytes_) == 1 for bytes_ in sent.values()), "again only with the same bytes"
    office.state.close()


def test_who_held_a_route_before_is_not_named_for_who_holds_it_now(postgresql: URL) -> None:
    store, another = open_state(postgresql), open_state(postgresql)
    with store.route_lock("r", "the first", NOW):
        pass
    with mock.patch.object(another._locks, "_tell"), another.route_lock("r", "the second", NOW):
        with pytest.raises(RouteBusy) as busy, store.route_lock("r", "the third", NOW):
            pass
        assert (busy.value.who, busy.value.since) == ("another process", None)
    store.close()
    another.close()


def test_two_that_enter_the_same_people_in_another_order_do_not_wait_in_a_circle(postgresql: URL) -> None:
    stores = [open_state(postgresql), open_state(postgresql)]
    pictures = {f"p{number:04d}": Seen(Stamp(str(number)), None) for number in range(300)}
    orders = [pictures, dict(reversed(pictures.items()))]
    with ThreadPoolExecutor(2) as both:
        for _ in range(15):
            begin = threading.Barrier(2)

            def enter(number: int, begin: threading.Barrier = begin) -> None:
                begin.wait()
                stores[number].memories.saw("source", orders[number])

            list(both.map(enter, (0, 1)))
    assert len(stores[0].memories.seen("source", pictures)) == 300
    for store in stores:
        store.close()


def test_of_many_that_decide_about_a_plan_at_once_one_is_the_first(postgresql: URL) -> None:
    store = open_state(postgresql)
    plan = PlanId("plan")
    held = HeldPlan(plan, "r", RUN, NOW, Hold("share", "too many"), 1, 1, {}, Kind.SYNC)
    store.plans.found_held(held)
    said = [PlanEvent(plan, "r", NOW, Standing.APPROVED, Said(who=str(number)), None) for number in range(6)]
    with ThreadPoolExecutor(6) as all_at_once:
        found = list(all_at_once.map(lambda event: store.plans.enter(event, {Standing.HELD}), said))
    assert sorted(event.what for event in found if event) == [Standing.APPROVED] * 5 + [Standing.HELD]
    record = store.plans.of("r", plan)
    assert record is not None and len(record.events) == 2
    store.close()


def test_a_process_that_was_stopped_in_a_transaction_blocks_nobody_for_good(postgresql: URL) -> None:
    """The server ends its session: after a minute, here at once, and it cannot commit when it wakes."""
    stopped = open_state(postgresql.update_query_dict({"options": "-c idle_in_transaction_session_timeout=100"}))
    another = open_state(postgresql)
    with another._database.read() as connection:
        asked = text("SELECT setting::int FROM pg_settings WHERE name = :name")
        names = ("idle_in_transaction_session_timeout", "lock_timeout")
        stopped_ms, waits_ms = (int(connection.execute(asked, {"name": name}).scalar_one()) for name in names)
    assert 0 < stopped_ms < waits_ms, "whoever waits outlives it"
    with pytest.raises(StateUnusable, match="lost"), stopped._database.write() as asleep:
        asleep.execute(text("INSERT INTO route_joins VALUES ('r', 'x')"))
        with another._database.write(alone=True) as connection:
            assert connection.execute(text("SELECT count(*) FROM route_joins")).scalar() == 0
        asleep.execute(text("SELECT 1"))
    for store in (stopped, another):
        store.close()


def test_what_happened_to_a_plan_is_never_changed(postgresql: URL) -> None:
    for statement in ("UPDATE plan_event SET who = 'x'", "DELETE FROM plan_event", "TRUNCATE plan_event"):
        with (
            pytest.raises(Exception, match="what happened to a plan is never changed"),
            engine_of(postgresql).begin() as connection,
        ):
            connection.execute(text(statement))


def test_a_newer_state_and_another_programs_are_refused(postgresql: URL) -> None:
    with engine_of(postgresql).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateNewer, match=r"written by a newer Samepic \(revision 9999\)"):
        open_state(postgresql)
    with postgresql_database(migrated=False) as theirs:
        with engine_of(theirs).begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('ab12')"))
        with pytest.raises(StateUnusable, match="give Samepic a database of its own"):
            open_state(theirs)


def test_a_database_that_is_not_there_is_said_with_what_to_look_at(postgresql: URL, tmp_path: Path) -> None:
    for url, words in (
        (postgresql.set(database="nowhere"), 'database "nowhere" does not exist'),
        (postgresql.update_query_dict({"host": str(tmp_path)}), "Is the server running"),
        (url_of("postgresql://samepic:topsecret@localhost:1/samepic"), "refused"),
    ):
        with pytest.raises(StateUnusable, match=words) as told:
            open_state(url)
        assert "topsecret" not in str(told.value) and "\n" not in str(told.value)
        assert "run-with-postgresql" in str(told.value)


def test_a_database_of_another_encoding_is_refused_with_the_statement_that_makes_a_fit_one(postgresql: URL) -> None:
    name = f"latin_{postgresql.database}"
    with engine_of(postgresql).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"))
        try:
            with pytest.raises(StateUnusable, match=r"LATIN1.*ENCODING 'UTF8'"):
                open_state(postgresql.set(database=name))
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))


def test_without_the_driver_the_extra_is_named() -> None:
    with mock.patch.dict(sys.modules, {"psycopg": None}), pytest.raises(StateUnusable, match=r"samepic\[postgresql\]"):
        open_state(url_of("postgresql://localhost/samepic"))


def test_the_command_line_finds_it_and_tells_nobody_the_password(
    tmp_path: Path, shared_tenant: RunningTenant, postgresql: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, shared_tenant)
    office.state_file.unlink()
    monkeypatch.setenv("SAMEPIC_STATE_URL", "postgresql://samepic:t0p%2Fsecret@localhost:1/samepic")
    ended = office.run("status")
    assert ended.code == 1 and "'samepic' on localhost:1 cannot be used" in ended.err
    assert "t0p" not in ended.out + ended.err and len(ended.err.splitlines()) == 1
    address = (
        telling(postgresql).replace("postgresql+psycopg", "postgresql").replace("postgres@", "postgres:t0p%2Fsecret@")
    )
    monkeypatch.setenv("SAMEPIC_STATE_URL", address)
    assert office.run("status").code == 0
    with open_state(postgresql).route_lock("exchange-to-sharepoint", "process 5 on t0p/secret", NOW):
        refused = office.run("sync")
    assert (
        refused.code == 1 and "another run is at work (process 5 on [secret]) since 2026-11-22 06:00:00" in refused.err
    )
    assert not office.state_file.exists()
