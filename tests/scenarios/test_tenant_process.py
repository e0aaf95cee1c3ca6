"""`samepic tenant serve` as people run it: one line, signals, restarts, kill -9 in the middle of writes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import signal
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from tests.graph_client import picture_bytes as portrait
from tests.tenant_control import ControlError
from tests.tenant_process import serve, tenant_process

from localtenant.founding import Options, found
from localtenant.sharepoint import library
from samepic.config.load import load

FIELDS = {
    "url",
    "tenant_id",
    "domain",
    "client_id",
    "client_secret",
    "administrator",
    "at_helpdesk",
    "administrators",
    "client_certificate",
    "helpdesk",
    "control_token",
    "sign_in",
}


def refused(*arguments: str) -> str:
    """What is said when it does not start."""
    process = serve(*arguments)
    out, words = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in words
    return words


def test_one_line_says_how_to_reach_it_and_signals_stop_it() -> None:
    for how in (signal.SIGTERM, signal.SIGINT):
        with tenant_process("--people", "20", "--seed", "3") as running:
            assert set(running.said) == FIELDS
            assert running.control.healthz()["people"] == 20
            pem = Path(running.said["client_certificate"])
            assert "PRIVATE KEY" in pem.read_text()
            assert pem.stat().st_mode & 0o077 == 0
            assert running.stop(how) == 0
            assert running.process.stdout is not None
            assert running.process.stdout.read() == ""


def test_it_stops_while_a_request_is_held() -> None:
    with tenant_process("--people", "20") as running:
        fault = running.control.post_fault(kind="hold_before", api="authority")
        url = f"{running.said['url']}/{running.said['tenant_id']}/v2.0/.well-known/openid-configuration"

        def ask() -> None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url, timeout=20).read()

        thread = threading.Thread(target=ask)
        thread.start()
        for _ in range(500):
            if any(f["id"] == fault["id"] and f["holding"] for f in running.control.faults()):
                break
            time.sleep(0.01)
        assert running.stop() == 0
        thread.join(20)


def test_a_taken_port_is_said_clearly() -> None:
    with tenant_process("--people", "5") as running:
        port = running.said["url"].rpartition(":")[2]
        assert f"port {port}" in refused("--port", port, "--people", "5")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "--port" in refused("--port", str(other.getsockname()[1]))


def test_wrong_switches_are_said_with_what_there_is() -> None:
    assert "own_any" in refused("--port", "0", "--behaviour", "pull_trigger=whenever")
    assert "pull_trigger" in refused("--port", "0", "--behaviour", "trigger=own_any")


def test_a_folder_serves_one_process_and_one_world(tmp_path: Path) -> None:
    folder = str(tmp_path / "state")
    with tenant_process("--people", "20", "--seed", "5", "--state", folder) as running:
        people = running.control.people()
        assert "in use" in refused("--port", "0", "--state", folder)
        assert running.control.healthz()["people"] == 20
    assert "seed 5" in refused("--port", "0", "--state", folder, "--seed", "6")
    assert "people 20" in refused("--port", "0", "--state", folder, "--people", "21")
    with tenant_process("--state", folder) as running:
        assert running.control.people() == people


def test_a_restart_finds_secrets_switches_clock_and_pictures(tmp_path: Path) -> None:
    folder = str(tmp_path / "state")
    with tenant_process("--people", "30", "--state", folder, "--behaviour", "put-status=204") as first:
        person = first.control.people("plain")[0]["upn"]
        drawn = {p["upn"]: first.control.picture(p["upn"], "exchange") for p in first.control.people("plain")[:3]}
        first.control.put_picture(person, "directory", b"directory's")
        first.control.set_behaviours(metadata_id="default")
        first.control.advance(hours=25)
        now = first.control.json("GET", "/clock")["now"]
        first.kill()
    with tenant_process("--state", folder) as second:
        assert {n: v for n, v in second.said.items() if n != "url"} == {
            n: v for n, v in first.said.items() if n != "url"
        }
        assert second.control.picture(person, "directory") == b"directory's"
        assert {upn: second.control.picture(upn, "exchange") for upn in drawn} == drawn
        behaviours = second.control.behaviours()
        assert (behaviours["put_status"], behaviours["metadata_id"]) == ("204", "default")
        assert second.control.json("GET", "/clock")["now"] > now
        second.control.reset()
        second.kill()
    with tenant_process("--state", folder) as third:
        assert third.control.picture(person, "directory") is None
        assert third.control.json("GET", "/clock")["offset_seconds"] == 0


def test_an_items_number_is_never_given_out_twice_over_a_restart(tmp_path: Path) -> None:
    options = Options(people=20, state=tmp_path)
    numbers = []
    for _ in range(3):
        tenant = found(options)
        assert tenant.folder is not None
        numbers.append(library.put_file(tenant, "/User Photos/Profile Pictures/new.jpg", b"new").item_id)
        tenant.store.commit()
        library.delete_file(tenant, "/User Photos/Profile Pictures/new.jpg")
        tenant.store.commit()
        tenant.folder.close()
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def graph_uploads(said: dict[str, Any]) -> Callable[[str, bytes], None]:
    """What uploads a person's picture by Graph, as the announced app."""
    form = {
        "grant_type": "client_credentials",
        "client_id": said["client_id"],
        "client_secret": said["client_secret"],
        "scope": "https://graph.microsoft.com/.default",
    }
    tokens = f"{said['url']}/{said['tenant_id']}/oauth2/v2.0/token"
    with urllib.request.urlopen(tokens, urllib.parse.urlencode(form).encode(), timeout=20) as answer:
        headers = {"Authorization": f"Bearer {json.load(answer)['access_token']}", "Content-Type": "image/jpeg"}

    def put(person: str, data: bytes) -> None:
        url = f"{said['url']}/v1.0/users/{urllib.parse.quote(person)}/photo/$value"
        urllib.request.urlopen(urllib.request.Request(url, data, headers, method="PUT"), timeout=20).read()

    return put


class Writer(threading.Thread):
    """Uploads pictures until the tenant is gone; remembers what it was told is kept."""

    def __init__(self, put: Callable[[str, bytes], None], people: list[str], number: int) -> None:
        super().__init__()
        self.put = put
        self.people = people
        self.number = number
        self.kept: dict[str, bytes] = {}
        self.confirmed = 0
        self.in_flight: tuple[str, bytes] | None = None

    def run(self) -> None:
        for round_ in range(10_000):
            for person in self.people:
                data = portrait(60, 60) + hashlib.sha256(f"{self.number} {round_} {person}".encode()).digest() * 500
                self.in_flight = (person, data)
                try:
                    self.put(person, data)
                except (OSError, ControlError, HTTPException):
                    return
                self.kept[person] = data
                self.confirmed += 1
                self.in_flight = None


@pytest.mark.parametrize("after_writes", [2, 20])
def test_killed_in_the_middle_of_writes_it_has_everything_it_confirmed(tmp_path: Path, after_writes: int) -> None:
    folder = str(tmp_path / "state")
    with tenant_process("--people", "40", "--state", folder) as running:
        people = [p["upn"] for p in running.control.people("plain") if running.control.picture(p["upn"], "exchange")]
        by_graph, control = graph_uploads(running.said), running.control

        def by_switchboard(person: str, data: bytes) -> None:
            control.put_picture(person, "exchange", data)

        writers = [Writer(by_switchboard if n == 0 else by_graph, people[n::3], n) for n in range(3)]
        for writer in writers:
            writer.start()
        while min(writer.confirmed for writer in writers) < after_writes:
            assert all(writer.is_alive() for writer in writers)
            time.sleep(0.001)
        running.kill()
        for writer in writers:
            writer.join(20)
    with tenant_process("--state", folder) as again:
        for writer in writers:
            for person, data in writer.kept.items():
                found = again.control.picture(person, "exchange")
                assert found == data or (person, found) == writer.in_flight


def test_the_configuration_that_it_writes_points_at_it(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "samepic.toml"
    with tenant_process("--people", "20", "--write-config", str(file)) as running:
        settings = load(file).settings
        assert settings.microsoft365.url == running.said["url"]
        assert settings.microsoft365.client_id == running.said["client_id"]
        assert str(settings.microsoft365.certificate) == running.said["client_certificate"]
    with tenant_process("--people", "20", "--write-config", str(file)) as again:
        assert load(file).settings.microsoft365.url == again.said["url"]
    file.write_text("# my own\n" + file.read_text())
    assert "own configuration" in refused("--port", "0", "--write-config", str(file))
    assert file.read_text().startswith("# my own\n")


def test_the_configuration_that_it_writes_says_what_it_lets_apps_call(tmp_path: Path) -> None:
    config = tmp_path / "samepic.toml"
    named = ("--people", "5", "--budget", "people_manager=40", "--budget", "directory=off", "--time-scale", "4")
    with tenant_process(*named, "--write-config", str(config)):
        found = load(config).settings.microsoft365
    assert (found.licences, found.time_scale) == (5, 4)
    assert found.budgets.own() == {"people_manager": 40}
    with tenant_process("--people", "5", "--write-config", str(config)):
        found = load(config).settings.microsoft365
    assert (found.licences, found.time_scale, found.budgets.own()) == (None, 1, {})
