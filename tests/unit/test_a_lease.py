"""A worker that was silent for longer than its lease writes nothing more, whatever any clock says."""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.office import opened

from samepic.jobs.flows import _Seldom
from samepic.jobs.heartbeat import Heartbeat, Watch
from samepic.model.decision import Action, Reason
from samepic.model.lease import Lease
from samepic.model.person import Keys, Person, PersonId
from samepic.model.picture import NO_PICTURE, Stamp
from samepic.model.plan import RunId
from samepic.model.remembered import Intent, Memory, Row
from samepic.ports.leases import LeaseLost, Leases
from samepic.ports.outage import Outage
from samepic.ports.state import StateUnusable
from samepic.state.store import Store
from samepic.transport.client import HttpClient, HttpOptions, Meter

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LENGTH = timedelta(seconds=15)
RUN = RunId("run")


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path / "state.db")


def intent(key: str) -> Intent:
    return Intent(
        key=key,
        run="run",
        action=Action.WRITE,
        reason=Reason.NEW,
        target_person=PersonId(key),
        source_person=PersonId(key),
        source=Stamp("s"),
        replacing=NO_PICTURE,
        place=None,
        fingerprint=None,
        replaced=None,
        opened_at=NOW,
        renditions=(b"a", b"b"),
    )


def void(store: Store, holder: str) -> None:
    [seen] = [one for one in store.leases.holders() if one.lease.holder == holder]
    assert store.leases.void(seen)


def test_whoever_lost_its_lease_commits_nothing(store: Store) -> None:
    held = store.held_by(store.leases.take("one", "process 1", NOW))
    other = store.held_by(store.leases.take("two", "process 2", NOW))
    held.intents.open("route", intent("before"))
    void(store, "one")
    with pytest.raises(LeaseLost, match="worker one was silent"):
        held.intents.open("route", intent("after"))
    with pytest.raises(LeaseLost):
        held.intents.close("route", "before", Memory("before"))
    with pytest.raises(LeaseLost):
        held.rows.put(RUN, [Row("k", Person(Keys("k")))])
    other.intents.open("route", intent("others"))
    assert store.intents.page("route", "", 10) == ["before", "others"]
    assert store.rows.count(RUN) == 0
    assert store.memories.count("route") == 0


def test_only_a_holder_that_said_nothing_meanwhile_is_voided_and_once(store: Store) -> None:
    lease = store.leases.take("one", "process 1", NOW)
    [seen] = store.leases.holders()
    store.leases.beat(lease)
    assert not store.leases.void(seen)
    [seen] = store.leases.holders()
    assert store.leases.void(seen)
    assert not store.leases.void(seen)
    with pytest.raises(LeaseLost):
        store.leases.beat(lease)
    [voided] = store.leases.holders()
    assert voided.lapsed and voided.lease == Lease("one", 2)
    store.leases.give_back(lease)  # the holder wakes and ends in what it takes for good order
    assert store.leases.holders() == [voided]
    store.leases.give_back(voided.lease)
    assert store.leases.holders() == []


def test_a_worker_stops_believing_before_anybody_else_may_void_it(store: Store) -> None:
    """The worker is stopped just after a beat; another looks all the time. Both clocks run as they run."""
    clock = Clock()
    one = Heartbeat(store.leases, store.leases.take("one", "", NOW), LENGTH, clock=clock)
    two = store.leases.take("two", "", NOW)
    watch = Watch(store.leases, two, LENGTH, clock)
    one.beat()
    assert watch.look() == []
    believed_until = clock.now_s
    while not watch.look():
        try:
            one.check()
            believed_until = clock.now_s
        except LeaseLost:
            pass
        clock.now_s += 0.5
    assert clock.now_s - 1000 > LENGTH.total_seconds()
    assert believed_until - 1000 < LENGTH.total_seconds() * 0.7
    with pytest.raises(LeaseLost):
        one.beat()


def test_one_who_beats_is_never_voided_however_long(store: Store) -> None:
    clock = Clock()
    one = Heartbeat(store.leases, store.leases.take("one", "", NOW), LENGTH, clock=clock)
    watch = Watch(store.leases, store.leases.take("two", "", NOW), LENGTH, clock)
    for _ in range(50):
        one.beat()
        assert watch.look() == []
        clock.now_s += 3


def test_nobody_is_voided_by_whoever_has_not_watched_a_whole_lease(store: Store) -> None:
    clock = Clock()
    store.leases.take("one", "", NOW)
    clock.now_s += 1e6  # a new worker comes long after the death
    watch = Watch(store.leases, store.leases.take("two", "", NOW), LENGTH, clock)
    assert watch.look() == []
    clock.now_s += LENGTH.total_seconds() - 1
    assert watch.look() == []
    clock.now_s += 2
    assert watch.look() == [Lease("one", 2)]


class Failing:
    """Leases in a database that cannot be reached."""

    def beat(self, lease: Lease) -> None:
        raise StateUnusable("the database", "no connection")


def test_a_database_out_of_reach_ends_the_lease_in_time_and_not_at_once() -> None:
    clock = Clock()
    leases: Leases = Failing()  # type: ignore[assignment]  # nothing else of it is called
    one = Heartbeat(leases, Lease("one", 1), LENGTH, clock=clock)
    one.beat()
    one.check()
    clock.now_s += LENGTH.total_seconds() * 0.7
    with pytest.raises(LeaseLost):
        one.check()
    clock.now_s -= LENGTH.total_seconds()  # and does not come back
    with pytest.raises(LeaseLost):
        one.check()


@pytest.mark.parametrize("asked_well", [1, 2], ids=["before it has one", "before its first byte"])
async def test_who_loses_the_lease_while_a_connection_is_made_sends_nothing(asked_well: int) -> None:
    arrived: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client, asked = HttpClient(HttpOptions()), 0

    def stopped_meanwhile() -> None:
        nonlocal asked
        asked += 1
        if asked > asked_well:
            raise LeaseLost("one")

    client.permit = stopped_meanwhile
    with pytest.raises(LeaseLost):
        await client.exchange(
            "PUT", f"http://127.0.0.1:{port}/", meter=Meter("s"), doing="write", max_bytes=10, repeat=False, data=b"x"
        )
    await client.aclose()
    server.close()
    await server.wait_closed()
    while not arrived:  # the connection was made, and is closed
        await asyncio.sleep(0.01)
    assert arrived == [b""]


async def test_nothing_is_sent_without_permission() -> None:
    def refuse() -> None:
        raise LeaseLost("one")

    client, meter = HttpClient(HttpOptions()), Meter("system")
    client.permit = refuse
    with pytest.raises(LeaseLost):
        await client.exchange(
            "PUT", "http://127.0.0.1:9/", meter=meter, doing="write", max_bytes=10, repeat=True, data=b"x"
        )
    assert meter.requests == 0


def test_whoever_waits_for_the_state_goes_on_at_the_next_beat_or_ends_with_the_lease(store: Store) -> None:
    clock = Clock()
    heart = Heartbeat(store.leases, store.leases.take("one", "", NOW), LENGTH, clock=clock)
    went_on = threading.Event()

    def wait() -> None:
        heart.wait_for_a_beat()
        went_on.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not went_on.wait(0.05)
    heart.beat()
    assert went_on.wait(30)
    waiting.join()
    clock.now_s += LENGTH.total_seconds()
    with pytest.raises(LeaseLost):
        heart.wait_for_a_beat()


def test_a_state_that_is_away_is_told_once_and_once_that_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(logging.getLogger("somewhere"))
    caplog.set_level(logging.INFO, "somewhere")
    for _ in range(2):
        for _ in range(3):
            outage.met(StateUnusable("the state", "no connection"))
        assert outage
        for _ in range(3):
            outage.over()
        assert not outage
    assert [line.levelname for line in caplog.records] == ["WARNING", "INFO"] * 2


def test_what_the_jobs_library_says_of_a_database_that_is_away_is_told_in_a_line_a_minute() -> None:
    seldom = _Seldom()
    lines = ["(psycopg.OperationalError) gone\nand more", "Exception polling: Traceback …\nOperationalError", "other"]
    records = [logging.LogRecord("dbos", logging.WARNING, "", 0, line, (), None) for line in lines * 2]
    assert [record.getMessage() for record in records if seldom.filter(record)] == [
        "(psycopg.OperationalError) gone",
        "other",
    ]
