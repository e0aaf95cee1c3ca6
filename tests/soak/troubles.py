"""What goes wrong, one method for each: it begins the trouble, and hands back what ends it, if anything does."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.soak.faults import Faults
from tests.soak.ground import Disk, Ground, stop, wake
from tests.soak.people import Person
from tests.soak.story import LOST_ANSWERS
from tests.soak.witness import Witness

End = Callable[[], float | None]
"""Ends it; or says after how many seconds to ask again, because it has not come to anything yet."""

BELIEVED_S = 20.0
"""So much later a run that was told something untrue may act on it."""

PATIENCE_S = 5.0
"""For somebody's write to begin."""

AGAIN_S = 1.0

UNTRUE = ("stale_reads", "cut_listing", "corrupt_body", "clock_skew")
"""Answers after which Samepic may believe that a picture is not there which is."""


class Troubles:
    """At most one at a time concerns the tenant, the database or the disk as a whole."""

    def __init__(self, ground: Ground, disk: Disk, witness: Witness, people: list[Person]) -> None:
        self._ground = ground
        self._disk = disk
        self._witness = witness
        self._people = people
        self.busy: set[str] = set()
        self.untrue: list[tuple[float, float]] = []
        self.stopped: set[int] = set()
        self.in_writes = 0
        self.faults = Faults(ground)
        self.quiet = False
        """Whether nothing is to go wrong any more."""

    def worker_is_killed(self, number: int, for_s: float, held: str) -> End | None:
        """kill -9; another one is started after a while."""
        working = [one for one in self._ground.workers if not one.ended() and one.pid not in self.stopped]
        if not working:
            return None
        with self._in_a_write(held):
            self._killed(working[number % len(working)].kill)
        return self._ground.start_worker

    def service_is_killed(self, for_s: float, held: str) -> End | None:
        """The same of `samepic run`."""
        service = self._ground.service
        if service is None or service.ended():
            return None
        with self._in_a_write(held):
            self._killed(service.kill)
        return self._ground.start_service

    def request_is_killed(self, who: int, for_s: float) -> End | None:
        """A person's own action, whose process is killed at some moment of it."""
        command = self._ground.begin("sync", "--json", self._people[who].upn)

        def end() -> None:
            if not command.ended():
                self._killed(command.kill)

        return end

    def tenant_is_killed(self, for_s: float, held: str) -> End | None:
        """kill -9, with requests held before or after they are carried out, or as they come."""
        if not self._alone("tenant"):
            return None
        began = time.time()
        if held != "not":
            self._ground.tenant.control.post_fault(kind=held, api="sharepoint", times=None)
            time.sleep(0.3)
        self._witness.take_the_ledger()
        self.faults.look()
        self._ground.tenant.kill()
        self._witness.disturb(began, time.time())

        def end() -> None:
            self._ground.tenant.start()
            self.busy.discard("tenant")
            self.faults.post_again()

        return end

    def database_is_killed(self, for_s: float, held: str) -> End | None:
        """kill -9 of all of PostgreSQL's processes."""
        database = self._ground.database
        if database is None or not self._alone("database"):
            return None
        with self._in_a_write(held):
            return self._without_database(database.kill)

    database_is_away = database_is_killed
    """The same for longer than a lease."""

    def database_is_restarted(self, for_s: float) -> End | None:
        """As an administrator does it."""
        database = self._ground.database
        return self._without_database(database.stop) if database and self._alone("database") else None

    def worker_is_stopped(self, number: int, for_s: float, held: str) -> End | None:
        """SIGSTOP, for longer than its lease; it ends when it wakes, and another one is started."""
        working = [one for one in self._ground.workers if not one.ended() and one.pid not in self.stopped]
        if not working:
            return None
        sleeper, began = working[number % len(working)], time.time()
        self.stopped.add(sleeper.pid)
        with self._in_a_write(held):
            stop(sleeper)

        def end() -> None:
            wake(sleeper)
            self._witness.disturb(began, time.time() + 1)
            self.stopped.discard(sleeper.pid)

        return end

    def disk_is_full(self, for_s: float, held: str) -> End | None:
        """The vault's, and the state's where that is a file."""
        if not self._alone("disk"):
            return None
        began = time.time()
        at_work = [*self._ground.workers, *filter(None, [self._ground.service])]
        with self._in_a_write(held):
            self._disk.fill([one.pid for one in at_work if not one.ended()])

        def end() -> None:
            self._disk.free()
            if self._ground.database is None:
                self._witness.disturb(began, time.time())
            self.busy.discard("disk")

        return end

    def something_goes_wrong(self, fault: dict[str, Any], for_s: float, who: int | None = None) -> End | None:
        """One of the tenant's faults; it lasts until somebody has met it."""
        if "tenant" in self.busy:
            return None
        began = time.time()
        posted = self.faults.post(fault, who, None if who is None else self._people[who].upn)

        def end() -> float | None:
            if not self.quiet:
                self.faults.look()
                if not posted.met:
                    return AGAIN_S
            self.faults.take_back(posted)
            if who is not None:
                self._witness.disturb(began, time.time(), self._people[who].id)
            elif fault["kind"] in LOST_ANSWERS and fault.get("operation") not in ("Files/add", "ProcessQuery"):
                self._witness.disturb(began, time.time())
            if fault["kind"] in UNTRUE:
                self.untrue.append((began, time.time() + BELIEVED_S))
            return None

        return end

    @contextlib.contextmanager
    def _in_a_write(self, held: str) -> Iterator[None]:
        """Within it somebody's file is on its way, or stored and not yet answered, where anything is to be written."""
        if held == "not" or self.busy & {"tenant"}:
            yield
            return
        control, began = self._ground.tenant.control, time.time()
        posted = control.post_fault(kind=held, operation="Files/add", times=None)
        self._ground.sweep_now()
        while not any(one["id"] == posted["id"] and one["holding"] for one in control.faults()):
            if time.time() > began + PATIENCE_S:
                break
            time.sleep(0.1)
        else:
            self.in_writes += 1
        yield
        control.delete_fault(posted["id"])
        self._witness.disturb(began, time.time())

    def _alone(self, what: str) -> bool:
        if what in self.busy:
            return False
        self.busy.add(what)
        return True

    def _without_database(self, leave: Callable[[], None]) -> End:
        began = time.time()
        leave()

        def end() -> None:
            assert self._ground.database is not None
            self._ground.database.start()
            self._witness.disturb(began, time.time())
            self.busy.discard("database")

        return end

    def _killed(self, kill: Callable[[], int]) -> None:
        began = time.time()
        kill()
        self._witness.disturb(began, time.time())
