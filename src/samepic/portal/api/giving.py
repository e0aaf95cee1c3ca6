"""A picture that is given for somebody, an earlier one again, and the latest change undone.

As the person could do in the portal, without their tokens: a system's own way is not taken, Samepic writes.
"""

from __future__ import annotations

from dataclasses import dataclass

from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, MultipartBody

from samepic.imaging import MAX_BYTES
from samepic.model.audit import Deed
from samepic.portal.admin.entering import enter
from samepic.portal.api.declared import Key, does, looks
from samepic.portal.api.shapes_of_giving import Came, Picture, Undo
from samepic.portal.asked import Asked, TheSite
from samepic.portal.bodies import few_at_once
from samepic.portal.person.giving import Given
from samepic.portal.person.past import Stale, back_once, undo_once
from samepic.portal.person.upload import MOST_BODY, Sent, crop_of, taken
from samepic.portal.roles import Role
from samepic.portal.sessions import Session, Visitor
from samepic.portal.site import Site
from samepic.portal.whom import person_of


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, and the square of it in pixels of the upright picture; its middle where no square is chosen."""

    picture: UploadFile
    left: int | None = None
    top: int | None = None
    width: int | None = None
    height: int | None = None


@does(
    "/api/v1/people/{person:str}/picture",
    Role.ADMINISTRATOR,
    202,
    404,
    409,
    request_max_body_size=MOST_BODY,
    middleware=[few_at_once],
)
async def give(site: TheSite, request: Asked, person: Key, data: MultipartBody[Upload]) -> Came:
    """Put a picture into a person's mailbox, and bring it everywhere from there.

    It is read and drawn anew before it goes anywhere; the file itself is kept nowhere. The same file again, while it is
    under way, is waited for and not taken twice.
    """
    if site.giving is None:
        raise NotFoundException('pictures are not given here: [portal] uploads is "off"')
    whom = await person_of(site, person)
    await enter(site, request, Deed.GIVEN, whom)

    async def said() -> Sent:
        box = [data.left, data.top, data.width, data.height]
        crop = crop_of(["" if one is None else str(one) for one in box])
        return Sent(await data.picture.read(MAX_BYTES + 1), crop)

    return Came.of(await taken(site, _in_place_of(site, whom), said))


@does("/api/v1/people/{person:str}/back", Role.ADMINISTRATOR, 202, 404, 409)
async def back(site: TheSite, request: Asked, person: Key, data: JSONBody[Picture]) -> Came:
    """Take an earlier picture again, by its name in the person's history."""
    whom = await person_of(site, person)
    await enter(site, request, Deed.TURNED_BACK, whom, data.picture)
    try:
        return Came.of(await back_once(site, _in_place_of(site, whom), data.picture))
    except Stale:
        raise ClientException("no such picture of theirs is kept", status_code=409) from None


@does("/api/v1/people/{person:str}/undo", Role.ADMINISTRATOR, 202, 404, 409)
async def undo(site: TheSite, request: Asked, person: Key, data: JSONBody[Undo]) -> Came:
    """Take the latest change back, unless another came after the one that the mark is of."""
    whom = await person_of(site, person)
    await enter(site, request, Deed.UNDONE, whom, data.mark)
    try:
        return Came.of(await undo_once(site, _in_place_of(site, whom), data.mark))
    except Stale:
        raise ClientException("another change came after that, or nothing can be undone", status_code=409) from None


@looks("/api/v1/people/{person:str}/going-on", Role.ADMINISTRATOR, 202, 404)
async def going_on(site: TheSite, person: Key) -> Came:
    """What came of the latest of these for a person; 202 while it goes on, 404 where nothing is known of any."""
    ended = await site.errands.last_of(await person_of(site, person))
    if not isinstance(ended, Given):
        raise NotFoundException("nothing was begun for them lately; their history tells what was done")
    return Came.of(ended)


def _in_place_of(site: Site, person: str) -> Session:
    now = site.clock.now()
    return Session(Visitor(person, "", "", Role.PERSON), now, now, "")


ROUTES: tuple[HTTPRouteHandler, ...] = (give, back, undo, going_on)
