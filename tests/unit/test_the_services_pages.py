"""What /healthz, /readyz and /metrics say when something is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from tests.properties.test_the_scheduler import Remembered, World

from samepic.model.decision import Reason
from samepic.model.news import Heard
from samepic.model.outcome import RouteStatus, RunOutcome, RunRecord
from samepic.model.plan import PlanId, RunId
from samepic.model.timing import Starts, Timing
from samepic.ports.state import StateUnusable
from samepic.service.scheduler import LONGEST_NAP_S
from samepic.service.service import Duties, Service
from samepic.service.standing import BudgetUse, Standing

ROUTE = "main"
AT = datetime(2026, 3, 28, 11, tzinfo=UTC)
BEGINS_S = 1.0
"""By the steady clock, which stood at 0 when the scheduler was made: so its first look is told from that."""


class Standings:
    """What the state remembers, or that it is out of reach."""

    def __init__(self) -> None:
        self.reachable = True
        self.came = "done"

    def of(self, route: str) -> Standing:
        if not self.reachable:
            raise StateUnusable("state.sqlite", "disk I/O error")
        last = RunRecord(RunId("r"), PlanId("p"), route, "sync", AT, AT, self.came, 3, 1, 0, 0)
        heard = Heard(None, AT - timedelta(hours=5), AT)
        return Standing(
            RouteStatus(route, {Reason.IN_STEP: 3}, heard=heard, remembered=3), last, last, {"sharepoint_online": 3}
        )

    def budgets(self) -> list[BudgetUse]:
        return [BudgetUse("directory", 30, 1250, 0.8)]


class AtWork:
    """A service in the test's own loop."""

    def __init__(self, folder: Path) -> None:
        self.world, self.standings, self.end = World(), Standings(), asyncio.Event()
        timings = {ROUTE: Timing(Starts.BOTH, "0 2 * * *"), "other": Timing()}
        duties = Duties(timings, "seed", folder, "process 1", ("127.0.0.1", 0))
        self.service = Service(duties, self.world, Remembered(), self.standings, self.world)

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        url = f"{self.service.status()['listens']}{path}"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
            return answer.status, await answer.text()

    async def swept(self, outcome: RunOutcome | Exception) -> None:
        """Have a sweep come to this end."""
        self.service.scheduler.sweep_now(ROUTE)
        while not self.world.waiting:
            await asyncio.sleep(0)
        [future] = self.world.waiting
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
        while self.service.scheduler.under_way:
            await asyncio.sleep(0)


@asynccontextmanager
async def at_work(folder: Path, token: str | None = None, host: str = "127.0.0.1") -> AsyncIterator[AtWork]:
    made = AtWork(folder)
    made.service._duties = replace(made.service._duties, token=token, listen=(host, 0))
    made.world.steady = BEGINS_S
    running = asyncio.create_task(made.service.run(made.end))
    while made.service.status()["listens"] is None or made.service.scheduler.looked_at_s < BEGINS_S:
        await asyncio.sleep(0.001)
    yield made
    made.end.set()
    await running


async def test_a_failed_sweep_is_not_ready_until_one_goes_well(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        assert (await service.get("/readyz"))[0] == 200
        await service.swept(RuntimeError("kari@contoso.com has no such thing"))
        status, text = await service.get("/readyz")
        assert (status, json.loads(text)["route main"]) == (503, "its latest sweep failed; the log says why")
        assert "kari" not in text + (await service.get("/metrics"))[1]
        assert (await service.get("/healthz"))[0] == 200, "a restart would not mend it"
        await service.swept(RunOutcome(RunId("r"), PlanId("p"), ROUTE, 3, {}, written=2))
        assert (await service.get("/readyz"))[0] == 200


async def test_a_failure_before_the_service_started_counts(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        service.standings.came = "failed"
        assert (await service.get("/readyz"))[0] == 503


async def test_a_state_out_of_reach_is_told_and_the_other_figures_are_still_there(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        service.standings.reachable = False
        status, text = await service.get("/readyz")
        assert (status, "disk I/O error" in text) == (503, True)
        status, text = await service.get("/metrics")
        found = {sample.name: sample.value for one in text_string_to_metric_families(text) for sample in one.samples}
        assert (status, found["samepic_state_reachable"]) == (200, 0)
        assert "samepic_sweeps_total" in found


async def test_a_scheduler_that_looks_no_more_is_not_healthy(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        service.world.steady += 3 * LONGEST_NAP_S
        assert (await service.get("/healthz"))[0] == (await service.get("/readyz"))[0] == 503


@pytest.mark.parametrize("accept", ["application/openmetrics-text; version=1.0.0", "text/plain;version=0.0.4", ""])
async def test_every_prometheus_can_read_it(tmp_path: Path, accept: str) -> None:
    async with at_work(tmp_path) as service:
        service.service.figures.answered("exchange_online", 503)
        _, text = await service.get("/metrics", Accept=accept)
        parse = openmetrics if "openmetrics" in accept else text_string_to_metric_families
        samples = [sample for family in parse(text) for sample in family.samples]
        names = {sample.name for sample in samples}
        assert {"samepic_people", "samepic_throttled_calls_total", "samepic_queue_depth"} <= names
        told = {sample.name: sample.value for sample in samples if sample.labels.get("budget") == "directory"}
        assert told == {"samepic_budget_used": 30, "samepic_budget_limit": 1250, "samepic_budget_share": 0.8}
        assert {sample.labels.get("route") for sample in samples} == {ROUTE, "other", None}


async def test_an_address_that_is_taken_is_told_with_what_to_change(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        _, port = service.service.status()["listens"].rsplit(":", 1)
        second = AtWork(tmp_path / "second")
        second.service._duties = Duties({}, "", tmp_path / "second", "", ("127.0.0.1", int(port)))
        with pytest.raises(OSError, match=r"\[service\] listen names another address"):
            await second.service.run(second.end)


@pytest.mark.parametrize(
    ("host", "token", "warned"),
    [("0.0.0.0", None, True), ("0.0.0.0", "a token", False), ("127.0.0.1", None, False), ("::1", None, False)],
)
async def test_who_lets_everybody_read_the_figures_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, host: str, token: str | None, warned: bool
) -> None:
    async with at_work(tmp_path, token, host):
        pass
    assert ("[service] token keeps strangers out" in caplog.text) == warned
