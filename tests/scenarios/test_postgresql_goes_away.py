"""PostgreSQL is restarted, killed, or away for longer than a lease: workers and the service wait, and go on."""

from __future__ import annotations

import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.postgresql_server import PostgreSQLServer, postgresql_server
from tests.samepic_commands import Command, until
from tests.sync_bench import SyncBench, sync_bench

from localtenant.store.records import Case

LEASE_S = 4


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQLServer]:
    with postgresql_server() as made:
        yield made


@pytest.fixture(scope="module")
def bench(server: PostgreSQLServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("away"), people=40) as made:
        path = made.folder / "samepic.toml"
        workers = f"[workers]\nlease_seconds = {LEASE_S}\npeople_per_shard = 12"
        text = path.read_text().replace("[workers]", workers, 1)
        text = text.replace('# listen = "127.0.0.1:9464"', 'listen = "127.0.0.1:0"')
        text = text.replace("at_least = 5", "at_least = 1000")
        url = f'url = "{server.for_configuration}"'
        path.write_text(re.sub(r"(?m)^# url = .postgresql.*$", lambda _: url, text, count=1))
        yield made


def restarted(server: PostgreSQLServer) -> None:
    server.stop()
    server.start()


def killed(server: PostgreSQLServer) -> None:
    server.kill()
    server.start()


def away(server: PostgreSQLServer) -> None:
    server.kill()
    time.sleep(2.5 * LEASE_S)
    server.start()


@pytest.fixture(autouse=True)
def nobody_is_left(bench: SyncBench) -> Iterator[None]:
    yield
    bench.at.control.clear_faults()
    bench.forks.kill_all()


@pytest.mark.parametrize("leaves", [restarted, killed, away])
def test_a_sweep_goes_on_by_the_same_worker(bench: SyncBench, server: PostgreSQLServer, leaves: object) -> None:
    assert callable(leaves)
    people = [user for user in bench.people() if user.case is Case.NEVER_VISITED]
    for number, user in enumerate(people):
        bench.at.control.put_picture(user.upn, "exchange", new_face(leaves.__name__, number))
    command = bench.start("worker", "--json")
    until(lambda: command.out.read_text() or command.ended(), "the worker takes on work")
    run = bench.run("sweep", "--json").json()["runs"][0]["run"]
    fault = bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=6, times=None)
    assert bench.held_or_ended(fault, command), command.said()
    leaves(server)
    bench.at.control.clear_faults()

    def over() -> bool:
        told = bench.run("runs", run, "--json").json()
        assert not command.ended(), command.said()
        time.sleep(1)
        return bool(told["going"] == "over")

    until(over, "the sweep is over")
    told = bench.run("runs", run, "--json").json()
    assert (told["state"], told["failed"]) == ("done", 0), (told, command.said())
    assert command.kill(signal.SIGTERM) == 0, command.said()
    said = command.err.read_text()
    assert "Traceback" not in said
    assert 1 <= said.count("waiting for the state") <= 3, said
    assert len(said.splitlines()) < 12, said
    for user in people:
        bench.assert_whole(user.upn)
    assert bench.sync()["written"] == 0


def test_the_service_waits_says_so_once_and_is_the_one_again(bench: SyncBench, server: PostgreSQLServer) -> None:
    command = bench.start("run", "--log-format", "json")
    ready = Readiness(bench, command)
    until(lambda: ready() == 200, "the service is ready")
    server.kill()
    until(lambda: ready() == 503, "it says that it is not ready")
    time.sleep(3)
    server.start()
    until(lambda: ready() == 200, "it is ready again")
    second = bench.run("run")
    assert second.code == 1 and f"process {command.pid} on " in second.said(), "it holds on to being the only one"
    assert bench.run("sync", "--now").code == 0
    until(lambda: '"came": "done"' in command.err.read_text(), "it sweeps")
    assert command.kill(signal.SIGTERM) == 0
    said = command.err.read_text()
    assert said.count("waiting for the state") == said.count("the state is usable again") == 1, said
    assert "Traceback" not in said


def test_a_worker_that_waits_for_the_state_ends_when_it_is_told_to(bench: SyncBench, server: PostgreSQLServer) -> None:
    command = bench.start("worker", "--json")
    until(lambda: command.out.read_text() or command.ended(), "the worker takes on work")
    server.kill()
    try:
        until(lambda: "waiting for the state" in command.err.read_text(), "it knows")
        assert command.kill(signal.SIGTERM) == 0, command.said()
    finally:
        server.start()


def test_who_is_started_while_it_is_away_waits_in_words_and_begins_when_it_is_back(
    bench: SyncBench, server: PostgreSQLServer
) -> None:
    server.kill()
    try:
        service, worker = bench.start("run", "--log-format", "json"), bench.start("worker", "--json")
        called_off = [bench.start("run"), bench.start("worker")]
        for command in (service, worker, *called_off):
            until(lambda command=command: "see that the server" in command.said() or command.ended(), "it says so")
        assert [command.kill(signal.SIGTERM) for command in called_off] == [0, 0], "it may be told to end meanwhile"
        command = bench.run("status")
        assert command.code == 1 and "see that the server" in command.said(), "a command that somebody typed waits not"
        time.sleep(2)
        assert not service.ended() and not worker.ended()
    finally:
        server.start()
    until(lambda: worker.out.read_text() or worker.ended(), "the worker takes on work")
    ready = Readiness(bench, service)
    until(lambda: ready() == 200, "the service is ready")
    assert bench.run("sync", "--now").code == 0
    until(lambda: '"came": "done"' in service.err.read_text(), "it sweeps, by the worker")
    assert (worker.kill(signal.SIGTERM), service.kill(signal.SIGTERM)) == (0, 0), (worker.said(), service.said())
    said = service.err.read_text()
    assert said.count("waiting for the state") == said.count("the state is usable again") == 1, said
    assert worker.err.read_text().count("see that the server") == 1, worker.said()
    assert "Traceback" not in said + worker.err.read_text()


def test_what_a_server_refuses_for_good_is_not_waited_for(bench: SyncBench, server: PostgreSQLServer) -> None:
    other = bench.folder / "other.toml"
    text = (bench.folder / "samepic.toml").read_text()
    other.write_text(text.replace("/samepic?host=", "/no_such_database?host="))

    def begun() -> list[Command]:
        return [bench.start(name, "--config", str(other)) for name in ("run", "worker")]

    refused = begun()
    for command in refused:
        assert command.wait() == 1 and "no_such_database" in command.said() and "see that" in command.said()
    server.kill()
    try:
        waiting = begun()
        for command in waiting:
            until(lambda command=command: "see that the server" in command.said() or command.ended(), "it says so")
            assert not command.ended(), command.said()
    finally:
        server.start()
    for command in waiting:
        assert command.wait() == 1 and '"no_such_database" does not exist' in command.said(), command.said()


def new_face(name: str, number: int) -> bytes:
    from tests.pictures import encoded, mosaic

    return encoded(mosaic(hash((name, number)) % 2**31, 160, 160))


class Readiness:
    """What /readyz answers."""

    def __init__(self, bench: SyncBench, command: Command) -> None:
        import asyncio

        from samepic.service.address import address
        from samepic.service.control import tell

        socket = address(Path(os.path.realpath(bench.state)))

        def status() -> dict[str, str] | None:
            time.sleep(0.05)
            assert not command.ended(), command.said()
            told: dict[str, str] | None = asyncio.run(tell(socket, {"do": "status"}))
            return told

        until(status, "the service is at work")
        told = status()
        assert told is not None
        self._url = told["listens"] + "/readyz"

    def __call__(self) -> int:
        time.sleep(0.1)
        try:
            with urllib.request.urlopen(self._url, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
