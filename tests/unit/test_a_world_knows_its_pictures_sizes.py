"""A portrait's size and type are known without drawing it, and are what drawing gives."""

from __future__ import annotations

import pytest

from localtenant.store.measure import measure
from localtenant.store.records import Drawn
from localtenant.store.store import Measures
from localtenant.worlds import portraits
from localtenant.worlds.draw import Draw


@pytest.mark.parametrize("recipe", ["p1", "p2~png", "p3~tall", "p4~wide", "p5~square", "p6~turned", "p7~gps"])
def test_measured_as_drawn(recipe: str) -> None:
    draw = Draw(7)
    assert isinstance(draw, Measures)
    assert draw.measure(Drawn(recipe)) == measure(portraits.draw(7, recipe))
