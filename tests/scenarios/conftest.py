"""A tenant that a module's tests share, and the commands run against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.sync_bench import SyncBench, sync_bench


@pytest.fixture(scope="module")
def running_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    """With as many people as the module's PEOPLE says."""
    with sync_bench(tmp_path_factory.mktemp("bench"), people=request.module.PEOPLE) as made:
        yield made


@pytest.fixture
def bench(running_bench: SyncBench) -> SyncBench:
    """The same as at the start: what an earlier test did to it is gone."""
    return running_bench.fresh()
