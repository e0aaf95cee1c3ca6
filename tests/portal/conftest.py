"""One portal for a file's tests that leave its people as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import tenant_of
from tests.portal.running import Portal, portal_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its configuration and its state are."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="module")
def portal(folder: Path) -> Iterator[Portal]:
    with tenant_of() as tenant, portal_of(tenant, folder) as running:
        yield running
