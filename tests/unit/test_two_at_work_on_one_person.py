"""A sweep and a request that meet at one person: one of them writes, the other waits for it and then looks again."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from tests.office import Office

from samepic.model.decision import Reason
from samepic.ports.state import PersonLock


class Told:
    """A person's lock that says when somebody has found it taken."""

    def __init__(self, lock: PersonLock, found_taken: asyncio.Event) -> None:
        self._lock, self._found_taken = lock, found_taken

    def take(self) -> bool:
        taken = self._lock.take()
        if not taken:
            self._found_taken.set()
        return taken

    def release(self) -> None:
        self._lock.release()


async def test_nobody_is_written_by_two_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire()
    met, under_way, most = asyncio.Event(), Counter[str](), Counter[str]()
    begun = asyncio.Event()
    write, person_lock = office.target.write, office.state.person_lock

    async def slow(person: Any, *given: Any, **named: Any) -> Any:
        under_way[person] += 1
        most[person] = max(most[person], under_way[person])
        begun.set()
        if most[person] > 1:
            met.set()
        async with asyncio.timeout(20):
            await met.wait()  # the other one has come as far as the lock, or, where there is none, to its own write
        try:
            return await write(person, *given, **named)
        finally:
            under_way[person] -= 1

    with (
        mock.patch.object(office.target, "write", slow),
        mock.patch.object(office.state, "person_lock", lambda *who: Told(person_lock(*who), met)),
    ):
        sweep = asyncio.create_task(office.engine.sync())
        await begun.wait()
        asked = await office.engine.sync(["id-00000"])
        swept = await sweep

    assert most == {office.target_id(office.people[0]): 1}
    assert swept.written == 1 and asked.failed == 0
    assert (await office.engine.sync()).counts == {Reason.IN_STEP: 1}
    assert len(office.target.writes) == 1


async def test_whoever_holds_a_person_and_never_goes_on_keeps_nobody_waiting_for_ever(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(3)
    stopped = office.state.person_lock(office.engine.route.name, "id-00001")
    assert stopped.take()
    with mock.patch("samepic.engine.lock.PATIENCE_S", 0.05):
        swept = await office.engine.sync()
    assert (swept.written, swept.failed, swept.stopped) == (2, 1, None)
    assert "does not go on" in swept.failures[0].words
    stopped.release()
    assert (await office.engine.sync()).written == 1
