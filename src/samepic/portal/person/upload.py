"""A picture from the visitor's own device: read in a worker, cut as they chose, put in, and brought everywhere."""

from __future__ import annotations

import asyncio
import hashlib

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.engine import NotTaken
from samepic.imaging import MAX_BYTES, PictureFault
from samepic.model.picture import CropBox
from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.giving import Given, take_in
from samepic.portal.person.mine import done
from samepic.portal.roles import Role, open_to

MOST_BODY = MAX_BYTES + 1_000_000
"""Bytes of an upload: the form has little beside its file."""

_AT_ONCE = asyncio.Semaphore(2)
"""Files in memory together; a worker reads no more of them at a time anyway."""

_LARGEST_PX = 100_000


class NotSaid(Exception):
    """The form has no file, or numbers that are none. why: the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@get("/my/upload", opt=open_to(Role.PERSON))
async def upload_form(site: TheSite, request: Asked) -> Response[str]:
    """Choose a picture, and the square of it."""
    if site.giving is None:
        raise NotFoundException
    return page(request, "person/upload.html", problem="", most_mb=MAX_BYTES // 1_000_000)


@post("/my/upload", opt=open_to(Role.PERSON), status_code=200, request_max_body_size=MOST_BODY)
async def upload(site: TheSite, request: Asked) -> Response[str]:
    """Take it. Whoever's file is refused learns why."""
    if site.giving is None:
        raise NotFoundException
    try:
        async with _AT_ONCE:
            data, crop = await _said(request)

            async def work() -> Given:
                return await take_in(site, request.auth, data, crop)

            what = f"upload {hashlib.sha256(data).hexdigest()} {crop}"
            given = await site.errands.change(request.user.object_id, what, work)
    except PictureFault as fault:
        problem = f"fault.{fault.kind.value}"
    except NotTaken as no:
        problem = f"fault.{no.why}"
    except NotSaid as no:
        problem = f"upload.{no.why}"
    else:
        return done(request, given)
    return page(request, "person/upload.html", status=400, problem=problem, most_mb=MAX_BYTES // 1_000_000)


async def _said(request: Asked) -> tuple[bytes, CropBox | None]:
    """The file's bytes and the chosen square, None where none was. Raises NotSaid."""
    form = await request.form()
    file = form.get("picture")
    if not isinstance(file, UploadFile) or not file.filename:
        raise NotSaid("no_file")
    numbers = [str(form.get(name) or "").strip() for name in ("left", "top", "width", "height")]
    crop = crop_of(numbers)
    return await file.read(MAX_BYTES + 1), crop


def crop_of(numbers: list[str]) -> CropBox | None:
    """Left, top, width and height as typed; a box that is no square is cut to one at its middle. Raises NotSaid."""
    if not any(numbers):
        return None
    if not all(one.isascii() and one.isdigit() and int(one[:9]) <= _LARGEST_PX for one in numbers):
        raise NotSaid("no_numbers")
    left, top, width, height = map(int, numbers)
    edge = min(width, height)
    if edge < 1:
        raise NotSaid("no_numbers")
    return CropBox(left + (width - edge) // 2, top + (height - edge) // 2, edge)
