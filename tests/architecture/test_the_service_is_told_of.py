"""The page on the service names every figure, every page, every kind of message, and has examples that hold."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from tests.properties.test_the_scheduler import World
from tests.unit.test_the_services_pages import Standings

from samepic.config.settings import RouteSettings, ServiceSettings, WebhookSettings
from samepic.model.outcome import RunOutcome
from samepic.model.plan import Hold, PlanId, RunId
from samepic.model.system import Grant
from samepic.model.timing import Starts, Timing
from samepic.service.ended import Came, Ended, Why
from samepic.service.service import Duties, Service
from samepic.service.webhook import message

PAGE = (Path(__file__).parents[2] / "docs/how-to/run-by-itself.md").read_text(encoding="utf-8")
BLOCKS = dict[str, list[str]]()
for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
    BLOCKS.setdefault(language, []).append(block)
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Nothing(dict[str, datetime]):
    def taken(self, route: str) -> datetime | None:
        return None

    def last_full(self, route: str) -> datetime | None:
        return None

    def take(self, route: str, until: datetime) -> None:
        pass


async def test_every_figure_is_there_and_no_other(tmp_path: Path) -> None:
    world = World()
    duties = Duties({"main": Timing(Starts.BOTH, "0 2 * * *")}, "", tmp_path, "")
    service = Service(duties, world, Nothing(), Standings(), world)
    service.figures.answered("graph", 429)
    text, _ = service.figures.exposition("")
    samples = {sample.name for one in text_string_to_metric_families(text.decode()) for sample in one.samples}
    made = {re.sub("_(bucket|count|sum|created)$", "", name) for name in samples if not name.endswith("_created")}
    assert set(re.findall(r"`(samepic_\w+)`", PAGE)) == made


def test_every_message_is_there_as_it_is_sent() -> None:
    outcome = RunOutcome(RunId("r"), PlanId("p"), "main", 1, {}, held=Hold("share", ""))
    ends = [
        Ended("main", Why.ASKED, True, AT, AT, Came.HELD, outcome),
        Ended("main", Why.ASKED, True, AT, AT, Came.FAILED),
        Ended("main", Why.ASKED, True, AT, AT, Came.FAILED, missing=(Grant("a", "b"),)),
    ]
    sent = [told for end in ends if (told := message(end)) is not None]
    for told in sent:
        assert f"`{told.type}`" in PAGE
    [shown] = map(json.loads, BLOCKS["json"])
    assert set(shown["data"]) == set(sent[0].data)
    assert set(shown["data"]["held"]) <= set(sent[0].data["held"])


def test_what_to_write_into_the_file_holds() -> None:
    routes, pages, hook = map(tomllib.loads, BLOCKS["toml"])
    [route] = routes["routes"]
    assert RouteSettings.model_validate(route).timing().starts is Starts.BOTH
    assert ServiceSettings.model_validate(pages["service"]).token is not None
    WebhookSettings.model_validate(hook["service"]["webhook"])
