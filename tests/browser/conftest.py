"""The browser of these tests, started once for each file (its loop would be in the way of the others)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.window import chromium
from tests.conftest import RunningTenant, tenant_of


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
