"""The main job over HTTP against the local tenant, with what it costs counted by the tenant's own ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import NewDatabase, RunningTenant, StartTenant

from samepic.engine import Engine, Route
from samepic.model.decision import Reason
from samepic.state.store import open_state
from samepic.state.vault import FileVault
from samepic.systems.entra_id import EntraId
from samepic.systems.exchange_online import ExchangeOnline
from samepic.systems.sharepoint_online import SharePointOnline
from samepic.transport.clouds import custom
from samepic.transport.connection import App, TenantConnection
from samepic.transport.credentials import ClientCertificate

PEOPLE = 60
A_FEW = 24
"""As many as it takes to see that another database makes no difference."""


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """In UTC."""
        return datetime.now(UTC)


def outer_requests(tenant: RunningTenant) -> int:
    return sum(entry["count"] for entry in tenant.control.ledger()["entries"] if not entry["batched"])


async def test_a_first_load_a_second_pass_and_a_lost_state_within_their_budgets(
    start_tenant: StartTenant, tmp_path: Path, new_database: NewDatabase
) -> None:
    people = PEOPLE if isinstance(at := new_database(), Path) else A_FEW
    tenant = start_tenant(people=people)
    said = tenant.said
    app = App(said.tenant_id, said.client_id, ClientCertificate.load(Path(said.client_certificate)))
    connection = TenantConnection(custom(said.url), app)
    route = Route("main", EntraId(connection), ExchangeOnline(connection), SharePointOnline(connection))
    try:
        engine = Engine(route, open_state(at), FileVault(tmp_path / "vault"), WallClock())
        tenant.control.clear_ledger()
        first = await engine.sync()
        assert first.held is None and first.stopped is None and first.failed == 0
        assert first.people == people and first.written > people / 6
        assert outer_requests(tenant) <= 6.3 * first.written + people / 18 + people / 500 + 60

        tenant.control.clear_ledger()
        second = await engine.sync()
        assert second.written == second.pending == 0
        assert outer_requests(tenant) <= people / 900 + people / 18 + people / 500 + 40
        assert tenant.control.count(operation="photo/$value") == tenant.control.count(operation="Files/add") == 0

        lost = Engine(route, open_state(new_database()), FileVault(tmp_path / "vault"), WallClock())
        rebuilt = await lost.sync()
        assert rebuilt.written == 0
        assert rebuilt.counts[Reason.IN_STEP] == second.counts[Reason.IN_STEP]
    finally:
        await connection.http.aclose()
