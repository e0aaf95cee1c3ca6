"""A worker's lease: beaten while it lives, and void by its own clock before anybody else may void it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from samepic.model.lease import Lease
from samepic.ports.leases import LeaseLost, Leases
from samepic.ports.outage import Outage
from samepic.ports.state import StateUnusable

_log = logging.getLogger("samepic.jobs")

_BEATS = 5
"""Beats in one lease, so that a database may be slow for a while."""

_OWN_SHARE = 2 / 3
"""Of its lease a worker uses so much: others wait for the whole, and no clock runs a third too fast."""


def running_s() -> float:
    """Seconds that nobody sets; they pass while a machine sleeps too, where the system tells that."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Heartbeat:
    """Beats from a thread of its own, so that a busy event loop is not taken for a dead worker."""

    def __init__(
        self,
        leases: Leases,
        lease: Lease,
        length: timedelta,
        lost: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = running_s,
    ) -> None:
        """lost: called once, from the thread, when the lease is over."""
        self.lease = lease
        self._leases = leases
        self._length_s = length.total_seconds()
        self._tell_lost = lost
        self._clock = clock
        self._ends_at = clock() + _OWN_SHARE * self._length_s
        self._lost = False
        self.outage = Outage(_log)
        self._beaten = 0
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="samepic-lease", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; the lease stays as it is."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def check(self) -> None:
        """Raise LeaseLost once the lease is over. No I/O: it is asked before each request."""
        if self._lost or self._clock() > self._ends_at:
            self._lost = True
            raise LeaseLost(self.lease.holder)

    def beat(self) -> None:
        """Once. Raises LeaseLost; a state that cannot be used now may be at the next beat."""
        began = self._clock()
        self.check()
        try:
            self._leases.beat(self.lease)
        except LeaseLost:
            self._lost = True
            raise
        except StateUnusable as fault:
            self.outage.met(fault)
            return
        self._ends_at = began + _OWN_SHARE * self._length_s
        self.outage.over()
        with self._news:
            self._beaten += 1
            self._news.notify_all()

    def wait_for_a_beat(self) -> None:
        """Return once the state has taken another beat, and so may take more. Raises LeaseLost."""
        with self._news:
            seen = self._beaten
            while self._beaten == seen:
                self.check()
                self._news.wait(self._length_s / _BEATS)

    def _run(self) -> None:
        while not self._stopping.wait(self._length_s / _BEATS):
            try:
                self.beat()
            except LeaseLost as lost:
                if not self.outage:
                    _log.error("%s", lost)
                self._tell_lost()
                return


class Watch:
    """Tells which other workers have said nothing for a whole lease, by the watcher's own clock."""

    def __init__(self, leases: Leases, own: Lease, length: timedelta, clock: Callable[[], float] = running_s) -> None:
        self._leases = leases
        self._own = own
        self._length_s = length.total_seconds()
        self._clock = clock
        self._seen: dict[tuple[Lease, int], float] = {}

    def look(self) -> list[Lease]:
        """Void the leases of the silent; gives all that are void, whoever voided them."""
        now = self._clock()
        holders = [one for one in self._leases.holders() if one.lease.holder != self._own.holder]
        beats = {(one.lease, one.beats) for one in holders if not one.lapsed}
        self._seen = {beat: self._seen.get(beat, now) for beat in beats}
        for one in holders:
            if not one.lapsed and now - self._seen[one.lease, one.beats] > self._length_s and self._leases.void(one):
                _log.warning("worker %s (%s) has been silent: its work is taken over", one.lease.holder, one.who)
        return [one.lease for one in self._leases.holders() if one.lapsed]
