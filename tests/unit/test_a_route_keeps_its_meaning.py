"""What was remembered of one tenant's people is never believed of another's, although the route has the same name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL
from tests.databases import telling

from samepic.config.load import load
from samepic.ports.state import StateOfAnother, StateUnusable
from samepic.wiring import assembled

MADE = """
[microsoft365]
cloud = "custom"
url = "http://127.0.0.1:9"
tenant_id = "{tenant}"
client_id = "c"
secret = {{ env = "SAMEPIC_TEST_SECRET" }}

[[routes]]
name = "main"
source = "{source}"
target = "{target}"
"""


async def opened(folder: Path, tenant: str, source: str, target: str) -> None:
    (folder / "samepic.toml").write_text(MADE.format(tenant=tenant, source=source, target=target))
    configuration = load(folder / "samepic.toml")
    async with assembled(configuration, configuration.settings.routes[0]):
        pass


async def test_a_route_of_the_same_name_in_another_tenant_or_direction_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    await opened(tmp_path, "first", "exchange_online", "sharepoint_online")
    await opened(tmp_path, "FIRST", "exchange_online", "sharepoint_online")
    for other in (
        ("second", "exchange_online", "sharepoint_online"),
        ("first", "sharepoint_online", "exchange_online"),
        ("first", "entra_id", "exchange_online"),
    ):
        with pytest.raises(StateOfAnother, match="another name"):
            await opened(tmp_path, *other)
    await opened(tmp_path, "first", "exchange_online", "sharepoint_online")

    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert (folder / "routes.json").stat().st_mode & 0o077 == 0
    (folder / "routes.json").write_text("[")
    with pytest.raises(StateUnusable):
        await opened(tmp_path, "first", "exchange_online", "sharepoint_online")


async def test_two_machines_with_one_database_mean_the_same_by_a_route(
    tmp_path: Path, postgresql: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    monkeypatch.setenv("SAMEPIC_STATE_URL", telling(postgresql).replace("+psycopg", ""))
    for machine in ("one", "another"):
        (tmp_path / machine).mkdir()
    await opened(tmp_path / "one", "first", "exchange_online", "sharepoint_online")
    await opened(tmp_path / "another", "first", "exchange_online", "sharepoint_online")
    with pytest.raises(StateOfAnother, match=r"PostgreSQL.*another name") as told:
        await opened(tmp_path / "another", "second", "exchange_online", "sharepoint_online")
    assert "of tenant first, and it is configured as" in str(told.value)
