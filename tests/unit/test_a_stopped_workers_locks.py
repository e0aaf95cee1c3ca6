"""A worker that was stopped in the middle of something keeps nobody waiting once its lease has run out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import URL, text

from samepic.jobs.heartbeat import Watch
from samepic.ports.leases import LeaseLost
from samepic.ports.state import StateUnusable
from samepic.state.postgresql import named
from samepic.state.store import Store, open_state

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LENGTH = timedelta(seconds=15)


class Clock:
    """Seconds that a test lets pass."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def watched_for_a_lease(others: Store) -> list[str]:
    """What another worker does about whoever has been silent for that long."""
    clock = Clock()
    watch = Watch(others.leases, others.leases.take("another", "", NOW), LENGTH, clock)
    assert watch.look() == []
    clock.now_s += LENGTH.total_seconds() + 1
    return [lease.holder for lease in watch.look()]


def test_its_sessions_end_in_the_middle_of_a_transaction_and_with_somebodys_lock(postgresql: URL) -> None:
    stopped, others = open_state(named(postgresql, "one")), open_state(postgresql)
    lease = stopped.leases.take("one", "", NOW)
    held = stopped.held_by(lease)
    begun, woken, refused = threading.Event(), threading.Event(), threading.Event()

    def stopped_in_a_transaction() -> None:
        try:
            with held._database.write() as connection:
                begun.set()
                woken.wait(120)
                connection.execute(text("SELECT 1"))
        except StateUnusable:
            refused.set()

    lock = stopped.person_lock("route", "somebody")
    assert lock.take() and not others.person_lock("route", "somebody").take()
    sleeper = threading.Thread(target=stopped_in_a_transaction)
    sleeper.start()
    assert begun.wait(60)
    assert watched_for_a_lease(others) == ["one"]
    theirs = others.person_lock("route", "somebody")
    assert theirs.take(), "the lock is free at once"
    theirs.release()
    woken.set()
    sleeper.join()
    assert refused.is_set()
    lock.release()
    with pytest.raises(LeaseLost), held._database.write():
        pass
    stopped.close()
    others.close()


def test_nobody_elses_session_is_ended(postgresql: URL) -> None:
    one, two, others = (open_state(named(postgresql, name)) for name in ("one", "two", "three"))
    one.leases.take("one", "", NOW)
    lock = two.person_lock("route", "somebody")
    assert lock.take()
    assert watched_for_a_lease(others) == ["one"]
    two.look()
    assert not others.person_lock("route", "somebody").take()
    for store in (one, two, others):
        store.close()
