"""The page on which people change their picture; it goes into their mailbox."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localtenant.exchange.mailbox import put_picture
from localtenant.home.face import room
from localtenant.home.signing_in import Visit
from localtenant.store.measure import measure
from localtenant.store.scaling import graph_size
from localtenant.tenant import Tenant

MAX_BYTES = 4 * 1024 * 1024  # as Graph's upload (facts §3.1)
AROUND_THE_FILE_BYTES = 64 * 1024
PATIENCE_BYTES = 64 * 1024 * 1024
SMALLEST_PX = 48


class NotTaken(Exception):
    """The upload cannot be kept; `words` names the sentence that says why."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


async def show(tenant: Tenant, visit: Visit) -> Response:
    """`GET /account/picture`."""
    saved = visit.request.query_params.get("saved") == "1"
    problem = _no_place(tenant, visit) or ""
    return _page(tenant, visit, saved=saved, problem=problem)


async def save(tenant: Tenant, visit: Visit) -> Response:
    """`POST /account/picture`, multipart with `csrf` and `picture`."""
    try:
        csrf, data = await _upload(visit.request)
        if not secrets.compare_digest(csrf.encode(), visit.session.csrf.encode()):
            raise NotTaken("sign_in.stale", 403)
        nowhere = _no_place(tenant, visit)
        if nowhere is not None:
            raise NotTaken(nowhere, 409)
        await run_in_threadpool(_check, data)
    except NotTaken as why:
        return _page(tenant, visit, problem=why.words, status=why.status)
    put_picture(tenant, visit.user.id, data)
    return RedirectResponse("/account/picture?saved=1", 303)


def _page(tenant: Tenant, visit: Visit, *, saved: bool = False, problem: str = "", status: int = 200) -> Response:
    return room(
        tenant,
        visit,
        "picture.html",
        status=status,
        saved=saved and not problem,
        problem=problem,
    )


def _no_place(tenant: Tenant, visit: Visit) -> str | None:
    """Why there is no mailbox here to keep a picture in."""
    mailbox = tenant.store.mailboxes.get(visit.user.id)
    if mailbox is None:
        return "picture.no_mailbox"
    return "picture.elsewhere" if mailbox.on_premises else None


async def _upload(request: Request) -> tuple[str, bytes]:
    """The session's token and the file's bytes; never more is read than a picture may be."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotTaken("picture.no_file")
    body = await _bounded_body(request)

    async def parts() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await MultiPartParser(request.headers, parts(), max_files=1, max_fields=5).parse()
    except MultiPartException:
        raise NotTaken("picture.no_file") from None
    csrf, file = form.get("csrf"), form.get("picture")
    data = await file.read() if isinstance(file, UploadFile) else b""
    return csrf if isinstance(csrf, str) else "", data


async def _bounded_body(request: Request) -> bytes:
    """The body, kept as far as a picture may go.

    What is beyond is read and thrown away for a while, because a browser shows an answer only after it has sent all.
    """
    kept, read = bytearray(), 0
    async for chunk in request.stream():
        read += len(chunk)
        if read <= MAX_BYTES + AROUND_THE_FILE_BYTES:
            kept += chunk
        elif read > PATIENCE_BYTES:
            break
    if read > MAX_BYTES + AROUND_THE_FILE_BYTES:
        raise NotTaken("picture.too_large", 413)
    return bytes(kept)


def _check(data: bytes) -> None:
    """Refuse what is no picture, by decoding it once."""
    if not data:
        raise NotTaken("picture.no_file")
    if len(data) > MAX_BYTES:
        raise NotTaken("picture.too_large", 413)
    measured = measure(data)
    if measured is None:
        raise NotTaken("picture.not_picture")
    if min(measured.width_px, measured.height_px) < SMALLEST_PX:
        raise NotTaken("picture.too_small")
    try:
        graph_size(data, SMALLEST_PX)
    except (OSError, ValueError):
        raise NotTaken("picture.not_picture") from None
