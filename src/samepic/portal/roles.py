"""Who may do what: every route names the least role that it needs, and none is open by forgetting."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

_OPT = "least_role"


class Role(IntEnum):
    """What somebody is to the portal. Each may do what those before may."""

    ANYBODY = 0  # not signed in
    PERSON = 1  # signed in: their own picture
    HELPDESK = 2  # may look at everybody, and bring one person's picture
    ADMINISTRATOR = 3


def open_to(role: Role) -> dict[str, Any]:
    """What a route says of itself: `@get("/", opt=open_to(Role.PERSON))`."""
    return {_OPT: role}


def least_role(handler: BaseRouteHandler) -> Role | None:
    """What a route has said; None where it has said nothing."""
    found = handler.opt.get(_OPT)
    return found if isinstance(found, Role) else None


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Stands before every route. Raises NotAuthorizedException before sign-in, PermissionDeniedException after it."""
    least = least_role(handler)
    if least is Role.ANYBODY:
        return
    visitor = connection.scope.get("user")
    if visitor is None:
        raise NotAuthorizedException
    if least is None or visitor.role < least:
        raise PermissionDeniedException
