"""The browser of these tests, started once for each file (its loop would be in the way of the others)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.window import chromium
from tests.conftest import RunningTenant, tenant_of
from tests.portal.administered import Administered, administered

PEOPLE = 120
IN_A_HURRY = "looks_per_minute = 60000\nchanges_per_minute = 6000"


@pytest.fixture(scope="session")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administered]:
    """One portal for all tests of it. Each test has newcomers of its own, and leaves the held plan waiting.

    It is made before any browser of its tests is there: the first run that is held is a command.
    """
    with administered(tmp_path_factory.mktemp("portal"), PEOPLE, names=(), extra=IN_A_HURRY) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a screen."""
    with sync_playwright() as playwright:
        started = chromium(playwright)
        yield started
        started.close()


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    """One tenant for a file's tests that leave it as it was."""
    with tenant_of() as running:
        yield running


@pytest.fixture(scope="session")
def screenshots(request: pytest.FixtureRequest) -> Path | None:
    """Where pages leave their pictures, if somebody is going to look at them."""
    folder: Path | None = request.config.getoption("--screenshots")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def every_look(request: pytest.FixtureRequest) -> bool:
    """Whether somebody is going to look at all of them."""
    return bool(request.config.getoption("--every-look"))
