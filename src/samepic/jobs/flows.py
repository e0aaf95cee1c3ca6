"""The durable workflows: who does what of a sweep, and in which order. DBOS keeps how far each is.

Only ids and numbers are handed to it: its tables hold nothing of any person. A workflow never raises: what a system
or the state refuses is entered into the sweep, and every later step finds nothing to do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from samepic.jobs.stages import Stages
from samepic.model.plan import RunId
from samepic.model.sweeping import Part
from samepic.ports.state import StateUnusable

if TYPE_CHECKING:
    from dbos import DBOSConfig
    from sqlalchemy import Engine

T = TypeVar("T")

VERSION = "1"
"""Of the workflows below. A worker takes on jobs of its own version only: their steps have to be the same."""

_SWEEPS = "samepic-sweeps"
_SHARDS = "samepic-shards"
_POLL_S = 0.5


class Doing(Protocol):
    """How a workflow's thread has a stage done in the worker's event loop."""

    def __call__(self, run: RunId, verb: Callable[[], Coroutine[Any, Any, T]], otherwise: T) -> T:
        """Wait for it. Gives `otherwise` where it could not be done; does not return where the worker is to end."""
        ...


class Flows:
    """The workflows of this process; there is one at most. Every method blocks, and none may be called in a loop."""

    def __init__(
        self,
        database: Engine,
        holder: str,
        stages: Stages,
        doing: Doing,
        shards_at_once: int,
        broken: Callable[[Exception], NoReturn],
    ) -> None:
        """database: where DBOS keeps its tables. Importing it takes a second.

        broken: called in a job's thread that has lost that database, and keeps it.
        """
        from dbos import DBOS, DBOSPortableJSONSerializer

        log = logging.getLogger("dbos")  # with no handler it makes one of its own, and writes to standard error
        log.handlers[:] = [logging.NullHandler(), *logging.getLogger("samepic").handlers]
        log.propagate = False
        log.filters[:] = [_Seldom()]
        config: DBOSConfig = {
            "name": "samepic",
            "system_database_url": str(database.url),
            "system_database_engine": database,
            "dbos_system_schema": "samepic_jobs",
            "executor_id": holder,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
        }
        self._dbos = DBOS
        with _usable():
            self._launch(config, stages, doing, broken, shards_at_once)

    def _launch(
        self,
        config: DBOSConfig,
        stages: Stages,
        doing: Doing,
        broken: Callable[[Exception], NoReturn],
        shards_at_once: int,
    ) -> None:
        dbos = self._dbos
        dbos(config=config)
        self._sweep = _define(stages, doing, broken)
        dbos.launch()
        dbos.register_queue(_SWEEPS, polling_interval_sec=_POLL_S)
        dbos.register_queue(
            _SHARDS, worker_concurrency=shards_at_once, polling_interval_sec=_POLL_S, on_conflict="always_update"
        )

    def begin(self, job: str, run: RunId) -> str | None:
        """Have a job done that nobody has begun; otherwise gives how it stands, in DBOS's word."""
        from dbos import SetWorkflowID

        with _usable():
            status = self._dbos.get_workflow_status(job)
            if status is not None:
                return str(status.status)
            with SetWorkflowID(job):
                self._dbos.enqueue_workflow(_SWEEPS, self._sweep, str(run))
        return None

    def orphans(self, living: Sequence[str]) -> dict[str, list[str]]:
        """The workflows that a worker began who is none of the living, by queue."""
        found: dict[str, list[str]] = {}
        with _usable():
            pending = self._dbos.list_workflows(status="PENDING", load_input=False, load_output=False)
        for one in pending:
            if one.executor_id not in living and one.app_version == VERSION:
                found.setdefault(one.queue_name or _SWEEPS, []).append(one.workflow_id)
        return found

    def resume(self, orphans: dict[str, list[str]]) -> None:
        """Let any worker go on with them."""
        with _usable():
            for queue, jobs in orphans.items():
                self._dbos.resume_workflows(jobs, queue_name=_SHARDS if queue == _SHARDS else _SWEEPS)


class _Seldom(logging.Filter):
    """Lets one line of a kind through in a while: each of DBOS's threads tells at every try that the database is away.

    What it says of one is of the driver, and several lines long: its first is enough.
    """

    def __init__(self, pause_s: float = 60.0) -> None:
        super().__init__()
        self._pause_s = pause_s
        self._told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is told."""
        words, now = record.getMessage(), time.monotonic()
        told = f"{words} {record.exc_info[0] if record.exc_info else ''}"
        kind = "away" if any(one in told for one in _OF_THE_DATABASE) else words
        if now - self._told.get(kind, -self._pause_s) < self._pause_s:
            return False
        self._told = {one: at for one, at in self._told.items() if now - at < self._pause_s} | {kind: now}
        if kind == "away":
            record.msg, record.args = words.partition("\n")[0].removesuffix(": Traceback (most recent call last):"), ()
            record.exc_info = None
        return True


_OF_THE_DATABASE = ("OperationalError", "psycopg.errors.", "Database connection failed", "Notification listener error")


@contextmanager
def _usable() -> Iterator[None]:
    """What DBOS does not wait out by itself is told as our own state's refusals are. Raises StateUnusable."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise StateUnusable("of the jobs", next(iter(str(error.orig).splitlines()), "")) from error


def _define(stages: Stages, doing: Doing, broken: Callable[[Exception], NoReturn]) -> Callable[[str], None]:
    """The workflows and their steps, under names that do not change from version to version."""
    from dbos import DBOS
    from sqlalchemy.exc import DBAPIError

    @DBOS.step(name="observe")
    def observe(run: str) -> int:
        return doing(RunId(run), lambda: stages.observe(RunId(run)), 0)

    @DBOS.step(name="part")
    def part(run: str, number: int, name: str) -> None:
        doing(RunId(run), lambda: stages.part(RunId(run), number, Part(name)), None)

    @DBOS.step(name="many_writes")
    def many_writes(run: str) -> bool:
        return doing(RunId(run), lambda: stages.many_writes(RunId(run)), False)

    @DBOS.step(name="plan")
    def plan(run: str, compared: bool) -> bool:
        return doing(RunId(run), lambda: stages.plan(RunId(run), compared), False)

    @DBOS.step(name="wind_up")
    def wind_up(run: str) -> None:
        doing(RunId(run), lambda: stages.wind_up(RunId(run)), None)

    @DBOS.workflow(name="shard")
    def shard(run: str, number: int, parts: list[str]) -> None:
        try:
            for name in parts:
                part(run, number, name)
        except DBAPIError as error:
            broken(error)

    def every(run: str, shards: int, *parts: Part) -> None:
        """All shards, by whichever worker is free; the barrier."""
        names = [one.value for one in parts]
        begun = [DBOS.enqueue_workflow(_SHARDS, shard, run, number, names) for number in range(shards)]
        for handle in begun:
            handle.get_result(polling_interval_sec=_POLL_S)

    @DBOS.workflow(name="sweep")
    def sweep(run: str) -> None:
        try:
            whole(run)
        except DBAPIError as error:
            broken(error)

    def whole(run: str) -> None:
        shards = observe(run)
        every(run, shards, Part.MATCH)
        every(run, shards, Part.DECIDE)
        compared = many_writes(run)
        if compared:
            every(run, shards, Part.PRINT)
        if plan(run, compared):
            every(run, shards, Part.WRITE)
        wind_up(run)

    return sweep
