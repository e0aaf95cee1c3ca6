"""The switchboard lends faces of people who are not in the world, for whoever plays "somebody's script"."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.conftest import RunningTenant
from tests.tenant_control import ControlError

from localtenant.worlds import portraits


def test_a_strangers_portrait_is_the_same_every_time_and_comes_in_any_size(shared_tenant: RunningTenant) -> None:
    data = shared_tenant.control.call("GET", "/portraits/stranger-17")
    assert data == portraits.draw(shared_tenant.tenant.seed, "stranger-17")
    for edge_px in (48, 72, 300):
        small = shared_tenant.control.call("GET", f"/portraits/stranger-17?edge_px={edge_px}")
        assert Image.open(io.BytesIO(small)).size == (edge_px, edge_px)


def test_no_form_is_drawn_by_request_so_that_none_is_16_megapixels(shared_tenant: RunningTenant) -> None:
    assert Image.open(io.BytesIO(shared_tenant.control.call("GET", "/portraits/a~big"))).size == (648, 648)


@pytest.mark.parametrize("edge", ["0", "-1", "1001", "many", "9" * 5000, "%C2%B2"])
def test_odd_sizes_are_refused(shared_tenant: RunningTenant, edge: str) -> None:
    with pytest.raises(ControlError) as refused:
        shared_tenant.control.call("GET", f"/portraits/stranger-17?edge_px={edge}")
    assert refused.value.status == 400
