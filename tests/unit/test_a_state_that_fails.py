"""The state's disk is full, its folder is closed, its version is being changed by four at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
import threading
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, event, text
from tests.databases import engine_of
from tests.office import Office

from samepic.model.decision import Reason
from samepic.ports.state import StateUnusable
from samepic.state.store import open_state
from samepic.state.versions import HEAD, migrate

NOBODY = 65534
PEOPLE = 12


@contextmanager
def full_after(office: Office, pages: int) -> Iterator[None]:
    """The database may grow by so many pages; what is more is SQLITE_FULL, wherever in a write it comes."""
    engine = office.state._database.engine
    with closing(sqlite3.connect(office.folder / "state.db")) as connection:
        [have] = connection.execute("PRAGMA page_count").fetchone()

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {have + pages}")

    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        engine.dispose()  # what was limited is not used again


@pytest.mark.parametrize("pages", [0, 2, 9])
async def test_a_disk_that_fills_in_the_middle_mixes_nobody_up(tmp_path: Path, pages: int) -> None:
    office = Office(tmp_path)
    office.hire(PEOPLE)
    with full_after(office, pages), pytest.raises(StateUnusable, match="full"):
        for _ in range(30):  # each run leaves something to remember
            await office.engine.sync()
    before = list(office.target.writes)
    assert (await office.engine.sync()).stopped is None
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: PEOPLE}
    sent = defaultdict(set)
    for person, sizes in office.target.writes:
        sent[person].add(sizes)
    assert len(sent) == PEOPLE and all(len(bytes_) == 1 for bytes_ in sent.values()), "again only with the same bytes"
    assert len(set.union(*sent.values())) == PEOPLE, "nobody has another's"
    assert len(office.target.writes) <= PEOPLE + len(before)


def test_a_new_state_waits_while_another_process_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")  # SQLite turns the file to WAL for nobody, and asks nobody to wait
        commits = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        commits.start()
        open_state(path).close()
        commits.join()


def in_children(number: int, work: Callable[[], None]) -> list[int]:
    """Exit codes of processes that were let go at the same moment; 0 where the work was done."""
    gate, opener = os.pipe()
    children = []
    for _ in range(number):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(opener)
                os.read(gate, 1)  # until all are there
                work()
                code = 0
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(code)
        children.append(child)
    os.close(opener)
    os.close(gate)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.mark.parametrize("first", [None, "0001"])
def test_four_at_once_bring_a_state_up_to_date(empty_database: Path | URL, first: str | None) -> None:
    if first is not None:
        with engine_of(empty_database).begin() as connection:
            migrate(connection, first)
    assert in_children(4, lambda: open_state(empty_database).close()) == [0, 0, 0, 0]
    with engine_of(empty_database).connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [(HEAD,)]
        if isinstance(empty_database, Path):
            assert connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]


def test_a_state_that_may_only_be_read_is_said_and_left(tmp_path: Path) -> None:
    """As another user where this one is root, who may write anything."""
    folder = Path(tempfile.mkdtemp(prefix="samepic-closed-"))
    path = folder / "state.db"
    open_state(path).close()
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(0o555)

    def refused() -> None:
        if os.getuid() == 0:
            os.setuid(NOBODY)
        with pytest.raises(StateUnusable, match=r"state\.db"):
            open_state(path).rows.forget("route")

    try:
        assert in_children(1, refused) == [0]
        assert path.read_bytes() == before
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)
