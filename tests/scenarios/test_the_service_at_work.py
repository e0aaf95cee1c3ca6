"""`samepic run` in a process of its own against a tenant: by the clock, by order, killed, ended, and only once."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.samepic_commands import Command, until
from tests.sync_bench import SyncBench, sync_bench

from samepic.service.address import address
from samepic.service.control import tell

NIGHTLY = 'runs = "both"\nschedule = "0 2 * * *"\ntime_zone = "Europe/Oslo"\n'
TWO = datetime(2031, 1, 15, 1, 0, tzinfo=UTC)
"""Two o'clock in Oslo, on a day far enough away that no real moment is near."""
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Watched:
    """A service that a test has the clock of."""

    def __init__(self, bench: SyncBench) -> None:
        self.bench = bench
        self.clock = bench.folder / "clock"
        self.set(TWO - 10 * 60 * SECOND)

    def set(self, moment: datetime) -> None:
        """Set its clock, which goes on from there."""
        ahead = (moment - datetime.now(UTC)).total_seconds()
        new = self.clock.with_suffix(".new")
        new.write_text(f"{ahead}")
        new.replace(self.clock)

    def start(self) -> Command:
        command = self.bench.start("run", "--log-format", "json", clock=str(self.clock))
        until(lambda: self.status() or command.ended(), "the service is at work")
        assert not command.ended(), command.said()
        return command

    def ask(self, *arguments: str) -> Any:
        command = self.bench.run(*arguments, "--json")
        assert command.code == 0, command.said()
        return command.json()

    def status(self) -> Any:
        """As `samepic status --json` has it; asked without a process for each question."""
        time.sleep(0.05)  # it is asked again and again
        return asyncio.run(tell(self.socket, {"do": "status"}))

    @property
    def socket(self) -> Path:
        return address(self.bench.state.resolve())

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.status()["listens"] + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def figure(self, name: str, **labels: str) -> float:
        """One sample of /metrics, as Prometheus' own parser reads it."""
        families = text_string_to_metric_families(self.page("/metrics")[1])
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        [value] = [sample.value for sample in samples if labels.items() <= sample.labels.items()]
        return value

    def came(self) -> tuple[str, str] | None:
        """How the last sweep ended, and what began it."""
        last = self.status()["routes"][0]["last"]
        return last and (last["came"], last["why"])

    def runs(self) -> list[str]:
        """How each sync stands, the newest first."""
        return [run["state"] for run in self.ask("runs")["runs"]]

    def until_came(self, came: str, why: str) -> None:
        until(lambda: self.came() == (came, why), f"a sweep is {came} because of {why}")


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("service"), people=12) as bench:
        yield bench


@pytest.fixture
def service(shared_bench: SyncBench) -> Watched:
    bench = shared_bench.fresh()
    bench.configure(extra=NIGHTLY)
    config = bench.folder / "samepic.toml"
    config.write_text(config.read_text().replace('# listen = "127.0.0.1:9464"', 'listen = "127.0.0.1:0"'))
    return Watched(bench)


def said(command: Command) -> list[dict[str, Any]]:
    """What the service said itself; its vault, say, may find the clock strange."""
    lines = [json.loads(line) for line in command.err.read_text().splitlines()]
    return [line for line in lines if line["logger"] == "samepic.service"]


def test_it_sweeps_at_its_time_and_by_order_and_ends_when_it_is_told_to(service: Watched) -> None:
    command = service.start()
    route = service.status()["routes"][0]
    assert (route["next"], route["under_way"], route["last"]) == (TWO.isoformat(), None, None)
    assert stat.S_IMODE(service.socket.stat().st_mode) == 0o600
    assert service.runs() == []
    second = service.bench.run("run")
    assert second.code == 1
    assert f"process {command.pid} on " in second.said()
    assert service.figure("samepic_sweeps_total", came="done") == 0

    service.bench.at.control.post_fault(kind="status", status=429, headers={"Retry-After": "0"}, api="sharepoint")
    service.set(TWO - SECOND)
    service.until_came("done", "schedule")
    assert service.runs() == ["done"]
    written = service.ask("status")["routes"][0]["last"]["written"]
    assert written > 2
    assert service.status()["routes"][0]["next"] == (TWO + DAY).isoformat()
    assert service.figure("samepic_written_total") == written
    assert service.figure("samepic_sweeps_total", came="done") == service.figure("samepic_sweep_seconds_count") == 1
    assert service.figure("samepic_throttled_calls_total", system="sharepoint_online") == 1
    assert service.figure("samepic_calls_total", system="sharepoint_online", status="200") > 5
    counts = service.ask("status")["routes"][0]["counts"]
    assert {reason: count for reason in counts if (count := service.figure("samepic_people", reason=reason))} == counts
    assert service.figure("samepic_pictures", system="sharepoint_online") == counts["in_step"]
    assert service.figure("samepic_next_sweep_timestamp_seconds") == (TWO + DAY).timestamp()
    assert 0 <= service.figure("samepic_sweep_age_seconds") < 600
    assert service.page("/readyz")[0] == service.page("/healthz")[0] == 200
    assert "next sweep 2031-01-16 02:00:00 in Europe/Oslo" in service.bench.run("status").out.read_text()

    assert service.ask("sync", "--now") == {"begun": {"exchange-to-sharepoint": True}}
    service.until_came("done", "asked")
    assert service.runs() == ["done", "done"]
    assert service.ask("sync", "--now", "--incremental") == {"begun": {"exchange-to-sharepoint": True}}
    until(lambda: len(service.runs()) == 3 and service.status()["routes"][0]["under_way"] is None, "another")
    assert service.status()["routes"][0]["last"]["full"] is False

    assert command.kill(signal.SIGTERM) == 0
    assert not service.socket.exists()
    lines = said(command)
    told = [line["event"] for line in lines if line["event"] not in ("a phase begins", "a picture")]
    assert told == ["the service is at work", *["a sweep begins", "a sweep has ended"] * 3, "the service ends"]
    pictures = [line for line in lines if line["event"] == "a picture" and line["result"] == "written"]
    people = {user.id: user for user in service.bench.people()}
    assert len(pictures) == written
    assert {line["person"] for line in pictures} <= set(people)
    assert {line["run"] for line in pictures} == {service.ask("runs")["runs"][-1]["run"]}
    refused = service.bench.run("sync", "--now")
    assert refused.code == 1
    assert "no service is at work" in refused.said()
    assert service.status() is None


def test_killed_or_ended_in_a_sweep_it_makes_up_for_it_once_when_it_is_back(service: Watched) -> None:
    command = service.start()
    fault = service.bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    service.set(TWO - SECOND)
    until(lambda: service.bench.held(fault), "a write is held")
    assert command.kill() == -signal.SIGKILL
    assert service.socket.exists()
    assert service.status() is None, "nobody answers at a dead one's socket"

    command = service.start()
    until(lambda: service.runs() == ["running", "interrupted"], "it begins again")
    assert command.kill(signal.SIGTERM) == 0
    assert service.runs() == ["interrupted", "interrupted"]
    service.bench.at.control.clear_faults()

    service.set(TWO + 9 * DAY)
    command = service.start()
    service.until_came("done", "missed")
    assert service.status()["routes"][0]["next"] == (TWO + 10 * DAY).isoformat()
    assert service.runs() == ["done", "interrupted", "interrupted"], "nine nights, one sweep"
    for person in service.bench.people():
        thumbs = service.bench.thumbs(person.upn)
        assert all(thumbs) or not any(thumbs), "nobody's write is left half done"
    assert command.kill(signal.SIGTERM) == 0


def test_a_sweep_by_hand_comes_first_and_the_clocks_waits(service: Watched) -> None:
    command = service.start()
    fault = service.bench.at.control.post_fault(kind="hold_before", operation="Files/add")
    by_hand = service.bench.start("sync")
    assert service.bench.held_or_ended(fault, by_hand)
    service.set(TWO - SECOND)
    until(lambda: any(line.get("came") == "busy" for line in said(command)), "it finds the route busy")
    assert service.status()["routes"][0]["next"] == TWO.isoformat(), "that moment is still to be done"
    assert by_hand.kill() == -signal.SIGKILL
    assert command.kill(signal.SIGTERM) == 0


def test_its_sweep_that_another_command_cancels_is_over_and_so_is_its_moment(service: Watched) -> None:
    command = service.start()
    fault = service.bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    service.set(TWO - SECOND)
    until(lambda: service.bench.held(fault), "a write is held")
    run = service.ask("runs")["runs"][0]["run"]
    assert service.ask("cancel", run)["runs"][0]["state"] == "running", "who is being written is finished first"
    until(lambda: "was cancelled by another process" in command.err.read_text(), "it is heard")
    service.bench.at.control.clear_faults()
    service.until_came("interrupted", "schedule")
    [told] = [line for line in said(command) if line["event"] == "a sweep has ended"]
    assert (told["run"], told["came"], told["words"]) == (run, "interrupted", "it was cancelled")
    assert service.status()["routes"][0]["next"] == (TWO + DAY).isoformat(), "that moment is done"
    assert service.runs() == ["interrupted"]
    for person in service.bench.people():
        thumbs = service.bench.thumbs(person.upn)
        assert all(thumbs) or not any(thumbs), "nobody's write is left half done"
    assert service.ask("sync", "--now") == {"begun": {"exchange-to-sharepoint": True}}
    service.until_came("done", "asked")
    assert command.kill(signal.SIGTERM) == 0
