"""A picture from the visitor's own device: read in a worker, cut as they chose, put in, and brought everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from weakref import WeakSet

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.engine import NotTaken
from samepic.imaging import MAX_BYTES, PictureFault
from samepic.model.picture import CropBox
from samepic.portal.asked import Asked, TheSite
from samepic.portal.bodies import few_at_once
from samepic.portal.pages.render import page
from samepic.portal.person.errands import TooMany
from samepic.portal.person.giving import Given, give, take_in
from samepic.portal.person.mine import done
from samepic.portal.roles import Role, open_to
from samepic.portal.sessions import Session
from samepic.portal.site import Site

MOST_BODY = MAX_BYTES + 1_000_000
"""Bytes of an upload: the form has little beside its file."""

MOST_MB = MAX_BYTES // 1_000_000

MOST_AT_ONCE = 8
"""Files in memory together; whoever comes beyond is asked to come again."""

_LARGEST_PX = 100_000
_MOST_DIGITS = 9  # longer ones Python may refuse to read


@dataclass(slots=True, eq=False, weakref_slot=True)
class Sent:
    """A file that was sent, and the square of it; None where none was chosen."""

    data: bytes = field(repr=False)
    crop: CropBox | None


_in_memory: WeakSet[Sent] = WeakSet()
"""Also those that wait for their turn; of a double click's second file nobody holds on to anything."""


class NotSaid(Exception):
    """The form has no file, or numbers that are none. why: the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


Refusal: TypeAlias = PictureFault | NotTaken | NotSaid


@get("/my/upload", opt=open_to(Role.PERSON))
async def upload_form(site: TheSite, request: Asked) -> Response[str]:
    """Choose a picture, and the square of it."""
    if site.giving is None:
        raise NotFoundException
    return page(request, "person/upload.html", problem="", most_mb=MOST_MB)


@post(
    "/my/upload",
    opt=open_to(Role.PERSON),
    status_code=200,
    request_max_body_size=MOST_BODY,
    middleware=[few_at_once],
)
async def upload(site: TheSite, request: Asked) -> Response[str]:
    """Take it. Whoever's file is refused learns why."""
    if site.giving is None:
        raise NotFoundException
    return done(request, await taken(site, request.auth, lambda: _said(request)))


def refused(request: Asked, error: Refusal) -> Response[str]:
    """The form again, with why."""
    return page(request, "person/upload.html", status=400, problem=problem_of(error), most_mb=MOST_MB)


def problem_of(error: Refusal) -> str:
    """The name of the sentence that says why a file was not taken."""
    if isinstance(error, PictureFault):
        return f"fault.{error.kind.value}"
    return f"fault.{error.why}" if isinstance(error, NotTaken) else f"upload.{error.why}"


async def taken(site: Site, session: Session, said: Callable[[], Awaitable[Sent]]) -> Given:
    """Put in what was sent for whoever's session it is, and bring it everywhere.

    The file is let go of as soon as its square is in the vault; a slow cloud is waited for without it. Raises TooMany,
    GoesOn, PictureFault, NotTaken, and what `said` raises.
    """
    if len(_in_memory) >= MOST_AT_ONCE:
        raise TooMany
    file = await said()
    _in_memory.add(file)

    async def work() -> Given:
        try:
            name = await take_in(site, session, file.data, file.crop)
        finally:
            file.data = b""
            _in_memory.discard(file)
        return await give(site, session, name)

    what = f"upload {hashlib.sha256(file.data).hexdigest()} {file.crop}"
    return await site.errands.change(session.visitor.object_id, what, work)


async def _said(request: Asked) -> Sent:
    """The file's bytes and the chosen square. Raises NotSaid."""
    form = await request.form()
    file = form.get("picture")
    if not isinstance(file, UploadFile) or not file.filename:
        raise NotSaid("no_file")
    numbers = [str(form.get(name) or "").strip() for name in ("left", "top", "width", "height")]
    crop = crop_of(numbers)
    return Sent(await file.read(MAX_BYTES + 1), crop)


def crop_of(numbers: list[str]) -> CropBox | None:
    """Left, top, width and height as typed; a box that is no square is cut to one at its middle. Raises NotSaid."""
    if not any(numbers):
        return None
    if not all(one.isascii() and one.isdigit() and len(one) <= _MOST_DIGITS for one in numbers):
        raise NotSaid("no_numbers")
    left, top, width, height = map(int, numbers)
    edge = min(width, height)
    if edge < 1 or max(left, top, width, height) > _LARGEST_PX:
        raise NotSaid("no_numbers")
    return CropBox(left + (width - edge) // 2, top + (height - edge) // 2, edge)
