"""Pictures through Graph: looked at twenty at a time, read with the stamp before the bytes.

Source: learn.microsoft.com/graph/api/profilephoto-get, -update, -delete; json-batching. What Graph answers when
there is no picture differs by document and by year; every shape that was seen is understood here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from samepic.model.person import NotEligible, PersonId
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, Picture, PictureFormat, PictureState, Stamp, format_of
from samepic.model.sayings import saying
from samepic.model.system import Sighting
from samepic.ports.errors import AccessDenied, Busy, PersonGone, PictureRefused
from samepic.transport.answer import Answer
from samepic.transport.api import Api
from samepic.transport.batch import MOST, Inner, batch
from samepic.transport.client import TooLarge
from samepic.transport.graph_people import user_path
from samepic.transport.together import Together, abreast

EDGES_PX = (48, 64, 96, 120, 240, 360, 432, 504, 648)
"""The sizes that Graph serves; without one it serves the largest."""

MAX_BYTES = 4_000_000
"""The limit of an upload, and so of what is worth reading."""

_NO_PICTURE = {"", "imagenotfound", "errorentitynotfound", "erroritemnotfound", "itemnotfound"}
_NO_MAILBOX = {"errornonexistentmailbox", "mailboxnotenabledforrestapi", "authenticationerror"}
_ON_PREMISES = {"mailboxnothostedinexchangeonline"}
_GONE = {
    "erroruserresolutionfaileduserdoesnotexist",
    "request_resourcenotfound",
    "resourcenotfound",
    "errorinvaliduser",
}
_SMALL_PX = 240  # pictures up to this edge are read ten in a batch, larger ones four
_GIF = (b"GIF87a", b"GIF89a")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one description says. denied, failed: nothing can be said because of the caller, or of the moment."""

    state: PictureState
    not_eligible: NotEligible | None = None
    denied: bool = False
    failed: bool = False


def seen(answer: Answer) -> Seen:
    """Understand the answer to `GET /users/{id}/photo`."""
    if answer.ok:
        return Seen(_described(answer))
    if answer.status in (401, 403):
        return Seen(NOT_TOLD, denied=True)
    if answer.status == 429 or answer.status >= 500:
        return Seen(NOT_TOLD, failed=True)
    code, message = answer.error
    folded = code.casefold()
    if folded in _ON_PREMISES:
        return Seen(NO_PICTURE, NotEligible.ON_PREMISES_MAILBOX)
    if folded in _NO_MAILBOX:
        return Seen(NO_PICTURE, NotEligible.NO_MAILBOX)
    if folded in _GONE or "ProfileNotFoundException" in message:
        return Seen(GONE)
    if answer.status == 404 and (folded in _NO_PICTURE or "ImageNotFoundException" in message):
        return Seen(NO_PICTURE)
    return Seen(NOT_TOLD)


def _described(answer: Answer) -> PictureState:
    """The stamp of a description; one of 1x1 stands for no picture."""
    try:
        told = answer.json()
        one_pixel = (told.get("width"), told.get("height")) == (1, 1) or str(told.get("id", "")).lower() == "1x1"
        etag = told.get("@odata.mediaEtag")
    except (ValueError, AttributeError):
        return NOT_TOLD
    if one_pixel:
        return NO_PICTURE
    return Stamp(etag) if isinstance(etag, str) and etag else NOT_TOLD


_NAMED = re.compile(rb"users\('([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'\)", re.IGNORECASE)
_CONTEXT_BYTES = 1000


def is_of(description: Answer, person: PersonId) -> bool:
    """Whether a description is not plainly somebody else's: `@odata.context` names the person by object id.

    A batch's answers are told apart by numbers that the other side gives back; this is the one thing that contradicts.
    """
    found = _NAMED.search(description.body[:_CONTEXT_BYTES]) if description.ok else None
    return found is None or "@" in person or found[1].decode().lower() == person.lower()


Wanted = tuple[PersonId, int | None]


class GraphPhotos:
    """One system's pictures through Graph. Concurrent reads of a moment share a request.

    mailboxes: whether a person without a mailbox has no place in the system.
    """

    def __init__(self, api: Api, at_once: int, *, mailboxes: bool) -> None:
        self._api = api
        self._mailboxes = mailboxes
        self._at_once = at_once
        self._small: Together[Wanted, tuple[Stamp, Picture] | None] = Together(self._read_many, most=MOST // 2)
        self._large: Together[Wanted, tuple[Stamp, Picture] | None] = Together(self._read_many, most=4)

    @property
    def _system(self) -> str:
        return self._api.meter.system

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """Everybody's stamp. What is denied or fails for some is NOT_TOLD for them; for all, it is raised."""
        parts = [people[i : i + MOST] for i in range(0, len(people), MOST)]
        told = 0

        async def ask(part: Sequence[PersonId]) -> list[tuple[PersonId, Answer, Seen]]:
            answers = await batch(self._api, [Inner(_photo(p)) for p in part], doing="$batch of photo")
            for person, answer in zip(part, answers, strict=True):
                self._check_whose(answer, person)
            return [(p, answer, seen(answer)) for p, answer in zip(part, answers, strict=True)]

        async for rows in abreast(parts, ask, self._at_once):
            told += sum(1 for _, _, s in rows if not (s.denied or s.failed))
            for person, answer, found in rows:
                if answer.status == 429 or ((found.denied or found.failed) and not told):
                    raise self._api.fault(answer, "photo")
                yield Sighting(person, found.state, not_eligible=found.not_eligible if self._mailboxes else None)

    async def read(self, person: PersonId, at_least_px: int | None) -> tuple[Stamp, Picture] | None:
        """See the port: the stamp is asked for first, in the same batch."""
        edge = next((e for e in EDGES_PX if at_least_px is not None and e >= at_least_px), None)
        together = self._small if edge is not None and edge <= _SMALL_PX else self._large
        return await together.answer((person, edge))

    async def put(self, person: PersonId, picture: Picture) -> None:
        """Store a picture. Raises PersonGone, PictureRefused."""
        answer = await self._api.send(
            "PUT",
            f"/v1.0{_photo(person)}/$value",
            doing="photo/$value",
            headers={"Content-Type": picture.format.value},
            body=picture.data,
            repeat=False,
        )
        if answer.ok:
            return
        if answer.status == 404:
            raise PersonGone(self._system, "photo/$value", answer.words)
        if answer.status in (400, 413, 415):
            raise PictureRefused(self._system, "photo/$value", answer.words)
        raise self._api.fault(answer, "photo/$value")

    async def delete(self, person: PersonId) -> None:
        """Take the picture away; one that is away already stays away."""
        answer = await self._api.send("DELETE", f"/v1.0{_photo(person)}/$value", doing="photo/$value", repeat=False)
        if answer.ok or (answer.status == 404 and seen(answer).state is NO_PICTURE):
            return
        if answer.status == 404:
            raise PersonGone(self._system, "photo/$value", answer.words)
        raise self._api.fault(answer, "photo/$value")

    async def aclose(self) -> None:
        """Give up reads under way."""
        await self._small.aclose()
        await self._large.aclose()

    async def _read_many(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, tuple[Stamp, Picture] | Exception | None]:
        """Several people's pictures in one batch; one too large for it is asked for alone."""
        inner: list[Inner] = []
        for number, (person, edge) in enumerate(wanted):
            inner += [Inner(_photo(person)), Inner(_value(person, edge), after=2 * number)]
        limit = len(wanted) * MAX_BYTES * 4 // 3 + 100_000
        try:
            answers = await batch(self._api, inner, doing="$batch of photo/$value", max_bytes=limit)
        except TooLarge as error:
            if len(wanted) == 1:
                return {wanted[0]: PictureRefused(self._system, "photo/$value", error.saw)}
            alone = [await self._read_many([one]) for one in wanted]
            return {key: value for found in alone for key, value in found.items()}
        found: dict[Wanted, tuple[Stamp, Picture] | Exception | None] = {}
        for number, key in enumerate(wanted):
            try:
                found[key] = await self._picture(key, answers[2 * number], answers[2 * number + 1])
            except Exception as error:
                found[key] = error
        return found

    async def _picture(self, wanted: Wanted, description: Answer, value: Answer) -> tuple[Stamp, Picture] | None:
        """What the two answers about one person come to."""
        person, edge = wanted
        self._check_whose(description, person)
        told = seen(description)
        if told.denied:
            raise AccessDenied(self._system, "photo", description.words, self._api.grants)
        if told.failed:
            raise Busy(self._system, "photo", description.words, description.wait())
        if told.state is GONE:
            raise PersonGone(self._system, "photo", description.words)
        if told.state is NO_PICTURE:
            return None
        if not isinstance(told.state, str):
            raise self._api.out_of_contract("photo", description.words)
        if edge is not None and (value.status in (400, 404) or value.body.startswith(_GIF)):
            found = await self._read_many([(person, None)])  # the size is not kept; the largest always is
            largest = found[(person, None)]
            if isinstance(largest, Exception):
                raise largest
            return largest
        if value.status in (404, 424):
            return None
        if not value.ok:
            raise self._api.fault(value, "photo/$value")
        return told.state, self._checked(value)

    def _check_whose(self, description: Answer, person: PersonId) -> None:
        if not is_of(description, person):
            raise self._api.out_of_contract("photo", saying("of_somebody_else"))

    def _checked(self, value: Answer) -> Picture:
        length = value.headers.get("content-length", "")
        if length.isdigit() and int(length) > len(value.body):
            raise Busy(self._system, "photo/$value", saying("half_came", came=str(len(value.body)), length=str(length)))
        if len(value.body) > MAX_BYTES:
            raise PictureRefused(
                self._system, "photo/$value", saying("too_many_came", bytes=str(len(value.body)), most=str(MAX_BYTES))
            )
        found = format_of(value.body)
        if found is None:
            raise PictureRefused(self._system, "photo/$value", saying("no_picture_came"))
        return Picture(value.body, PictureFormat(found))


def _photo(person: PersonId) -> str:
    return f"{user_path(person)}/photo"


def _value(person: PersonId, edge: int | None) -> str:
    return f"{_photo(person)}/$value" if edge is None else f"{_photo(person)}s/{edge}x{edge}/$value"
