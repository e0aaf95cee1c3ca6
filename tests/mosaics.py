"""Pictures that cost nothing, for tenants of many people: coarse mosaics instead of portraits, as different as those.

A portrait takes fifteen milliseconds to draw, the largest of them a second; where a test is about runs and not about
pictures, that is most of its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tests.pictures import encoded, mosaic

from localtenant.store.measure import Measure
from localtenant.store.records import Drawn, PictureRef, Scaled
from localtenant.tenant import Tenant
from localtenant.worlds.draw import Draw
from localtenant.worlds.recipes import NOBODY

EDGE_PX = 160


class Mosaics(Draw):
    """A world's pictures: every recipe has a mosaic of its own, the same each time."""

    def _make(self, ref: Drawn | Scaled, held: Callable[[str], bytes]) -> bytes:
        if not isinstance(ref, Drawn) or ref.recipe == NOBODY:
            return super()._make(ref, held)
        number = hashlib.sha256(f"{self._seed}/{ref.recipe}".encode()).digest()[:8]
        return encoded(mosaic(int.from_bytes(number), EDGE_PX, EDGE_PX))

    def measure(self, ref: PictureRef) -> Measure | None:
        if not isinstance(ref, Drawn) or ref.recipe == NOBODY:
            return super().measure(ref)
        return Measure(EDGE_PX, EDGE_PX, "image/jpeg")


def hang(tenant: Tenant) -> None:
    """From now on its people have mosaics. To be called before anybody has asked for a picture."""
    mosaics = Mosaics(tenant.seed)
    vars(tenant.store).update(_draw=mosaics, _measures=mosaics)
