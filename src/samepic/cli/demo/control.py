"""The tenant's switchboard, for what the demo lets happen behind Samepic's back."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from samepic.cli.demo.world import DemoFailed, World


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody in the made-up organisation."""

    id: str
    upn: str
    display_name: str
    case: str


class Control:
    """A client of `/_tenant`."""

    def __init__(self, world: World) -> None:
        headers = {"Authorization": f"Bearer {world.control_token}"}
        self._session = aiohttp.ClientSession(world.url, headers=headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def people(self) -> list[Resident]:
        """Everybody, with the awkward case that they are."""
        async with self._session.get("/_tenant/people") as answer:
            answer.raise_for_status()
            said: dict[str, Any] = await answer.json()
        return [Resident(one["id"], one["upn"], one["display_name"], one["case"]) for one in said["people"]]

    async def picture(self, person: Resident, store: str) -> bytes | None:
        """The very bytes that a store holds."""
        async with self._session.get(f"/_tenant/pictures/{quote(person.id)}/{store}") as answer:
            if answer.status == 404:
                return None
            answer.raise_for_status()
            return await answer.read()

    async def replace(self, person: Resident, store: str, data: bytes) -> None:
        """What another program would have done to that store."""
        async with self._session.put(f"/_tenant/pictures/{quote(person.id)}/{store}", data=data) as answer:
            if answer.status >= 300:
                raise DemoFailed(f"the tenant did not take a picture: {answer.status}")
