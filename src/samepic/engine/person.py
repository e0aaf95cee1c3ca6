"""What the systems say of one person, asked for by name: the beginning of a request and of an explanation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from samepic.engine.look import source_seen, target_seen
from samepic.engine.match import Partner, addressed, contested, joined, may_be_contested, uncontested
from samepic.engine.observe import key_of, left_out, with_file_name
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.person import KeyKind, Keys, NotEligible, Person, PersonId
from samepic.model.remembered import Row
from samepic.model.sayings import saying
from samepic.model.system import Listed, Sighting, SystemProfile
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
            rows[key_of(one)] = Row(key_of(one), with_file_name(one.census or Person(one.keys)))
    return [replace(row, not_eligible=await _left_out(work, row)) for row in rows.values()]


async def observe(work: Work, row: Row, *, though_left_out: bool = False) -> Observed:
    """Find a person in both systems and look at both, side by side. though_left_out: also where no step can follow."""
    route = work.route
    source, target = await asyncio.gather(partner_of(work, route.source, row), partner_of(work, route.target, row))
    row = joined(row, source, target, route.source.profile)
    if row.not_eligible is not None and not though_left_out:
        return Observed(row)
    from_source, from_target, *twice = await asyncio.gather(
        _sighting(route.source, row.source_person),
        _sighting(route.target, row.target_person),
        _contested(work, route.source.profile, row),
        _contested(work, route.target.profile, row),
    )
    source = uncontested(source, row, route.source.profile, twice[0])
    target = uncontested(target, row, route.target.profile, twice[1])
    row = joined(row, source, target, route.source.profile)
    if row.source_person is not None:
        row = source_seen(row, from_source)
    if row.target_person is not None:
        row = target_seen(row, from_target)
    return Observed(row, from_source if source.person else None, from_target if target.person else None)


async def observe_one(work: Work, row: Row, *, in_source: bool) -> Observed:
    """The same in one system, the other being left alone. Raises SystemFault."""
    route, nobody = work.route, Partner(None)
    system: PictureSource = route.source if in_source else route.target
    partner = await partner_of(work, system, row)
    sighting, twice = await asyncio.gather(_sighting(system, partner.person), _contested(work, system.profile, row))
    partner = uncontested(partner, row, system.profile, twice)
    if in_source:
        row = joined(row, partner, nobody, route.source.profile)
        return Observed(source_seen(row, sighting), sighting) if partner.person else Observed(row)
    row = joined(row, nobody, partner, route.source.profile)
    return Observed(target_seen(row, sighting), None, sighting) if partner.person else Observed(row)


async def _contested(work: Work, profile: SystemProfile, row: Row) -> set[str]:
    """Whether somebody else has the key by which a system knows this person: a sweep sees that, having seen all."""
    kind = profile.addressed_by
    key = getattr(row.person.keys, kind.value)
    if not may_be_contested(profile) or not key:
        return set()
    return contested(kind, [one.keys for one in await work.route.census.sharing(Keys(**{kind.value: key}))])


async def partner_of(work: Work, system: PictureSource, row: Row) -> Partner:
    """Who the person is in a system that has to be asked for each. Raises SystemFault."""
    profile, keys = system.profile, row.person.keys
    if not profile.lists_people:
        return addressed(keys, profile)
    for _, key in keys:
        found: Listed | None = await system.find(key)
        if found is None:
            continue
        match = match_one(keys, [found.keys])
        if match.index is not None and match.by is not KeyKind.OBJECT_ID:
            rivals = [one.keys for one in await work.route.census.sharing(found.keys) if key_of(one) != row.key]
            match = match_one(keys, [found.keys], rivals)
        if match.index is None:
            return Partner(None, unmatched=saying("of_system", system=profile.name, words=match.words))
        return replace(addressed(keys, profile), unmatched=None) if found.person is None else Partner(found.person)
    return Partner(None, unmatched=saying("of_system", system=profile.name, words=saying("nobody_has")))


async def _sighting(system: PictureSource, person: PersonId | None) -> Sighting | None:
    if person is None:
        return None
    seen = None
    async for sighting in system.look([person]):
        seen = sighting
    return seen


async def _left_out(work: Work, row: Row) -> NotEligible | None:
    policy = work.route.policy
    inside, excepted = await asyncio.gather(
        _is_member(work, policy.only_group, row), _is_member(work, policy.except_group, row)
    )
    return left_out(row.person, policy, policy.only_group is None or inside, excepted)


async def _is_member(work: Work, group: str | None, row: Row) -> bool:
    if group is None:
        return False
    try:
        return await work.route.census.is_member(PersonId(row.person.keys.object_id or row.key), group)
    except SystemFault as fault:
        raise Stop.of(fault) from fault
