"""Who is meant: routes take an object id, a UPN or a mail address, and what is remembered goes by the id alone."""

from __future__ import annotations

import asyncio

from samepic.engine.observe import key_of
from samepic.engine.person import UnknownPerson
from samepic.model.text import keepable
from samepic.portal.site import Site

_LONGEST = 320
"""Of a mail address (RFC 5321 §4.5.3.1); neither an object id nor a UPN is longer."""


async def person_of(site: Site, key: str) -> str:
    """The id of whoever a key names; also of somebody who has left, as long as they are remembered.

    An id that is remembered asks nobody. An address is the directory's to explain first: it may be somebody else's by
    now. Raises UnknownPerson, and what the census raises.
    """
    if not 0 < len(key) <= _LONGEST or keepable(key) != key:
        raise UnknownPerson([keepable(key[:_LONGEST])], site.census.profile.name)
    folded = key.casefold()
    if await asyncio.to_thread(_is_remembered, site, folded):
        return folded
    found = await site.census.find(key)
    if found is not None:
        return key_of(found)
    known = await asyncio.to_thread(site.state.changes.known_as, key)
    if known is None:
        raise UnknownPerson([key], site.census.profile.name)
    return known


async def people_of(site: Site, keys: list[str]) -> list[str]:
    """The ids of several, each once, in their order. Raises as `person_of`."""
    return list(dict.fromkeys(await asyncio.gather(*(person_of(site, key) for key in keys))))


def _is_remembered(site: Site, key: str) -> bool:
    """Whether it is the id of somebody whom a run has met."""
    if site.state.changes.known_as(key) == key:
        return True
    runs = (site.state.people.met_by(route) for route in site.routes)
    return any(run is not None and site.state.people.of(run.run, key) is not None for run in runs)
