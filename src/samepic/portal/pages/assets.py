"""Styles, scripts and marks: each under an address that has its content's digest, so that browsers may keep it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from samepic.portal.asked import Asked
from samepic.portal.pages.compression import AS_IT_IS, takes_gzip
from samepic.portal.roles import Role, open_to

_KEPT = "public, max-age=31536000, immutable"


def content_of(name: str) -> bytes | None:
    """A file of ours; None where there is none."""
    return _every().get(name)


@cache
def _every() -> Mapping[str, bytes]:
    """All of them, by name: whatever else somebody asks for is held nowhere."""
    return dict(_within(files("samepic.portal.pages").joinpath("static"), ""))


def _within(folder: Traversable, before: str) -> Iterator[tuple[str, bytes]]:
    for found in folder.iterdir():
        if found.is_dir():
            yield from _within(found, f"{before}{found.name}/")
        else:
            yield before + found.name, found.read_bytes()


@cache
def _packed() -> Mapping[str, bytes]:
    """Once, as small as it goes, and not for each browser anew; what gains nothing is not in it."""
    packed = {name: gzip.compress(content, 9, mtime=0) for name, content in _every().items()}
    return {name: content for name, content in packed.items() if len(content) < len(_every()[name])}


@cache
def address_of(name: str) -> str:
    """Where a page finds a file, e.g. `portal.css`. Raises LookupError where there is none."""
    content = content_of(name)
    if content is None:
        raise LookupError(f"there is no asset {name}")
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


@get("/static/{digest:str}/{name:path}", opt=open_to(Role.ANYBODY) | AS_IT_IS)
async def asset(request: Asked, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One of them; an address of an earlier version has nothing."""
    name = name.lstrip("/")
    content = content_of(name)
    if content is None or address_of(name) != f"/static/{digest}/{name}":
        raise NotFoundException
    kind = "text/javascript" if name.endswith(".js") else guess_type(name)[0] or "application/octet-stream"
    headers = {"cache-control": _KEPT, "vary": "Accept-Encoding"}
    if name in _packed() and takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(_packed()[name], media_type=kind, headers=headers | {"content-encoding": "gzip"})
    return Response(content, media_type=kind, headers=headers)
