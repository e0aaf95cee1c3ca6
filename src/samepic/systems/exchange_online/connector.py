"""Exchange Online through Graph."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from samepic.model.person import PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD, Picture, PictureState, Place, Stamp
from samepic.model.sayings import saying
from samepic.model.system import Cursor, Grant, Listed, Page, Probe, Sighting, SystemProfile, Written
from samepic.ports.errors import AccessDenied, OutOfContract, PictureMoved, SystemFault
from samepic.systems.exchange_online import wire
from samepic.systems.exchange_online.settings import FIND, MAY_WRITE, READ, WRITE, ExchangeOnlineSettings
from samepic.transport.client import Meter
from samepic.transport.connection import TenantConnection
from samepic.transport.graph_people import find_person
from samepic.transport.graph_photo import GraphPhotos


class ExchangeOnline:
    """Mailbox pictures. Graph shows the directory's where a mailbox has none, and does not say so."""

    def __init__(self, connection: TenantConnection, settings: ExchangeOnlineSettings | None = None) -> None:
        self.settings = settings or ExchangeOnlineSettings()
        self._meter = Meter(self.settings.name)
        grants: tuple[Grant, ...] = (READ, WRITE) if self.settings.writes else (READ,)
        self._api = connection.graph(self._meter, grants=grants, at_once=self.settings.at_once)
        self._people_api = connection.graph(self._meter, grants=(FIND,), at_once=self.settings.at_once)
        self._photos = GraphPhotos(self._api, self.settings.at_once, mailboxes=True)

    @property
    def profile(self) -> SystemProfile:
        """See the port."""
        return self.settings.profile

    @property
    def requests(self) -> int:
        """See the port; tokens included."""
        return self._meter.requests

    @property
    def time(self) -> datetime | None:
        """See the port."""
        return self._meter.time

    async def probe(self) -> Probe:
        """Look at one person's picture; tell an organisation's own rules about pictures.

        Whether one may be written is read from the app's token and those rules: nothing is tried.
        """
        name = self.settings.name
        try:
            users = await self._people_api.get_json(wire.ONE_USER, doing="users")
            async for _ in self.look([PersonId(row["id"]) for row in users["value"][:1]]):
                pass
        except AccessDenied as error:
            return Probe(name, works=False, words=error.said, missing=error.missing)
        except SystemFault as error:
            return Probe(name, works=False, words=error.said)
        except (KeyError, TypeError):
            return Probe(name, works=False, words=OutOfContract(name, "users", saying("other_shape")).said)
        policy, organisation = await self._told(wire.PICTURE_POLICY), await self._told(wire.ORGANISATION)
        elsewhere = wire.policy_note(policy) if policy is not None else None
        hybrid = wire.hybrid_note(organisation) if organisation is not None else None
        untold = wire.POLICY_UNTOLD if policy is None else None
        notes = tuple(note for note in (elsewhere, untold, hybrid) if note)
        if not self.settings.writes:
            return Probe(name, works=True, words=saying("probe_read"), notes=notes)
        roles = await self._roles()
        if roles is not None and not roles & MAY_WRITE:
            words = saying("probe_no_writing")
            return Probe(name, works=False, words=words, missing=(WRITE,), notes=notes, can_write=False)
        if elsewhere is not None:
            words = saying("probe_elsewhere")
            return Probe(name, works=False, words=words, notes=notes, can_write=False)
        if roles is None:
            return Probe(name, works=True, words=saying("probe_read"), notes=(*notes, wire.ROLES_UNTOLD))
        return Probe(name, works=True, words=saying("probe_written"), notes=notes, can_write=True)

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """Nothing, completely: mailbox pictures have no listing, and the census says who exists."""
        yield Page((), closes_full_listing=True)

    async def find(self, key: str) -> Listed | None:
        """See the port."""
        person = await find_person(self._people_api, key)
        return None if person is None else Listed(person.keys, PersonId(person.keys.object_id or ""))

    def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the port; twenty people in a request."""
        return self._photos.look(people)

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the port."""
        return await self._photos.read(person, at_least_px)

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the port; looks just before, for Graph takes no condition."""
        picture = renditions[0]
        if await self._there_already(person, picture, replacing):
            return Written(await self._stamp_after(person, NOT_TOLD))
        await self._photos.put(person, picture)
        return Written(await self._stamp_after(person, replacing))

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """See the port. Leaves the vendor's mark that hides the directory's picture from then on."""
        state = await self._state(person)
        if state is not NO_PICTURE:
            if isinstance(state, str) and state != replacing:
                raise PictureMoved(self.settings.name, "photo/$value", saying("another_now"))
            await self._photos.delete(person)
        return Written(NO_PICTURE)

    async def aclose(self) -> None:
        """See the port."""
        await self._photos.aclose()
        await self._people_api.aclose()
        await self._api.aclose()

    async def _there_already(self, person: PersonId, picture: Picture, replacing: PictureState) -> bool:
        """Whether an earlier write of the same bytes came through; PictureMoved where another hand was at it."""
        state = await self._state(person)
        if replacing is NOT_TOLD or state == replacing or not isinstance(state, str):
            return False
        found = await self.read(person)
        if found is not None and found[1].data == picture.data:
            return True
        raise PictureMoved(self.settings.name, "photo/$value", saying("another_now"))

    async def _state(self, person: PersonId) -> PictureState:
        async for sighting in self.look([person]):
            return sighting.state
        return NOT_TOLD

    async def _stamp_after(self, person: PersonId, before: PictureState) -> PictureState:
        """The new stamp, if it shows already."""
        state = await self._state(person)
        return state if isinstance(state, str) and state != before else NOT_TOLD

    async def _told(self, path: str) -> dict[str, Any] | None:
        """An answer that may be read; None where there is none."""
        try:
            told = await self._api.get_json(path, doing=path.split("?")[0])
        except SystemFault:
            return None
        return told if isinstance(told, dict) else None

    async def _roles(self) -> frozenset[str] | None:
        try:
            return await self._api.granted()
        except SystemFault:
            return None
