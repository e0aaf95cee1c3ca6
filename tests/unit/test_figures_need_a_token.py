"""[service] token: without it nobody reads the figures, or why the service is not well; whether it is, everybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.test_config import GOOD, written
from tests.unit.test_the_services_pages import at_work

from samepic.config.load import load
from samepic.config.secrets import MissingSecret
from samepic.serving import serving

TOKEN = "correct-horse-battery"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
WRONG: tuple[Mapping[str, str], ...] = (
    {},
    {"Authorization": TOKEN},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": "Bearer"},
    {"Authorization": f"Bearer {TOKEN[:-1]}"},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": "Bearer čūska"},
)


async def test_figures_are_for_whoever_has_the_token(tmp_path: Path) -> None:
    async with at_work(tmp_path, TOKEN) as service:
        for headers in WRONG:
            status, text = await service.get("/metrics", **headers)
            assert status == 401 and "samepic_" not in text and TOKEN not in text
        for headers in (RIGHT, {"Authorization": f"bearer  {TOKEN}"}):
            status, text = await service.get("/metrics", **headers)
            assert status == 200 and "samepic_people" in text


async def test_whether_it_is_well_is_for_everybody_and_why_not_is_not(tmp_path: Path) -> None:
    async with at_work(tmp_path, TOKEN) as service:
        for path in ("/healthz", "/readyz"):
            assert [json.loads((await service.get(path, **one))[1]) for one in WRONG] == [{"well": True}] * len(WRONG)
        service.standings.reachable = False
        assert (await service.get("/readyz"))[0] == 503
        assert json.loads((await service.get("/readyz"))[1]) == {"well": False}
        assert "disk I/O error" in (await service.get("/readyz", **RIGHT))[1]
        assert TOKEN not in repr(service.service._duties)


async def test_without_one_configured_all_is_told(tmp_path: Path) -> None:
    async with at_work(tmp_path) as service:
        assert (await service.get("/metrics"))[0] == 200 and "looked_at" in (await service.get("/readyz"))[1]


def told_where(folder: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> Path:
    """A configuration that finds the token in the environment."""
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s3cret")
    monkeypatch.setenv("FIGURES", token)
    return written(folder, GOOD.replace("\n[[routes]]", '\n[service]\ntoken = { env = "FIGURES" }\n\n[[routes]]'))


@pytest.mark.parametrize("token", ["short", "with a space and more", "čūska-čūska-čūska-čūska", ""])
def test_a_token_that_is_none_is_told_before_anything_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    file = told_where(tmp_path, monkeypatch, token)
    with pytest.raises(MissingSecret, match=r"\[service\] token") as caught, serving(load(file)):
        pass
    assert not token or token not in str(caught.value)


def test_the_token_of_the_file_is_what_the_pages_ask_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = told_where(tmp_path, monkeypatch, f" {TOKEN}\n")
    with serving(load(file)) as service:
        assert service._duties.token == TOKEN
