"""Pictures are read by workers: processes of their own that can be killed. No Pillow and no NumPy is needed here."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from samepic.imaging.drawn import Cell, Drawn
from samepic.imaging.faults import TOO_MUCH_MEMORY_WORDS, Fault, Unreadable, too_many_bytes
from samepic.imaging.limits import MAX_BYTES, MAX_CPU_SECONDS, MAX_WALL_SECONDS
from samepic.imaging.worker import COMMAND, Ended, NoWorker, Worker
from samepic.imaging.worker_values import drawn_of, fault_of, order_to_draw, order_to_show, sheet_of
from samepic.imaging.worker_wire import Garbled, Message
from samepic.model.picture import WHITE, CropBox, Fingerprint
from samepic.model.system import Rendition

T = TypeVar("T")

SHEET_SECONDS = 60.0
"""Of processor time for a contact sheet of hundreds of faces, which we have made ourselves."""

WORN_BYTES = 64 << 20
"""Of address space that a worker has not given back; the next picture gets another one. HEIC alone loads half of it."""

_WORDS = {
    Fault.TOO_MUCH_MEMORY: TOO_MUCH_MEMORY_WORDS,
    Fault.TOO_SLOW: "Reading the picture takes longer than any picture should.",
    Fault.CRASHED: "The picture makes the program that reads it crash.",
}


class Workers:
    """Up to `most` workers, started when they are needed first. May be used by many threads at once.

    cpu_seconds, wall_seconds: what one picture may take, as in samepic.imaging.limits.
    """

    def __init__(
        self,
        most: int | None = None,
        *,
        command: Sequence[str] = COMMAND,
        cpu_seconds: float = MAX_CPU_SECONDS,
        wall_seconds: float = MAX_WALL_SECONDS,
    ) -> None:
        self._command = command
        self._cpu_seconds, self._wall_seconds = cpu_seconds, wall_seconds
        self.most = most or processors()
        self._slots = threading.Semaphore(self.most)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    def draw(
        self,
        data: bytes,
        renditions: Sequence[Rendition] = (),
        crop: CropBox | None = None,
        background: str = WHITE,
    ) -> Drawn:
        """Check a picture, make its renditions and take its fingerprint, all from one decoding.

        background: what lies under a picture that one can see through, as #rrggbb; the fingerprint is of both.
        Raises Unreadable, DoesNotFit, and NoWorker where no worker can be started.
        """
        if len(data) > MAX_BYTES:  # before it is copied to anybody
            raise too_many_bytes(len(data), MAX_BYTES)
        order = order_to_draw(data, renditions, crop, background, self._cpu_seconds)
        return self._asked(order, lambda answer: drawn_of(answer, renditions))

    def fingerprint(self, data: bytes) -> Fingerprint:
        """Check a picture and tell what it looks like. Raises Unreadable, NoWorker."""
        return self.draw(data).fingerprint

    def contact_sheet(self, title: str, cells: Sequence[Cell], people: int) -> bytes:
        """Draw a contact sheet as samepic.imaging.contact_sheet does. Raises NoWorker."""
        order = order_to_show(title, cells, people, SHEET_SECONDS)
        return self._asked(order, sheet_of)

    def warm(self, many: int = 1) -> None:
        """Start workers until there are so many: they come up while whoever needs them waits for something else."""
        with self._lock:
            for _ in range(min(many, self.most) - len(self._all)):
                worker = Worker(self._command)
                self._all.add(worker)
                self._idle.append(worker)

    def close(self) -> None:
        """End all workers; a later job starts new ones."""
        with self._lock:
            workers, self._all, self._idle = self._all, set(), []
        for worker in workers:
            worker.finish()

    @property
    def pids(self) -> frozenset[int]:
        """The processes at present."""
        with self._lock:
            return frozenset(worker.pid for worker in self._all)

    def leave_to_parent(self) -> None:
        """After a fork: these workers answer another process."""
        for worker in self._all:
            worker.let_go()

    def _asked(self, order: Message, understood: Callable[[Message], T]) -> T:
        """Ask; and once more, a fresh worker, where the first one ended: that may have been nobody's fault.

        A picture that has taken all its processor time is not tried again.
        """
        with self._slots:
            try:
                return self._asked_of(self._one_at_hand(), order, understood, is_fresh=False)
            except Ended as ended:
                if ended.is_certain:
                    raise Unreadable(ended.fault, _WORDS[ended.fault]) from None
            fresh = self._fresh()
            try:
                return self._asked_of(fresh, order, understood, is_fresh=True)
            except Ended as ended:
                if not fresh.is_ready:  # the installation's fault, and no picture's
                    raise NoWorker("the worker that reads pictures ends before it has begun") from None
                raise Unreadable(ended.fault, _WORDS[ended.fault]) from None

    def _asked_of(self, worker: Worker, order: Message, understood: Callable[[Message], T], *, is_fresh: bool) -> T:
        try:
            answer = worker.ask(order, self._wall_seconds)
            fault = fault_of(answer)
            if fault is not None and fault.kind is Fault.TOO_MUCH_MEMORY and not is_fresh:
                raise Ended(Fault.TOO_MUCH_MEMORY)  # other pictures may have left it too little
            done = None if fault else understood(answer)
        except BaseException as error:
            with self._lock:
                self._all.discard(worker)
            worker.end()
            if isinstance(error, Garbled):
                raise Ended(Fault.CRASHED) from None
            raise
        grown = answer.facts.get("grown_bytes")
        is_worn = not isinstance(grown, int) or grown > WORN_BYTES
        with self._lock:
            (self._all.discard if is_worn else self._idle.append)(worker)
        if is_worn:
            worker.finish()
        if fault is not None:
            raise fault
        assert done is not None
        return done

    def _one_at_hand(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._fresh()

    def _fresh(self) -> Worker:
        with self._lock:
            worker = Worker(self._command)
            self._all.add(worker)
        return worker


def processors() -> int:
    """Those that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def workers() -> Workers:
    """This process's own, whoever needs them: there are not more processors for two routes than for one."""
    made = Workers()
    atexit.register(made.close)
    os.register_at_fork(after_in_child=_leave_to_parent)
    return made


def _leave_to_parent() -> None:
    if workers.cache_info().currsize:
        workers().leave_to_parent()
        workers.cache_clear()
