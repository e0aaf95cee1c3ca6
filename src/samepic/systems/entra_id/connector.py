"""Entra ID through Graph."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from samepic.model.person import Keys, PersonId
from samepic.model.picture import Picture, Stamp
from samepic.model.sayings import saying
from samepic.model.system import Changes, Cursor, Grant, Listed, Page, Probe, Sighting, SystemProfile
from samepic.ports.errors import AccessDenied, OutOfContract, PersonGone, SystemFault
from samepic.systems.entra_id import wire
from samepic.systems.entra_id.changes import changes
from samepic.systems.entra_id.many import ManyPeople, listed
from samepic.systems.entra_id.settings import MEMBERS, PHOTOS, USERS, EntraIdSettings
from samepic.transport.client import Meter
from samepic.transport.connection import TenantConnection
from samepic.transport.graph_people import find_person, person_of
from samepic.transport.graph_photo import GraphPhotos


class EntraId:
    """The census: who exists, with plans, guests and groups; the pictures that Graph shows of them."""

    def __init__(self, connection: TenantConnection, settings: EntraIdSettings | None = None) -> None:
        self.settings = settings or EntraIdSettings()
        self._meter = Meter(self.settings.name)
        self._api = connection.graph(self._meter, grants=(USERS,), at_once=self.settings.at_once)
        self._photo_api = connection.graph(self._meter, grants=(PHOTOS,), at_once=self.settings.at_once)
        self._many = ManyPeople(self._api, self.settings.at_once)
        self._photos = GraphPhotos(self._photo_api, self.settings.at_once, mailboxes=False)

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
        """One user, one picture, one group: what the run will need."""
        missing: list[Grant] = []
        words: str = saying("probe_lists")
        notes: list[str] = []
        try:
            users = await self._api.get_json(f"{wire.first_page(1)}", doing="users", headers=wire.EVENTUAL)
            listed = users.get("@odata.count")
            if users["value"]:
                async for _ in self.look([PersonId(users["value"][0]["id"])]):
                    pass
        except AccessDenied as error:
            missing += error.missing
            words = error.said
        except SystemFault as error:
            return Probe(self.settings.name, works=False, words=error.said)
        except (KeyError, TypeError, AttributeError):
            odd = OutOfContract(self.settings.name, "users", saying("other_shape"))
            return Probe(self.settings.name, works=False, words=odd.said)
        if not missing:
            notes = [] if listed is None else [saying("note_people", n=str(listed))]
            try:
                await self._api.get_json("/v1.0/groups?$select=id&$top=1", doing="groups")
            except AccessDenied:
                notes.append(saying("note_groups_denied", permission=MEMBERS.permission))
            except SystemFault as error:
                notes.append(error.said)
        return Probe(self.settings.name, not missing, words, tuple(missing), tuple(notes), can_write=False)

    async def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """See the port. Closes only where as many people came as Graph counted, or it did not count."""
        try:
            at: wire.Position | None = wire.Position.of(since) if since else None
        except (ValueError, TypeError):
            raise OutOfContract(self.settings.name, "users", saying("cursor_of_others")) from None
        at = at or wire.Position(wire.first_page(self.settings.page_size))
        links: set[str | None] = {at.link}
        before: set[PersonId | None] = set()
        while at is not None:
            page = await self._api.get_json(at.link, doing="users", headers=wire.EVENTUAL)
            try:
                rows = tuple(listed(person_of(user)) for user in page["value"])
                link, count = wire.next_link(page), page.get("@odata.count")
            except (KeyError, TypeError, AttributeError):
                raise self._api.out_of_contract("users", saying("other_shape")) from None
            if link in links:
                raise self._api.out_of_contract("users", saying("leads_back"))
            links.add(link)
            expected = count if isinstance(count, int) else at.expected
            told = {row.person for row in rows}
            total = at.rows + len(told - before)  # who is told twice, as the listing shifts, stands for somebody missed
            before = told
            following = wire.Position(link, total, expected) if link else None
            whole = following is None and (expected is None or total >= expected)
            yield Page(rows, following.cursor() if following else None, closes_full_listing=whole)
            at = following

    async def members(self, group: str) -> AsyncIterator[PersonId]:
        """See the port."""
        link: str | None = wire.members_of(group if wire.is_id(group) else await self._group(group))
        links: set[str | None] = {link}
        while link:
            answer = await self._api.send("GET", link, doing="transitiveMembers", parse_json=True)
            if answer.status == 404:
                raise PersonGone(self.settings.name, "transitiveMembers", saying("no_group", group=repr(group)))
            if not answer.ok:
                raise self._denied_group(self._api.fault(answer, "transitiveMembers"))
            try:
                page = answer.json()
                ids, link = wire.user_ids(page), wire.next_link(page)
            except (KeyError, TypeError, AttributeError):
                raise self._api.out_of_contract("transitiveMembers", saying("other_shape")) from None
            if link in links:
                raise self._api.out_of_contract("transitiveMembers", saying("leads_back"))
            links.add(link)
            for person in ids:
                yield person

    async def is_member(self, person: PersonId, group: str) -> bool:
        """See the port; two requests, however many are in the group."""
        if wire.is_id(group):
            inside, _ = await asyncio.gather(self._is_in(person, group), self._there(group))
            return inside
        return await self._is_in(person, await self._group(group))

    async def sharing(self, keys: Keys) -> Sequence[Listed]:
        """See the port."""
        path = wire.sharing(keys)
        if path is None:
            return []
        try:
            return [listed(person_of(user)) for user in (await self._api.get_json(path, doing="users"))["value"]]
        except (KeyError, TypeError, AttributeError):
            raise self._api.out_of_contract("users", saying("other_shape")) from None

    def sharing_any(self, keys: Sequence[Keys]) -> AsyncIterator[Listed]:
        """See the port; twenty in a request."""
        return self._many.sharing(keys)

    def changed(self, since: Cursor | None) -> AsyncIterator[Changes]:
        """See the port."""
        return changes(self._api, since)

    def told(self, people: Sequence[PersonId]) -> AsyncIterator[tuple[PersonId, Listed | None]]:
        """See the port; twenty people in a request."""
        return self._many.told(people)

    async def find(self, key: str) -> Listed | None:
        """See the port."""
        person = await find_person(self._api, key)
        return None if person is None else listed(person)

    def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the port; twenty people in a request."""
        return self._photos.look(people)

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the port."""
        return await self._photos.read(person, at_least_px)

    async def aclose(self) -> None:
        """See the port."""
        await self._photos.aclose()
        await self._photo_api.aclose()
        await self._api.aclose()

    async def _is_in(self, person: PersonId, group_id: str) -> bool:
        path, body = wire.check_member_groups(person), {"groupIds": [group_id]}
        answer = await self._api.send("POST", path, doing="checkMemberGroups", body=body, repeat=True, parse_json=True)
        if answer.status == 404:
            raise PersonGone(self.settings.name, "checkMemberGroups", saying("no_person_or_group"))
        if not answer.ok:
            raise self._denied_group(self._api.fault(answer, "checkMemberGroups"))
        try:
            return group_id.casefold() in [told.casefold() for told in answer.json()["value"]]
        except (KeyError, TypeError, AttributeError):
            raise self._api.out_of_contract("checkMemberGroups", saying("other_shape")) from None

    async def _there(self, group_id: str) -> None:
        answer = await self._api.send("GET", wire.group(group_id), doing="groups")
        if answer.status == 404:
            raise PersonGone(self.settings.name, "groups", saying("no_group", group=repr(group_id)))
        if not answer.ok:
            raise self._denied_group(self._api.fault(answer, "groups"))

    async def _group(self, name: str) -> str:
        try:
            found = await self._api.get_json(wire.groups_named(name), doing="groups")
            ids = [str(row["id"]) for row in found["value"]]
        except AccessDenied as error:
            raise self._denied_group(error) from None
        except (KeyError, TypeError):
            raise self._api.out_of_contract("groups", saying("other_shape")) from None
        if len(ids) != 1:
            several = saying("groups_called", groups=str(len(ids)), group=repr(name))
            raise PersonGone(self.settings.name, "groups", several if ids else saying("no_group", group=repr(name)))
        return ids[0]

    def _denied_group(self, fault: SystemFault) -> SystemFault:
        if isinstance(fault, AccessDenied):
            return AccessDenied(fault.system, fault.doing, fault.saw, (MEMBERS,))
        return fault
