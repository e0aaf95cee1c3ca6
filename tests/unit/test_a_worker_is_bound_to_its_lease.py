"""What a worker is wired to: its state and its requests end with its lease."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from samepic.config.load import load
from samepic.config.template import Found, render
from samepic.model.person import Keys, Person
from samepic.model.plan import RunId
from samepic.model.remembered import Row
from samepic.ports.leases import LeaseLost
from samepic.state.store import open_state
from samepic.wiring import Bound, assembled, state_at

NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def test_a_route_that_is_made_for_a_worker_sends_and_commits_nothing_without_the_lease(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_SECRET", "x")
    text = render(Found("t", "c", cloud="custom", url="http://127.0.0.1:9", certificate=Path("missing.pem")))
    text = text.replace('certificate = "missing.pem"', 'secret = { env = "THE_SECRET" }')
    (tmp_path / "samepic.toml").write_text(text)
    configuration = load(tmp_path / "samepic.toml")
    configuration.state_folder.mkdir(mode=0o700)
    state = open_state(state_at(configuration))
    lease, lost = state.leases.take("one", "", NOW), False

    def permit() -> None:
        if lost:
            raise LeaseLost("one")

    bound = Bound(lease, permit)
    async with assembled(configuration, configuration.settings.routes[0], bound=bound) as assembly:
        with assembly.engine.part(RunId("run"), permit=permit) as work:
            await work.put([Row("before", Person(Keys("before")))])
            [seen] = state.leases.holders()
            assert state.leases.void(seen)
            with pytest.raises(LeaseLost):
                await work.put([Row("after", Person(Keys("after")))])
        lost = True
        for system in assembly.systems.values():
            requests = system.requests
            with pytest.raises(LeaseLost):
                await system.find("somebody")
            assert system.requests == requests
    assert [row.key for row in state.rows.page(RunId("run"), "", 9)] == ["before"]
    state.close()
