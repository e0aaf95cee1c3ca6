"""SharePoint Online: what the library lists, what profiles say, and a picture written into both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from samepic.model.person import Keys, NotEligible, PersonId
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, Picture, PictureState, Place, Stamp
from samepic.model.sayings import saying
from samepic.model.system import Cursor, Listed, Page, Probe, Sighting, SystemProfile, Written
from samepic.ports.errors import AccessDenied, Busy, PersonGone, PersonNotEligible, PictureMoved, SystemFault
from samepic.systems.sharepoint_online import wire
from samepic.systems.sharepoint_online.library import ETags, FileThere, Library
from samepic.systems.sharepoint_online.places import SIZES, Files, picture_url, same_host, stamp_of
from samepic.systems.sharepoint_online.probing import probe
from samepic.systems.sharepoint_online.profiles import Profiles
from samepic.systems.sharepoint_online.settings import (
    CERTIFICATE,
    FILES,
    FIND,
    PROFILES,
    SharePointOnlineSettings,
)
from samepic.transport.client import Meter
from samepic.transport.connection import TenantConnection
from samepic.transport.graph_people import find_person
from samepic.transport.together import abreast
from samepic.transport.tokens import SIGN_IN


@dataclass(frozen=True, slots=True)
class _Seen:
    """One person's profile, where it leads to, and what lies there."""

    profile: wire.Profile
    files: Files | None
    etags: ETags

    @property
    def stamp(self) -> PictureState:
        """The stamp of what lies at the place, shown or not."""
        return stamp_of(self.etags) if self.etags else NO_PICTURE

    @property
    def state(self) -> PictureState:
        """What is shown. A PictureURL that leads out of the library tells no stamp."""
        if not self.profile.shows_picture:
            return NO_PICTURE
        return NOT_TOLD if self.files is None else self.stamp


class SharePointOnline:
    """The picture library of the My Site host and the profiles that point into it."""

    def __init__(self, connection: TenantConnection, settings: SharePointOnlineSettings | None = None) -> None:
        self.settings = settings or SharePointOnlineSettings()
        self.connection = connection
        self._meter = Meter(self.settings.name)
        self.origin = connection.cloud.my_site(self.settings.tenant_name)
        admin = connection.cloud.admin_site(self.settings.tenant_name)
        at_once, by_secret = self.settings.at_once, () if connection.app.by_certificate else (CERTIFICATE,)
        self._files_api = connection.sharepoint(self._meter, self.origin, grants=(*by_secret, FILES), at_once=at_once)
        profile_grants = (*by_secret, FILES, PROFILES)
        self._reads = connection.sharepoint(self._meter, admin, grants=profile_grants, at_once=at_once)
        self._writes, denied = self._reads, (*by_secret, PROFILES, SIGN_IN)
        if connection.delegated is not None and connection.delegated.signed_in:
            denied = (SIGN_IN,)
            self._writes = connection.sharepoint(
                self._meter, admin, grants=denied, at_once=at_once, tokens=connection.delegated
            )
        self._people = connection.graph(self._meter, grants=(FIND,), at_once=at_once)
        self.library = Library(self._files_api, self.settings)
        self.profiles = Profiles(self._reads, self._writes, self.settings.look_batch, denied)

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
        """See the port; what is tried writes somebody's timestamp as it is."""
        signed_in = self._writes is not self._reads
        return await probe(self.settings, self.library, self.profiles, self._people, signed_in=signed_in)

    def people(self, since: Cursor | None = None) -> AsyncIterator[Page]:
        """See the port: one row for each person's files in the library, by item id."""
        return self.library.pages(since)

    async def find(self, key: str) -> Listed | None:
        """See the port; only a UPN is known here, so that Graph is asked for anything else."""
        profile = await self.profiles.read(key) if "@" in key else None
        if profile is None:
            person = await find_person(self._people, key)
            if person is None or not person.keys.upn:
                return None
            profile = await self.profiles.read(person.keys.upn)
            if profile is None:
                return None
        seen = await self._seen(profile)
        keys = Keys(profile.object_id or None, profile.upn, profile.mail or None)
        return Listed(keys, PersonId(profile.upn), seen.state, seen.files.place if seen.files else None)

    async def look(self, people: Sequence[PersonId]) -> AsyncIterator[Sighting]:
        """See the port: profiles and files of many people in two requests."""
        size = self.settings.look_batch
        parts = [people[i : i + size] for i in range(0, len(people), size)]
        async for sightings in abreast(parts, self._look, self.settings.at_once):
            for sighting in sightings:
                yield sighting

    async def read(self, person: PersonId, at_least_px: int | None = None) -> tuple[Stamp, Picture] | None:
        """See the port; where the size asked for is missing, the next larger one, else the largest there is."""
        seen = await self._person(person, "read")
        if not seen.profile.shows_picture or seen.files is None or not seen.etags:
            return None
        edges = {r.name: r.edge_px for r in self.profile.renditions if r.name in seen.etags}
        enough = [size for size in edges if at_least_px is not None and edges[size] >= at_least_px]
        size = min(enough, key=edges.__getitem__) if enough else max(edges, key=edges.__getitem__)
        picture = await self.library.read_picture(seen.files.path(size))
        return None if picture is None else (stamp_of(seen.etags), picture)

    async def write(
        self, person: PersonId, renditions: Sequence[Picture], *, replacing: PictureState, place: Place | None
    ) -> Written:
        """See the port: S, M and L, then in one request the properties, the placeholder's state last.

        A new picture at a place that was looked at needs no further look: SharePoint itself refuses the first file
        where one is there, and the request that sets the properties tells how they were.
        """
        files = Files.at(place)
        if replacing is NO_PICTURE and files is not None and files.keys.object_id:
            try:
                first = await self.library.add(files, SIZES[0], renditions[0].data, overwrite=False)
                return await self._new(person, files, first, renditions)
            except FileThere:
                pass
        return await self._over(person, renditions, replacing)

    async def _new(self, person: PersonId, files: Files, first: str | None, renditions: Sequence[Picture]) -> Written:
        """The rest of a new picture; taken back where another hand had set one elsewhere meanwhile."""
        written, before = await self._finish(person, files, {}, renditions, first)
        if before is not None and before.shows_picture and await self._shows_others(before, files):
            await self.profiles.write(person, _as_before(before))
            await self._take_back(files, {})
            raise PictureMoved(self.settings.name, "Files/add", saying("another_now"))
        return written

    async def _shows_others(self, profile: wire.Profile, ours: Files) -> bool:
        """Whether a PictureURL leads to other files than ours that are there: a dead one shows nobody anything."""
        there = self._files_of(profile)
        return there != ours and (there is None or bool(await self.library.etags(there)))

    async def _over(self, person: PersonId, renditions: Sequence[Picture], replacing: PictureState) -> Written:
        """A picture where one may be: looked at first."""
        seen = await self._person(person, "Files/add")
        self._check_place(seen)
        own = seen.files is not None and _certainly_own(seen.files, seen.profile)
        files = seen.files if own and seen.files else await self._new_files(seen.profile)
        there = seen.etags if own else await self.library.etags(files)
        # Under a name that others can have too, what lies there counts even where this person is shown nothing.
        shown = seen.state if not there or _certainly_own(files, seen.profile) else NOT_TOLD
        await self._guard(files, there, shown, replacing, renditions)
        url = seen.profile.picture_url if own else None
        written, _ = await self._finish(person, files, there, renditions, None, url)
        return written

    async def _finish(
        self,
        person: PersonId,
        files: Files,
        there: ETags,
        renditions: Sequence[Picture],
        first: str | None,
        url: str | None = None,
    ) -> tuple[Written, wire.Profile | None]:
        """Store the files (but those that a write cut short has stored), set the properties.

        What was new goes if these are refused.
        """
        etags = {SIZES[0]: first} if first is not None else {}
        for size, rendition in zip(SIZES, renditions, strict=True):
            if size in etags:
                continue
            if await self.library.holds(files, size, rendition.data, there):
                etags[size] = there[size]
            elif (etag := await self.library.add(files, size, rendition.data)) is not None:
                etags[size] = etag
        sync_off = self.profile.switches_sync_off
        properties = [
            (wire.PICTURE_URL, url or picture_url(self.origin, files.path("M"))),
            (wire.TIMESTAMP, wire.timestamp(datetime.now(UTC))),
            (wire.SYNC, "0" if sync_off else "1"),
            (wire.PLACEHOLDER, "0"),
        ]
        try:
            before = await self.profiles.write(person, properties)
        except (PersonNotEligible, AccessDenied, PersonGone):
            await self._take_back(files, there)
            raise
        return Written(stamp_of(etags) if len(etags) == len(SIZES) else NOT_TOLD, files.place, sync_off), before

    async def _take_back(self, files: Files, there: ETags) -> None:
        for size in SIZES:
            if size not in there:
                await self.library.remove(files, size)

    async def clear(self, person: PersonId, *, replacing: Stamp, place: Place | None) -> Written:
        """See the port: first the properties, then the files, so that nobody is shown a broken picture."""
        seen = await self._person(person, "clear")
        off = _sync_off(seen.profile)
        if seen.state is not NO_PICTURE or seen.etags:
            if replacing not in (seen.state, seen.stamp) and seen.state is not NO_PICTURE:
                raise PictureMoved(self.settings.name, "clear", saying("another_now"))
            await self.profiles.write(person, [(wire.PLACEHOLDER, "1"), (wire.PICTURE_URL, "")])
            for size in seen.etags:
                if seen.files is not None and _may_be_own(seen.files, seen.profile):
                    await self.library.remove(seen.files, size)
        return Written(NO_PICTURE, None, off)

    async def aclose(self) -> None:
        """See the port."""
        await self.profiles.aclose()
        await self.library.aclose()
        for api in (self._files_api, self._reads, self._writes, self._people):
            await api.aclose()

    async def _look(self, people: Sequence[PersonId]) -> list[Sighting]:
        """A batch. What fails for one person is NOT_TOLD for them, unless it fails for all."""
        profiles = await self.profiles.read_many(people)
        failures = [found for found in profiles.values() if isinstance(found, Exception)]
        busy = next((f for f in failures if isinstance(f, Busy | AccessDenied)), None)
        if busy is not None or (failures and len(failures) == len(people)):
            raise busy or failures[0]
        places = {p: self._files_of(found) for p, found in profiles.items() if isinstance(found, wire.Profile)}
        etags = await self.library.etags_of([files for files in places.values() if files is not None])
        folder = await self.library.folder()
        return [self._sighting(person, profiles[person], places.get(person), etags, folder) for person in people]

    def _sighting(
        self,
        person: PersonId,
        profile: wire.Profile | Exception | None,
        files: Files | None,
        etags: Mapping[Files, ETags | SystemFault],
        folder: str,
    ) -> Sighting:
        """The place is told also of a picture that is still to come, where its names are free to choose."""
        if profile is None:
            return Sighting(person, GONE, not_eligible=NotEligible.NO_PROFILE)
        told = etags[files] if files is not None else {}
        if isinstance(profile, Exception) or isinstance(told, SystemFault):
            return Sighting(person, NOT_TOLD)
        seen, here = _Seen(profile, files, told), self._is_here(profile)
        free = not profile.picture_url if files is None else seen.state is NO_PICTURE
        if free and here and profile.object_id and not (files and _certainly_own(files, profile)):
            files = Files(folder, profile.object_id)
        return Sighting(
            person,
            seen.state,
            files.place if files is not None else None,
            None if here else NotEligible.OTHER_GEOGRAPHY,
            _sync_off(profile),
            profile.blanked,
            profile.changed_at,
        )

    async def _person(self, person: PersonId, doing: str) -> _Seen:
        profile = await self.profiles.read(person)
        if profile is None:
            raise PersonGone(self.settings.name, doing, saying("no_profile"))
        return await self._seen(profile)

    async def _seen(self, profile: wire.Profile) -> _Seen:
        files = self._files_of(profile)
        return _Seen(profile, files, {} if files is None else await self.library.etags(files))

    def _files_of(self, profile: wire.Profile) -> Files | None:
        """Where the profile's PictureURL leads, if that is the library of this host."""
        files = Files.of_url(profile.picture_url) if profile.picture_url else None
        if files is None or not same_host(profile.picture_url, self.origin):
            return None
        return files if self.library.has(files) else None

    def _is_here(self, profile: wire.Profile) -> bool:
        return not profile.host or same_host(profile.host, self.origin)

    def _check_place(self, seen: _Seen) -> None:
        if not self._is_here(seen.profile):
            raise PersonNotEligible(
                self.settings.name,
                "GetPropertiesFor",
                saying("profile_elsewhere", host=seen.profile.host),
                NotEligible.OTHER_GEOGRAPHY,
            )

    async def _new_files(self, profile: wire.Profile) -> Files:
        """Names for a person without a PictureURL: object ids, because mangled UPNs of two people can be equal."""
        stem = profile.object_id or _mangled(profile.upn)
        return Files(await self.library.folder(), stem)

    async def _guard(
        self,
        files: Files,
        there: ETags,
        state: PictureState,
        replacing: PictureState,
        renditions: Sequence[Picture],
    ) -> None:
        """Refuse to lose a picture that nobody has decided about; a write of ours cut half-way is no such picture."""
        lies = stamp_of(there) if there else NO_PICTURE
        if replacing is NOT_TOLD or replacing in (state, lies):
            return
        for size, rendition in zip(SIZES, renditions, strict=True):
            if size in there and await self._reads_as(files.path(size), rendition.data):
                return
        raise PictureMoved(self.settings.name, "Files/add", saying("another_now"))

    async def _reads_as(self, path: str, data: bytes) -> bool:
        try:
            return await self.library.read(path) == data
        except SystemFault:
            return False


def _mangled(upn: str) -> str:
    """The stem that the library once made of a UPN; two UPNs can give one."""
    return upn.replace("@", "_").replace(".", "_")


def _certainly_own(files: Files, profile: wire.Profile) -> bool:
    """Whether nobody else's PictureURL can rightly lead there; see docs/why/2026-11-22-whose-files.md."""
    return bool(profile.object_id) and files.stem.casefold() == profile.object_id.casefold()


def _may_be_own(files: Files, profile: wire.Profile) -> bool:
    """Whether the name is one that the library gives to this person's files."""
    return _certainly_own(files, profile) or files.stem.casefold() == _mangled(profile.upn).casefold()


def _sync_off(profile: wire.Profile) -> bool:
    """Whether SharePoint's own sync is switched off; one that never ran is on."""
    return profile.sync == "0"


def _as_before(profile: wire.Profile) -> list[tuple[str, str]]:
    """The properties that give a profile its picture back."""
    return [
        (wire.PICTURE_URL, profile.picture_url),
        (wire.TIMESTAMP, profile.timestamp),
        (wire.SYNC, profile.sync),
        (wire.PLACEHOLDER, profile.placeholder),
    ]
