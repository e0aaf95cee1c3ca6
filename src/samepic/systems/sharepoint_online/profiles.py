"""User profiles: many read in one request, one person's picture properties set in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from samepic.model.person import NotEligible
from samepic.model.sayings import saying
from samepic.model.system import Grant
from samepic.ports.errors import AccessDenied, PersonGone, PersonNotEligible, SystemFault
from samepic.systems.sharepoint_online import csom, wire
from samepic.transport.api import Api
from samepic.transport.together import Together

_DOING_READ = "ProcessQuery of GetPropertiesFor"
_DOING_WRITE = "ProcessQuery of SetSingleValueProfileProperty"
_MAX_BYTES = 32_000_000


class Profiles:
    """Read as the app; written as the app or, where that is denied, as the administrator who signed in.

    denied: what an administrator has to grant where writing is refused.
    """

    def __init__(self, reads: Api, writes: Api, most: int, denied: tuple[Grant, ...]) -> None:
        self._reads = reads
        self._writes = writes
        self._denied = denied
        self._together: Together[str, wire.Profile | None] = Together(self._ask, most)

    async def read(self, upn: str) -> wire.Profile | None:
        """One person's profile, None where there is none; askings of one moment share a request."""
        return await self._together.answer(upn)

    async def read_many(self, upns: Sequence[str]) -> Mapping[str, wire.Profile | Exception | None]:
        """Many at once, each with their own failure; a common one is raised."""
        return await self._ask(upns) if upns else {}

    async def write(self, upn: str, properties: Sequence[tuple[str, str]]) -> wire.Profile | None:
        """Set properties in order; says how the profile was just before.

        Raises PersonGone, PersonNotEligible, AccessDenied.
        """
        api = self._writes
        if not csom.is_sayable(upn):
            raise PersonGone(api.meter.system, _DOING_WRITE, saying("no_profile"))
        body = csom.set_properties(upn, properties)
        answer = await api.send(
            "POST", csom.PATH, doing=_DOING_WRITE, headers=csom.HEADERS, body=body, repeat=False, parse_json=True
        )
        if answer.status == 403:
            raise AccessDenied(api.meter.system, _DOING_WRITE, answer.words, self._denied)
        if not answer.ok:
            raise api.fault(answer, _DOING_WRITE)
        try:
            failed = csom.failure(answer.json())
            if failed is None:
                (told,) = csom.profiles_read(answer.json(), [upn])
                found = None if told is None else self._of(told, upn)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise api.out_of_contract(_DOING_WRITE, saying("other_shape_told", words=str(error))) from None
        if failed is not None:
            raise self._fault(failed)
        if isinstance(found, Exception):
            raise found
        return found

    async def may_write(self, profile: wire.Profile) -> bool:
        """Whether writing is permitted, tried by writing somebody's timestamp as it is.

        Raises AccessDenied where no token was to be had to try it with: nothing is known about the right then.
        """
        try:
            await self.write(profile.upn, [(wire.TIMESTAMP, profile.timestamp)])
        except AccessDenied as denied:
            if denied.doing == "token":
                raise
            return False
        except (PersonGone, PersonNotEligible):
            pass
        return True

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self._together.aclose()

    async def _ask(self, upns: Sequence[str]) -> Mapping[str, wire.Profile | Exception | None]:
        """One request; if somebody in it spoils it, the others are asked again without them."""
        unsayable = [upn for upn in upns if not csom.is_sayable(upn)]
        if unsayable:
            sayable = [upn for upn in upns if csom.is_sayable(upn)]
            return {**dict.fromkeys(unsayable), **(await self._ask(sayable) if sayable else {})}
        system = self._reads.meter.system
        answer = await self._reads.send(
            "POST",
            csom.PATH,
            doing=_DOING_READ,
            headers=csom.HEADERS,
            body=csom.read_profiles(upns),
            max_bytes=_MAX_BYTES,
            repeat=True,
            parse_json=True,
        )
        if not answer.ok:
            raise self._reads.fault(answer, _DOING_READ)
        try:
            failed = csom.failure(answer.json())
            if failed is None:
                told = csom.profiles_read(answer.json(), upns)
                return {upn: None if one is None else self._of(one, upn) for upn, one in zip(upns, told, strict=True)}
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise self._reads.out_of_contract(_DOING_READ, saying("other_shape_told", words=str(error))) from None
        if failed.denied:
            raise AccessDenied(system, _DOING_READ, failed.words, self._reads.grants)
        if len(upns) > 1:
            found: dict[str, wire.Profile | Exception | None] = {}
            for half in (upns[: len(upns) // 2], upns[len(upns) // 2 :]):
                try:
                    found.update(await self._ask(half))
                except SystemFault as error:
                    found.update(dict.fromkeys(half, error))
            return found
        return {upns[0]: None if failed.nobody else self._reads.out_of_contract(_DOING_READ, failed.words)}

    def _of(self, told: Mapping[str, Any], upn: str) -> wire.Profile | Exception:
        """A profile, which has to be theirs: what is read of it decides where their picture goes."""
        if not csom.is_of(told, upn):
            return self._reads.out_of_contract("ProcessQuery", saying("of_somebody_else"))
        return wire.Profile.of(told, upn)

    def _fault(self, failed: csom.Failure) -> SystemFault:
        system = self._writes.meter.system
        if failed.denied:
            return AccessDenied(system, _DOING_WRITE, failed.words, self._denied)
        if failed.not_editable:
            return PersonNotEligible(system, _DOING_WRITE, failed.words, NotEligible.PICTURE_NOT_EDITABLE)
        if failed.nobody:
            return PersonGone(system, _DOING_WRITE, failed.words)
        return self._writes.out_of_contract(_DOING_WRITE, failed.words)
