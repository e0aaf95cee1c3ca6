"""Styles, scripts and marks: each under an address that has its content's digest, so that browsers may keep it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from mimetypes import guess_type

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from samepic.portal.roles import Role, open_to

_KEPT = "public, max-age=31536000, immutable"


@cache
def content_of(name: str) -> bytes | None:
    """A file of ours; None where there is none. Names have one folder at most and nothing that climbs."""
    if not all(part and not part.startswith(".") for part in name.split("/")):
        return None
    found = files("samepic.portal.pages").joinpath("static", *name.split("/"))
    return found.read_bytes() if found.is_file() else None


@cache
def address_of(name: str) -> str:
    """Where a page finds a file, e.g. `portal.css`. Raises LookupError where there is none."""
    content = content_of(name)
    if content is None:
        raise LookupError(f"there is no asset {name}")
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


@get("/static/{digest:str}/{name:path}", opt=open_to(Role.ANYBODY))
async def asset(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One of them; an address of an earlier version has nothing."""
    name = name.lstrip("/")
    content = content_of(name) if len(name) < 100 else None
    if content is None or address_of(name) != f"/static/{digest}/{name}":
        raise NotFoundException
    kind = "text/javascript" if name.endswith(".js") else guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers={"cache-control": _KEPT})
