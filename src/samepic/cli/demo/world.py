"""The demo's tenant: a process of its own, started as anybody would start it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60


class DemoFailed(Exception):
    """The demo cannot go on; the words say why."""


@dataclass(frozen=True, slots=True)
class World:
    """A running tenant: where it is, who may sign in, and the token of its switchboard.

    administrator, at_helpdesk: name and password of somebody who administers pictures, and of somebody who helps.
    """

    url: str
    control_token: str
    name: str
    password: str
    administrator: tuple[str, str]
    at_helpdesk: tuple[str, str]
    process: subprocess.Popen[str]


@contextmanager
def started(folder: Path, people: int, seed: int, port: int) -> Iterator[World]:
    """Start `samepic tenant serve` and end it afterwards. `folder` gets its samepic.toml and its log."""
    command = [sys.executable, "-m", "samepic", "tenant", "serve", "--with-parent"]
    command += ["--people", str(people), "--seed", str(seed), "--port", str(port)]
    command += ["--budget", "all=off"]  # it does in minutes what nobody does to a tenant within an hour
    command += ["--write-config", str(folder / "samepic.toml")]
    with (folder / "tenant.log").open("w", encoding="utf-8") as log:
        # A session of its own: Ctrl-C is for the demo, which then ends the tenant, not for both at once.
        process = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
        try:
            yield _announced(process, folder)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _announced(process: subprocess.Popen[str], folder: Path) -> World:
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        said: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        words = (folder / "tenant.log").read_text(encoding="utf-8").strip().splitlines()
        raise DemoFailed(f"the local tenant did not start: {words[-1] if words else line.strip()}") from None
    sign_in, administrator, at_helpdesk = said["sign_in"], said["administrator"], said["at_helpdesk"]
    return World(
        said["url"],
        said["control_token"],
        sign_in["name"],
        sign_in["password"],
        (administrator["name"], administrator["password"]),
        (at_helpdesk["name"], at_helpdesk["password"]),
        process,
    )
