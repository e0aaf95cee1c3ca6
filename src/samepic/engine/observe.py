"""Who exists, and what the listings say of their pictures: rows of the run, never objects held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from samepic.engine.streak import Stop
from samepic.engine.work import PAGE, Work
from samepic.model.outcome import MatchedNobody
from samepic.model.person import NotEligible, Person
from samepic.model.policy import Policy
from samepic.model.remembered import Row
from samepic.model.sayings import saying
from samepic.model.system import Listed, Looks
from samepic.planning import file_name_stem
from samepic.ports.errors import AccessDenied, Busy, OutOfContract, PersonGone
from samepic.ports.progress import Phase
from samepic.ports.system import PictureSource


@dataclass(frozen=True, slots=True)
class CensusRead:
    """What came of reading the census. incomplete: in words, empty where it was told to its end."""

    incomplete: tuple[str, ...] = ()
    matched_nobody: MatchedNobody = field(default_factory=MatchedNobody)


async def observe_census(work: Work) -> CensusRead:
    """Enter everybody; say what was incomplete, and what of the policy concerns nobody. Raises Stop."""
    empty = await enter_groups(work)
    unknown = set(work.route.policy.opted_out)
    incomplete = await _enter_everybody(work, unknown)
    if incomplete:
        return CensusRead((incomplete,), MatchedNobody(except_group=empty))
    return CensusRead(matched_nobody=MatchedNobody(tuple(sorted(unknown)), empty))


async def _enter_everybody(work: Work, unknown: set[str]) -> str | None:
    """Say what was incomplete. unknown: loses each entry that is somebody's key."""
    work.progress.begin(Phase.CENSUS, None)
    census, closed, people = work.route.census, False, 0
    try:
        async for page in census.people():
            rows = await rows_of(work, page.people)
            for start in range(0, len(rows), PAGE):
                await work.put(rows[start : start + PAGE])
            if unknown:
                unknown.difference_update(key for row in rows for _, key in row.person.keys)
            if _is_source(work):
                await _enter_listed(work, census, page.people)
            people += len(rows)
            work.progress.advance(len(rows))
            closed = closed or page.closes_full_listing
    except Busy as busy:
        return saying("cut_people_saw", system=census.profile.name, saw=busy.saw)
    except (AccessDenied, OutOfContract) as fault:
        raise Stop.of(fault) from fault
    if not closed:
        return saying("cut_people", system=census.profile.name)
    if not people and (met := await work.remembering(work.state.memories.count, work.route.name)):
        return saying("nobody_listed", system=census.profile.name, people=str(met))
    return None


async def observe_listing(work: Work, system: PictureSource) -> list[str]:
    """Enter what a system lists, where it lists anything; say what was incomplete. Raises Stop."""
    if not is_listed(system) or system is work.route.census:
        return []
    work.progress.begin(Phase.LISTING, None)
    closed = False
    try:
        async for page in system.people():
            await _enter_listed(work, system, page.people)
            work.progress.advance(len(page.people))
            closed = closed or page.closes_full_listing
    except Busy as busy:
        return [saying("cut_saw", system=system.profile.name, saw=busy.saw)]
    except (AccessDenied, OutOfContract) as fault:
        raise Stop.of(fault) from fault
    return [] if closed else [saying("cut", system=system.profile.name)]


def is_listed(system: PictureSource) -> bool:
    """Whether a listing tells anything that the census does not."""
    return system.profile.lists_people or system.profile.looks is Looks.IN_LISTING


async def rows_of(work: Work, page: Sequence[Listed]) -> list[Row]:
    """A page of the census as rows of the run, each with the first rule that leaves the person out."""
    people = {}
    for one in page:
        person = with_file_name(one.census or Person(one.keys))
        people[key_of(one)] = person
    policy = work.route.policy
    inside = await _members(work, policy.only_group, list(people))
    excepted = await _members(work, policy.except_group, list(people))
    return [
        Row(
            key,
            person,
            not_eligible=left_out(person, policy, policy.only_group is None or key in inside, key in excepted),
        )
        for key, person in people.items()
    ]


def key_of(listed: Listed) -> str:
    """By what a person is remembered: the strongest of what the census tells."""
    keys = listed.census.keys if listed.census else listed.keys
    return (keys.object_id or listed.person or keys.upn or keys.mail or "").casefold()


def with_file_name(person: Person) -> Person:
    """With the stem that a picture library may know them by."""
    keys = person.keys
    if keys.file_name or not keys.upn:
        return person
    return replace(person, keys=replace(keys, file_name=file_name_stem(keys.upn)))


def left_out(person: Person, policy: Policy, inside: bool, excepted: bool) -> NotEligible | None:
    """The first rule of the policy that leaves a person out. inside, excepted: as `only_group`, `except_group` say."""
    if policy.opted_out and any(value in policy.opted_out for _, value in person.keys):
        return NotEligible.OPTED_OUT
    if person.guest and not policy.guests:
        return NotEligible.GUEST
    if not person.enabled and not policy.disabled:
        return NotEligible.DISABLED
    if not inside:
        return NotEligible.OUTSIDE_GROUP
    return NotEligible.EXCEPTED_GROUP if excepted else None


def _is_source(work: Work) -> bool:
    return work.route.census is work.route.source


async def _enter_listed(work: Work, system: PictureSource, page: Sequence[Listed]) -> None:
    for start in range(0, len(page), PAGE):
        await work.remembering(work.state.listings.put, work.run, system.profile.name, page[start : start + PAGE])


async def enter_groups(work: Work) -> str | None:
    """Give back `except_group` where it has no members; nobody in `only_group` is a Stop."""
    policy, empty = work.route.policy, None
    for group in policy.groups:
        portion: list[str] = []
        some = False
        try:
            async for member in work.route.census.members(group):
                some = True
                portion.append(member.casefold())
                if len(portion) >= PAGE:
                    await work.remembering(work.state.listings.put_members, work.run, group, portion)
                    portion = []
        except (AccessDenied, OutOfContract, Busy, PersonGone) as fault:
            raise Stop.of(fault) from fault
        if group == policy.only_group and not some:
            raise Stop(saying("group_empty", system=work.route.census.profile.name, group=group))
        if not some:
            empty = group
        await work.remembering(work.state.listings.put_members, work.run, group, portion)
    return empty


async def _members(work: Work, group: str | None, keys: list[str]) -> set[str]:
    if group is None:
        return set()
    return await work.remembering(work.state.listings.members_among, work.run, group, keys)
