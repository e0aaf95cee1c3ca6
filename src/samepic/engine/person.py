"""What the systems say of one person, asked for by name: the beginning of a request and of an explanation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from samepic.engine.look import source_seen, target_seen
from samepic.engine.match import Partner, addressed, joined
from samepic.engine.observe import left_out, with_file_name
from samepic.engine.streak import Stop, words_of
from samepic.engine.work import Work
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.remembered import Row
from samepic.model.system import Listed, Sighting
from samepic.planning import match_one
from samepic.ports.errors import SystemFault
from samepic.ports.system import PictureSource


class UnknownPerson(Exception):
    """The census knows nobody by these keys."""

    def __init__(self, keys: Sequence[str], census: str) -> None:
        super().__init__(f"{census}: nobody is known as {', '.join(keys)}")
        self.keys = tuple(keys)
        self.census = census


@dataclass(frozen=True, slots=True)
class Observed:
    """One person's row, and what was seen of them on the way."""

    row: Row
    source: Sighting | None = None
    target: Sighting | None = None


async def find(work: Work, keys: Sequence[str]) -> list[Row]:
    """The census's rows of people by object id, UPN or mail address, each once. Raises UnknownPerson."""
    census = work.route.census
    found = await asyncio.gather(*(census.find(key) for key in keys))
    strangers = [key for key, one in zip(keys, found, strict=True) if one is None]
    if strangers:
        raise UnknownPerson(strangers, census.profile.name)
    rows = {}
    for one in found:
        if one is not None:
            person = with_file_name(one.census or Person(one.keys))
            key = (person.keys.object_id or one.person or person.keys.upn or "").casefold()
            rows[key] = Row(key, person)
    return [replace(row, not_eligible=await _left_out(work, row)) for row in rows.values()]


async def observe(work: Work, row: Row, *, though_left_out: bool = False) -> Observed:
    """Find a person in both systems and look at both, side by side. though_left_out: also where no step can follow."""
    route = work.route
    source, target = await asyncio.gather(
        _partner(route.source, row.person.keys), _partner(route.target, row.person.keys)
    )
    row = joined(row, source, target, route.source.profile)
    if row.not_eligible is not None and not though_left_out:
        return Observed(row)
    from_source, from_target = await asyncio.gather(
        _sighting(route.source, row.source_person), _sighting(route.target, row.target_person)
    )
    if row.source_person is not None:
        row = source_seen(row, from_source)
    if row.target_person is not None:
        row = target_seen(row, from_target)
    return Observed(row, from_source, from_target)


async def _partner(system: PictureSource, keys: Keys) -> Partner:
    profile = system.profile
    if not profile.lists_people:
        return addressed(keys, profile)
    for _, key in keys:
        found: Listed | None = await system.find(key)
        if found is None:
            continue
        match = match_one(keys, [found.keys])
        if match.index is None:
            return Partner(None, unmatched=f"{profile.name}: {match.words}")
        return replace(addressed(keys, profile), unmatched=None) if found.person is None else Partner(found.person)
    return Partner(None, unmatched=f"{profile.name}: nobody has any of this person's keys")


async def _sighting(system: PictureSource, person: PersonId | None) -> Sighting | None:
    if person is None:
        return None
    seen = None
    async for sighting in system.look([person]):
        seen = sighting
    return seen


async def _left_out(work: Work, row: Row) -> NotEligible | None:
    policy = work.route.policy
    inside = policy.only_group is None or await _is_member(work, policy.only_group, row.key)
    excepted = policy.except_group is not None and await _is_member(work, policy.except_group, row.key)
    return left_out(row.person, policy, inside, excepted)


async def _is_member(work: Work, group: str, key: str) -> bool:
    try:
        async for member in work.route.census.members(group):
            if member.casefold() == key:
                return True
    except SystemFault as fault:
        raise Stop(words_of(fault)) from fault
    return False
