"""An address that no database can look for is no address."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler

from samepic.portal.authentication import API


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Stands before every route. Raises NotFoundException: PostgreSQL takes no character zero."""
    path = str(connection.scope["path"])
    if "\x00" in path or (not path.startswith(API) and b"%00" in connection.scope["query_string"]):
        raise NotFoundException("the address has a character that is none")
