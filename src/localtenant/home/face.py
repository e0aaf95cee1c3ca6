"""What every page shows of its person: name, initials, and the picture by Graph's rule."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from localtenant.exchange.mailbox import shown_picture
from localtenant.home.signing_in import Visit, authority_for, here
from localtenant.pages.render import page
from localtenant.store.records import Scaled, User
from localtenant.tenant import Tenant

EDGES_PX = (96, 240, 360)
"""The corner, the home page, the picture page; twice what they show, for dense screens."""


def person_of(tenant: Tenant, visit: Visit) -> dict[str, object]:
    """For the templates: `name, upn, initials, csrf` and `mark`, which changes with the picture."""
    shown = shown_picture(tenant, visit.user)
    return {
        "name": visit.user.display_name,
        "upn": visit.user.upn,
        "initials": initials(visit.user),
        "mark": shown.picture.etag if shown else None,
        "csrf": visit.session.csrf,
    }


def room(tenant: Tenant, visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page for its person. Its sign-out form may lead to the authority, which has another host under real names."""
    authority = authority_for(tenant, here(tenant, visit.request))
    return page(
        tenant,
        visit.request,
        template,
        status=status,
        posts_to=[authority],
        person=person_of(tenant, visit),
        **values,
    )


def initials(user: User) -> str:
    """One or two letters that stand in for a missing picture."""
    letters = [name.strip()[:1] for name in (user.given_name, user.surname) if name.strip()]
    return "".join(letters).upper() or user.display_name.strip()[:1].upper()


async def image(tenant: Tenant, visit: Visit) -> Response:
    """`GET /account/picture/image?size=96|240|360`: the person's own picture, for nobody else."""
    given = visit.request.query_params.get("size", "")
    edge_px = int(given) if given in {str(edge) for edge in EDGES_PX} else EDGES_PX[0]
    shown = shown_picture(tenant, visit.user)
    if shown is None:
        return Response(status_code=404)
    ref = shown.picture.ref
    scaled = Scaled(ref.of if isinstance(ref, Scaled) else ref, edge_px, "graph")
    data = await run_in_threadpool(tenant.store.bytes_of, scaled)
    headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type="image/jpeg", headers=headers)
