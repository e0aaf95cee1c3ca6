"""The contract over the local tenant, for each connector under every behaviour that concerns it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.contract.tenant_benches import (
    EntraBench,
    ExchangeBench,
    SharePointBench,
    Tenants,
    connect,
    connect_signed_in,
)
from tests.contract.tenant_benches import tenants as start_tenants

from samepic.testkit.census_contract import CensusContract
from samepic.testkit.contract import TargetContract

DIRECTORY = [
    {},
    {"missing_picture": "one_pixel"},
    {"missing_code": "ErrorEntityNotFound"},
    {"missing_code": "ErrorItemNotFound"},
    {"metadata_id": "default"},
    {"picture_store": "people_system"},
]
# Without the fall-back Graph shows no picture of the directory's, so that Entra ID has none to keep promises about.
MAILBOXES = [*DIRECTORY, {"put_status": "204"}, {"graph_fallback": "none"}]
LIBRARY = [
    {},
    {"file_prefix": "mangled_upn"},
    {"folder_name": "Profilbilleder"},
    {"large_px": "200"},
    {"large_px": "240"},
    {"upscaling": "never"},
    {"picture_store": "people_system"},
    {"timestamp_zone": "minus_8"},
    {"placeholder_file": "removed"},
    {"large_folder_listing": "served"},
    {"app_only_profile_writes": "denied"},
    {"sharepoint_secrets": "accepted"},
]


def named(behaviours: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in behaviours.items()) or "as documented"


@pytest.fixture(scope="module")
def tenants() -> Iterator[Tenants]:
    yield from start_tenants()


class TestEntraId(CensusContract):
    """Census, and pictures of people without a mailbox."""

    @pytest.fixture(params=DIRECTORY, ids=named)
    async def bench(self, request: pytest.FixtureRequest, tenants: Tenants) -> AsyncIterator[EntraBench]:
        bench = EntraBench(tenants.fresh(**request.param))
        yield bench
        await bench.system.aclose()


class TestExchangeOnline(TargetContract):
    """Mailbox pictures through Graph."""

    @pytest.fixture(params=MAILBOXES, ids=named)
    async def bench(self, request: pytest.FixtureRequest, tenants: Tenants) -> AsyncIterator[ExchangeBench]:
        bench = ExchangeBench(tenants.fresh(**request.param))
        yield bench
        await bench.system.aclose()


class TestSharePointOnline(TargetContract):
    """Library and profiles."""

    @pytest.fixture(params=LIBRARY, ids=named)
    async def bench(self, request: pytest.FixtureRequest, tenants: Tenants) -> AsyncIterator[SharePointBench]:
        tenant = tenants.fresh(**request.param)
        connection = connect(tenant, by_secret="sharepoint_secrets" in request.param)
        if "app_only_profile_writes" in request.param:
            connection = await connect_signed_in(tenant)
        bench = SharePointBench(tenant, connection)
        yield bench
        await bench.system.aclose()
