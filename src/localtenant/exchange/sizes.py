"""The nine sizes of a picture, made from what was uploaded when somebody asks (facts §3.1, §4.1)."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool

from localtenant.store.measure import Measure
from localtenant.store.records import Held, PictureRef, Scaled, StoredPicture
from localtenant.store.scaling import GRAPH_EDGES_PX, NotAPicture
from localtenant.tenant import Tenant

SIZES_PX = GRAPH_EDGES_PX
_GRAPH = re.compile(r"(\d+)x(\d+)", re.IGNORECASE)
_EWS = re.compile(r"HR(\d+)x(\d+)", re.IGNORECASE)


def edge_of(text: str, *, ews: bool = False) -> int | None:
    """The edge in pixels that `240x240` or, for EWS, `HR240x240` names; None for what is no size of the nine."""
    match = (_EWS if ews else _GRAPH).fullmatch(text)
    if match is None or match[1] != match[2] or int(match[1]) not in SIZES_PX:
        return None
    return int(match[1])


def sizes_of(measured: Measure | None) -> list[int]:
    """The sizes that a picture is there in: none above its own, and none of what is no picture."""
    if measured is None:
        return []
    return [edge for edge in SIZES_PX if edge <= min(measured.width_px, measured.height_px)]


def sized(picture: StoredPicture, edge_px: int) -> PictureRef:
    """One size of a picture."""
    ref = picture.ref
    return Scaled(ref, edge_px, "graph") if not isinstance(ref, Scaled) else Scaled(ref.of, edge_px, "graph")


async def measured(tenant: Tenant, ref: PictureRef) -> Measure | None:
    """Size and kind of a picture; drawn in a thread only where nothing but drawing tells."""
    if tenant.store.measures_at_once(ref):
        return tenant.store.measure(ref)
    return await run_in_threadpool(tenant.store.measure, ref)


async def drawn(tenant: Tenant, ref: PictureRef) -> bytes | None:
    """The bytes of a picture, None where no size can be made of what is stored."""
    if isinstance(ref, Held):
        return tenant.store.bytes_of(ref)
    try:
        return await run_in_threadpool(tenant.store.bytes_of, ref)
    except NotAPicture:
        return None
