"""kill -9 in the middle of a write: its locks are free, its run is called interrupted, its write is finished."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import URL
from tests.databases import telling
from tests.office import Office, face
from tests.samepic_commands import until

from samepic.model.decision import Reason
from samepic.ports.state import RouteBusy

KILLED_IN_THE_FIFTH_WRITE = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.databases import told
from tests.office import Office

office = Office(Path(sys.argv[1]), state_at=told(sys.argv[2]))
office.hire(8)
write = office.target.write

async def deadly(*people, **more):
    if len(office.target.writes) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return await write(*people, **more)

office.target.write = deadly
asyncio.run(office.engine.sync())
"""

HOLDS_THE_ROUTE_UNTIL_TOLD = """
import asyncio, sys
from pathlib import Path
from tests.databases import told
from tests.office import Office, Watcher

class Waits(Watcher):
    def decided(self, step):
        print("at work", flush=True)
        sys.stdin.readline()

office = Office(Path(sys.argv[1]), state_at=told(sys.argv[2]))
office.hire(1)
asyncio.run(office.engine.sync(progress=Waits()))
"""


def route_is_free(office: Office) -> bool:
    with suppress(RouteBusy), office.state.route_lock("office", "a look", office.clock.now()):
        return True
    return False


def test_killed_outright_nothing_is_lost_or_locked(tmp_path: Path, any_database: Path | URL) -> None:
    command = [sys.executable, "-c", KILLED_IN_THE_FIFTH_WRITE, str(tmp_path), telling(any_database)]
    died = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL

    office = Office(tmp_path, state_at=any_database)
    until(lambda: route_is_free(office), "the route is given back")
    office.hire(8)
    unfinished = office.state.intents.page("office", "", 100)
    assert unfinished, "it was killed in a write"
    finished = set(office.state.memories.of("office", [f"id-{number:05d}" for number in range(8)]))
    assert not finished & set(unfinished)
    assert len(finished) + len(unfinished) >= 5, "whoever reached the wire is remembered or begun"
    begun = {key: office.state.intents.of("office", key) for key in unfinished}

    asyncio.run(office.engine.sync())

    runs = asyncio.run(office.engine.runs())
    assert [run.state for run in runs][-1] == "interrupted"
    assert office.state.intents.count("office") == 0
    wire = dict(office.target.writes)
    for intent in begun.values():
        assert intent is not None and wire[intent.target_person] == intent.sha256, "the same bytes as before"


def test_two_processes_at_once_the_second_says_so_and_ends_and_a_kill_frees_the_route(
    tmp_path: Path, any_database: Path | URL
) -> None:
    command = [sys.executable, "-c", HOLDS_THE_ROUTE_UNTIL_TOLD, str(tmp_path), telling(any_database)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"at work\n"
        office = Office(tmp_path, state_at=any_database)
        office.hire(2)
        with pytest.raises(RouteBusy, match=f"process {other.pid} on"):
            asyncio.run(office.engine.sync())
        assert asyncio.run(office.engine.sync(["id-00001"])).written == 1, "a request is served beside it"
        assert asyncio.run(office.engine.status()).running is not None
        other.kill()
        other.wait()
        until(lambda: route_is_free(office), "the route is given back")  # a server has to notice first
        office.target.put(office.target_id(office.people[0]), face(3))
        assert asyncio.run(office.engine.sync()).counts == {Reason.FIRST_MEETING: 1, Reason.IN_STEP: 1}
