"""One portal for a file's tests that leave its people as they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import tenant_of
from tests.portal.running import Portal, portal_of


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with tenant_of() as tenant, portal_of(tenant, tmp_path_factory.mktemp("portal")) as running:
        yield running
