"""The contract over memory, and the contract's own teeth: connectors that break it are caught by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from samepic.model.person import KeyKind
from samepic.model.system import Looks, Replaces
from samepic.systems.memory import MemorySettings, MemorySystem
from samepic.testkit.census_contract import CensusContract
from samepic.testkit.contract import TargetContract
from samepic.testkit.memory import MemoryBench
from samepic.testkit.planted import PLANTED

SMALL = MemorySettings(page_size=2, look_batch=4)
PROMISES = {
    "a library": SMALL,
    "slow to settle": replace(SMALL, settles_within=timedelta(minutes=5)),
    "asked per person": replace(SMALL, looks=Looks.PER_PERSON),
    "lists pictures only": replace(SMALL, lists_people=False, addressed_by=KeyKind.UPN),
    "atomic": replace(SMALL, replaces=Replaces.ATOMIC),
    "blind": replace(SMALL, replaces=Replaces.BLIND),
}


class TestMemoryAsTarget(TargetContract):
    """Under every kind of promise a profile can make."""

    @pytest.fixture(params=PROMISES.values(), ids=PROMISES.keys())
    def bench(self, request: pytest.FixtureRequest) -> MemoryBench:
        return MemoryBench(request.param)


class TestMemoryAsCensus(CensusContract):
    """As who says who exists."""

    @pytest.fixture
    def bench(self) -> MemoryBench:
        return MemoryBench()


def promises() -> list[str]:
    """The contract's tests by name."""
    return [name for name in dir(TargetContract) if name.startswith("test_")]


async def broken(bad: type[MemorySystem]) -> set[str]:
    """Which promises a connector breaks, each tried on a bench of its own."""
    found = set()
    for name in promises():
        try:
            await getattr(TargetContract(), name)(MemoryBench(make=bad))
        except (Exception, pytest.fail.Exception):
            found.add(name)
    return found


@pytest.mark.parametrize("bad", PLANTED, ids=lambda bad: bad.__name__)
async def test_a_planted_connector_is_caught_by_name(bad: type[MemorySystem]) -> None:
    assert PLANTED[bad] in await broken(bad)


async def test_a_sound_connector_is_caught_by_nothing() -> None:
    assert await broken(MemorySystem) == set()
    assert set(PLANTED.values()) <= set(promises())
