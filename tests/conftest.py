"""What tests of every part share: a running tenant, and a vendor whose answers a test writes."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL
from tests import drawn_once, few_keys
from tests.databases import postgresql_database, put_empty_state
from tests.soak.beside import BEGUN, begin, end
from tests.tenant_control import TenantControl
from tests.vendor import Vendor

from localtenant.founding import Options
from localtenant.serve import Announcement, running
from localtenant.tenant import Tenant

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
"""No test is about how busy the machine is that it runs on."""

few_keys.for_all_tenants()
drawn_once.for_all_tenants()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores it, and so would every command that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make test` asks for."""
    parser.addoption("--soak-beside", action="store_true", help="begin the soak now; a test waits for its end")
    parser.addoption(
        "--screenshots", type=Path, help="where the portal's pages leave their pictures; else they leave none"
    )
    parser.addoption("--every-look", action="store_true", help="also by night, in forced colours and in each language")


def pytest_configure(config: pytest.Config) -> None:
    """Of all processes of a run the first begins the soak, before it has others begin with the tests."""
    if config.getoption("--soak-beside") and not hasattr(config, "workerinput"):
        folder, process = begin()
        os.environ[BEGUN] = str(folder)
        config.add_cleanup(lambda: end(process))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where there is something to look at."""
    folder = terminalreporter.config.getoption("--screenshots")
    if folder and any("test_every_page.py" in one.nodeid for one in terminalreporter.stats.get("passed", ())):
        terminalreporter.write_line(f"The portal's pages as they look: {folder}")


@dataclass(frozen=True)
class RunningTenant:
    """A tenant in a thread of the test's process.

    `said` is what it announces (url, client_id, …), `tenant` the object itself for a look inside, `control` its
    switchboard.
    """

    said: Announcement
    tenant: Tenant
    control: TenantControl

    @property
    def url(self) -> str:
        return self.said.url


StartTenant = Callable[..., RunningTenant]


@contextlib.contextmanager
def tenant_of(
    people: int = 60,
    seed: int = 1,
    behaviours: dict[str, str] | None = None,
    state: Path | None = None,
    tls: bool = False,
    budgets: dict[str, str] | None = None,
    time_scale: float = 1,
    latency_ms: float = 0,
    licences: int | None = None,
) -> Iterator[RunningTenant]:
    """A fresh tenant on a free port; without budgets unless a test names some, since most tests are in a hurry."""
    options = Options(
        people=people,
        seed=seed,
        state=state,
        tls=tls,
        behaviours=behaviours or {},
        budgets={"all": "off", **(budgets or {})},
        time_scale=time_scale,
        latency_ms=latency_ms,
        licences=licences,
    )
    with running(options) as (said, tenant):
        yield RunningTenant(said, tenant, TenantControl(said.url, said.control_token, said.ca_file))


@pytest.fixture
def start_tenant() -> Iterator[StartTenant]:
    """`start_tenant(people=…, behaviours={…}, budgets={…}, state=path, …)`: tenants of the test's own choosing."""
    with contextlib.ExitStack() as stack:
        yield lambda **choice: stack.enter_context(tenant_of(**choice))


@pytest.fixture
def tenant(request: pytest.FixtureRequest, start_tenant: StartTenant) -> RunningTenant:
    """A fresh tenant of one's own: 60 people, seed 1; `@pytest.mark.tenant(people=…, behaviours={…})` chooses."""
    mark = request.node.get_closest_marker("tenant")
    return start_tenant(**(mark.kwargs if mark else {}))


@pytest.fixture(scope="session")
def shared_tenant() -> Iterator[RunningTenant]:
    """One cheap tenant for the whole session, for tests that only read it."""
    with tenant_of() as shared:
        yield shared


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    """One that answers."""
    vendor = Vendor()
    await vendor.start()
    yield vendor
    await vendor.server.close()


NewDatabase = Callable[[], Path | URL]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """`new_database()`: where a state may lie, for `open_state`: in files, or in databases of a PostgreSQL server."""
    numbers = itertools.count()

    def new_file() -> Path:
        file = tmp_path / f"state{next(numbers)}" / "state.db"
        put_empty_state(file)
        return file

    with contextlib.ExitStack() as stack:
        yield new_file if request.param == "sqlite" else lambda: stack.enter_context(postgresql_database())


@pytest.fixture
def any_database(new_database: NewDatabase) -> Path | URL:
    """One of them."""
    return new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | URL]:
    """The same without any table."""
    if request.param == "sqlite":
        yield tmp_path / "state.db"
    else:
        with postgresql_database(migrated=False) as url:
            yield url


@pytest.fixture
def postgresql() -> Iterator[URL]:
    """A database with the tables in it."""
    with postgresql_database() as url:
        yield url
