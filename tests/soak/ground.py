"""Where the soak takes place: a tenant, a state, and Samepic's processes, each of which may be killed and come back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from tests.databases import put_empty_state
from tests.postgresql_server import PostgreSQLServer, postgresql_server
from tests.samepic_commands import Command, Forks
from tests.tenant_control import ControlError, TenantControl
from tests.tenant_process import serve

from samepic.service.address import address
from samepic.service.control import tell

LEASE_S = 6
STATE_MB = 96
FULL_EVERY_S = 150
"""Of the schedule's sweeps, one each minute, one of two or three is a full one."""

SETTINGS = {
    "[workers]": f"[workers]\nlease_seconds = {LEASE_S}\npeople_per_shard = 16\nshards_at_once = 1",
    "at_least = 5": "at_least = 100000",
    '# listen = "127.0.0.1:9464"': 'listen = "off"',
    '# runs = "both"': 'runs = "both"',
    '# schedule = "0 2 * * *"': f'schedule = "* * * * *"\nfull_every_hours = {FULL_EVERY_S / 3600:.4f}',
}


class Tenant:
    """One that comes back at the same address with what it had promised to keep."""

    def __init__(self, folder: Path, people: int, seed: int) -> None:
        self._arguments = ["--people", str(people), "--seed", str(seed), "--state", str(folder / "tenant")]
        self._config = folder / "first.toml"
        self._arguments += ["--write-config", str(self._config), "--behaviour", "delta_pictures=told"]
        self._log = (folder / "tenant.log").open("ab")
        self._port = 0
        self.start()
        self._port = int(self.said["url"].rpartition(":")[2])

    @property
    def control(self) -> TenantControl:
        """Its switchboard."""
        return TenantControl(self.said["url"], self.said["control_token"])

    @property
    def config(self) -> str:
        """The samepic.toml that it wrote."""
        return self._config.read_text()

    def start(self) -> None:
        """Returns once it answers."""
        self.process = serve("--port", str(self._port), *self._arguments)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the tenant did not start"
        self.said: dict[str, Any] = json.loads(line)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.communicate()


class Ground:
    """Everything that runs. database: None for a file in the state's folder."""

    def __init__(self, folder: Path, forks: Forks, tenant: Tenant, database: PostgreSQLServer | None) -> None:
        self.folder = folder
        self.forks = forks
        self.tenant = tenant
        self.database = database
        self.work = folder / "work"
        self.state = self.work / "samepic-state"
        self.service: Command | None = None
        self.workers: list[Command] = []
        self.commands: list[Command] = []
        self.pictures: dict[int, bytes] = {}

    @property
    def at(self) -> Path | URL:
        """Where the state lies."""
        return self.state / "state.sqlite" if self.database is None else self.database.url

    def prepare(self) -> None:
        """The configuration and an empty state."""
        text = self.tenant.config
        for old, new in SETTINGS.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        if self.database is not None:
            url = f'url = "{self.database.for_configuration}"'
            text = re.sub(r"(?m)^# url = .postgresql.*$", lambda _: url, text, count=1)
        else:
            put_empty_state(self.state / "state.sqlite")
        (self.work / "samepic.toml").write_text(text)

    def begin(self, *arguments: str, **dies: object) -> Command:
        """A command, under way."""
        command = self.forks.start(self.work, *arguments, **dies)
        self.commands.append(command)
        return command

    def start_service(self) -> None:
        """`samepic run`."""
        self.service = self.begin("run", "--log-format", "json")

    def start_worker(self) -> None:
        """`samepic worker`."""
        self.workers.append(self.begin("worker", "--log-format", "json"))

    def sweep_now(self, *, full: bool = True) -> bool:
        """Ask the service for a sweep; whether one has begun."""
        with contextlib.suppress(OSError, ValueError):
            order = {"do": "sweep", "routes": ["exchange-to-sharepoint"], "full": full}
            told = asyncio.run(tell(address(self.state.resolve()), order))
            return bool(told and any(told.get("done", {}).values()))
        return False

    def those_who_ended(self) -> list[Command]:
        """Of the workers and the service, whoever is not at work any more."""
        return [one for one in (*self.workers, *filter(None, [self.service])) if one.ended()]

    def patiently(self, what: str, do: Any, patience_s: float = 60) -> Any:
        """Ask the tenant's switchboard, which may be away for a moment."""
        deadline = time.monotonic() + patience_s
        while True:
            try:
                return do(self.tenant.control)
            except (OSError, ControlError) as error:
                if isinstance(error, ControlError) and error.status < 500:
                    raise
                assert time.monotonic() < deadline, f"{what}: {error}"
                time.sleep(0.1)


class Disk:
    """The state's folder as a disk of its own, which can be full.

    Where nothing may be mounted, no process may write any file instead: the system then refuses the same calls.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / ".ballast"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={STATE_MB}m,mode=700", "tmpfs", str(folder)]
        self.mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
        self._limited: dict[int, tuple[int, int]] = {}

    def fill(self, processes: list[int]) -> None:
        """No byte is left."""
        if not self.mounted:
            for pid in processes:
                with contextlib.suppress(ProcessLookupError):
                    self._limited[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, self._limited[pid][1]))
            return
        with contextlib.suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)
        for pid, limits in self._limited.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        self._limited.clear()

    def close(self) -> None:
        """What is in it stays to be looked at."""
        self.free()
        if self.mounted:
            kept = self._folder.with_name("state-as-it-was")
            subprocess.run(["cp", "-a", str(self._folder), str(kept)], check=False)
            subprocess.run(["umount", "--lazy", str(self._folder)], check=True)


@contextlib.contextmanager
def ground(folder: Path, forks: Forks, people: int, seed: int, *, postgresql: bool) -> Iterator[tuple[Ground, Disk]]:
    """All of it, with nothing at work yet; nothing is left running."""
    (folder / "work").mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgresql_server()) if postgresql else None
        tenant = Tenant(folder, people, seed)
        stack.callback(tenant.kill)
        disk = Disk(folder / "work" / "samepic-state")
        stack.callback(disk.close)
        stack.callback(forks.kill_all)
        made = Ground(folder, forks, tenant, database)
        made.prepare()
        yield made, disk


def is_at_work(command: Command) -> bool:
    """Whether it says so, and hears when it is told to end; a worker that begins anew is deaf for a second."""
    said, warned = command.out.read_text(), command.err.read_text()
    lives = said.count("takes on work") - warned.count("it begins anew")  # those of a worker, but for the ended ones
    if lives < 1 and "the service is at work" not in warned:
        return False
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{command.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


def stop(command: Command) -> None:
    """SIGSTOP."""
    os.kill(command.pid, signal.SIGSTOP)


def wake(command: Command) -> None:
    """SIGCONT."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(command.pid, signal.SIGCONT)
