"""kill -9 of `samepic serve` in a gift: the next one finishes it at its start, and its person need not come again."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL
from tests.conftest import RunningTenant, tenant_of
from tests.portal.running import Guest, Portal, configured
from tests.portal.sending import face, same, send
from tests.samepic_commands import Command, Forks, forks, until

from samepic.model.picture import Stamp
from samepic.model.remembered import Memory
from samepic.state.store import Store, open_state
from samepic.wiring import giving_name

GIVEN, ROUTE = giving_name("exchange_online"), "exchange-to-sharepoint"


@pytest.fixture(scope="module")
def at() -> Iterator[RunningTenant]:
    with tenant_of() as tenant:
        yield tenant


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    with forks() as forked:
        yield forked


@contextlib.contextmanager
def serving(at: RunningTenant, forked: Forks, folder: Path) -> Iterator[tuple[Command, Portal]]:
    """`samepic serve` in a process of its own; killed on leaving."""
    command = forked.start(folder, "serve")

    def address() -> re.Match[str] | None:
        assert not command.ended(), command.said()
        said = command.err.read_text() if command.err.exists() else ""
        return re.search(r"the portal answers at (http://\S+)", said)

    try:
        until(address, "the portal answers")
        found = address()
        assert found is not None
        yield command, Portal(found[1], at)
    finally:
        command.kill()


def give(guest: Guest, number: int) -> None:
    """What nobody answers."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        send(guest, face(number))


@pytest.mark.parametrize(
    ("fault", "unfinished", "number"),
    [
        ({"kind": "hold_before", "api": "graph", "method": "PUT"}, 1, 51),
        ({"kind": "hold_after", "api": "graph", "method": "PUT"}, 1, 52),
        ({"kind": "hold_before", "api": "sharepoint"}, 0, 53),
    ],
    ids=["before it is put in", "put in and not answered", "put in and not brought on"],
)
def test_the_next_start_finishes_what_a_kill_cut_short(
    at: RunningTenant, forked: Forks, tmp_path: Path, fault: dict[str, object], unfinished: int, number: int
) -> None:
    configured(at, tmp_path)
    with serving(at, forked, tmp_path) as (command, portal):
        person = portal.newcomers("changed_since_pull")[0]
        guest = portal.visit(person)
        guest.word()
        posted = at.control.post_fault(batched=False, times=None, **fault)
        kept = at.tenant.faults.get(posted["id"])
        assert kept is not None
        threading.Thread(target=give, args=(guest, number), daemon=True).start()
        until(lambda: kept.holding, "a request of the gift is held")
        assert command.kill() == -9
    until(lambda: not kept.holding, "the tenant has seen its client go")
    at.control.clear_faults()
    state = open_state(tmp_path / "samepic-state" / "state.sqlite")
    try:
        assert state.intents.count(GIVEN) == unfinished
        assert not same(at.control.picture(person, "sharepoint-l"), face(number))
        with serving(at, forked, tmp_path) as (command, _):
            until(
                lambda: same(at.control.picture(person, "sharepoint-l"), face(number)), "it is brought on", every_s=0.1
            )
            until(lambda: "gifts that were cut short are finished" in command.said(), "the log tells it")
            assert person not in command.said(), "whose they are the log does not tell"
        assert same(at.control.picture(person, "exchange"), face(number))
        assert state.intents.count(GIVEN) == state.intents.count(ROUTE) == 0
    finally:
        state.close()


NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def store(any_database: Path | URL) -> Iterator[Store]:
    store = open_state(any_database)
    yield store
    store.close()


def remembered(store: Store, route: str, key: str, at: datetime) -> None:
    """As a write of ours leaves somebody."""
    store.memories.remember(route, [Memory(key, target=Stamp("1"), ours=True, written_at=at, updated_at=at)])


def test_whom_a_route_has_learnt_nothing_of_since_they_gave(store: Store) -> None:
    hour = timedelta(hours=1)
    for key, gave, learnt in (
        ("brought", NOW - hour, NOW),
        ("cut", NOW - hour, NOW - 2 * hour),
        ("never", NOW - hour, None),
        ("old", NOW - 300 * hour, None),
        ("later", NOW + hour, None),
    ):
        remembered(store, GIVEN, key, gave)
        if learnt is not None:
            remembered(store, ROUTE, key, learnt)
    remembered(store, "another", "never", NOW)
    remembered(store, ROUTE, "nobody", NOW - hour)
    assert store.lately.not_carried_on(GIVEN, ROUTE, NOW - 100 * hour, NOW) == ["cut", "never"]
