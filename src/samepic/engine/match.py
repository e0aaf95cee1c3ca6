"""Who each person of a page is in the route's two systems, and what the listings say of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from samepic.engine.observe import is_listed
from samepic.engine.work import Work
from samepic.model.person import KeyKind, Keys, NotEligible, PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD, PictureState, Place
from samepic.model.remembered import Row
from samepic.model.sayings import saying, together
from samepic.model.system import Listed, SystemProfile
from samepic.planning import match_one, named
from samepic.ports.system import PictureSource


@dataclass(frozen=True, slots=True)
class Partner:
    """What is known of a person in one system before it is asked about them."""

    person: PersonId | None
    state: PictureState = NOT_TOLD
    place: Place | None = None
    unmatched: str | None = None


async def match(work: Work, rows: Sequence[Row], complete: Collection[str]) -> list[Row]:
    """Fill in both systems' sides. complete: the names of systems whose listing was told to its end."""
    taking_part = [row for row in rows if row.not_eligible is None]
    memories = await work.remembering(work.state.memories.of, work.route.name, [row.key for row in taking_part])
    source, target = work.route.source, work.route.target
    places = {row.key: memories[row.key].place for row in taking_part if row.key in memories}
    sources = await _partners(work, source, taking_part, {}, source.profile.name in complete)
    targets = await _partners(work, target, taking_part, places, target.profile.name in complete)
    return [
        joined(row, sources[row.key], targets[row.key], source.profile) if row.key in sources else row for row in rows
    ]


def addressed(keys: Keys, profile: SystemProfile) -> Partner:
    """The partner in a system that knows people by a key the census tells."""
    kind = profile.addressed_by
    key = getattr(keys, kind.value)
    if not key:
        return Partner(None, unmatched=saying("key_untold", system=profile.name, key=named(kind)))
    return Partner(PersonId(key))


def joined(row: Row, source: Partner, target: Partner, profile: SystemProfile) -> Row:
    """A row with both its partners. profile: the source's."""
    unmatched = together(filter(None, (source.unmatched, target.unmatched))) or None
    needs_plan = profile.needs_mailbox_plan and not row.person.has_mailbox_plan
    return replace(
        row,
        not_eligible=row.not_eligible or (NotEligible.NO_MAILBOX if needs_plan else None),
        unmatched=unmatched,
        source_person=source.person,
        source=source.state,
        target_person=target.person,
        target=target.state,
        place=target.place,
    )


async def _partners(
    work: Work, system: PictureSource, rows: Sequence[Row], places: Mapping[str, Place | None], complete: bool
) -> dict[str, Partner]:
    profile = system.profile
    twice = await _contested(work, profile, rows)
    if not is_listed(system):
        found = {row.key: addressed(row.person.keys, profile) for row in rows}
        return {row.key: uncontested(found[row.key], row, profile, twice) for row in rows}
    keys = [row.person.keys for row in rows]
    listed = await work.remembering(
        work.state.listings.candidates, work.run, profile.name, keys, {place for place in places.values() if place}
    )
    rivals = await work.remembering(work.state.rows.sharing, work.run, [one.keys for one in listed])
    by_key, by_place = _Index(listed), {one.place: one for one in listed if one.place}
    people = _Index([Listed(keys, PersonId(key)) for key, keys in rivals.items()])
    found = {}
    for row in rows:
        place = places.get(row.key)
        remembered = by_place.get(place) if place else None
        if remembered is not None and not _somebody_elses(remembered, row):
            # A pull of the target's own may have moved to another name and left what we wrote behind: which of two
            # is shown, only the target itself tells.
            moved = any(not _somebody_elses(one, row) for one in by_key.sharing(row.person.keys) if one != remembered)
            found[row.key] = addressed(row.person.keys, profile) if moved else _told(row, remembered, profile)
        else:
            found[row.key] = _matched(row, by_key, people, profile, complete)
    return {row.key: uncontested(found[row.key], row, profile, twice) for row in rows}


async def _contested(work: Work, profile: SystemProfile, rows: Sequence[Row]) -> set[str]:
    """The keys by which the system knows people and that more than one person of the census has, folded."""
    kind = profile.addressed_by
    if not may_be_contested(profile):
        return set()
    told = [Keys(**{kind.value: key}) for row in rows if (key := getattr(row.person.keys, kind.value))]
    sharing = await work.remembering(work.state.rows.sharing, work.run, told)
    return contested(kind, sharing.values())


def contested(kind: KeyKind, everybody: Iterable[Keys]) -> set[str]:
    """The keys of a kind that more than one of these people has, folded."""
    counted = Counter(str(getattr(keys, kind.value)).casefold() for keys in everybody)
    return {key for key, people in counted.items() if people > 1}


def may_be_contested(profile: SystemProfile) -> bool:
    """Whether the system knows people by a key that the census may have given to two, and does not list them."""
    return profile.addressed_by is not KeyKind.OBJECT_ID and not profile.lists_people


def uncontested(partner: Partner, row: Row, profile: SystemProfile, twice: Collection[str]) -> Partner:
    """The partner, unless the key by which the system knows people is one of those that somebody else has too.

    An object id is one person's by its nature. An address can be two people's by a mistake or by letter case alone,
    and what is written to it would show on one of them, nobody knows which.
    """
    key = getattr(row.person.keys, profile.addressed_by.value)
    if not twice or not key or key.casefold() not in twice:
        return partner
    shared = saying("key_shared", key=named(profile.addressed_by))
    return Partner(None, unmatched=saying("of_system", system=profile.name, words=shared))


def _matched(row: Row, listed: _Index, people: _Index, profile: SystemProfile, complete: bool) -> Partner:
    candidates = listed.sharing(row.person.keys)
    others = [p.keys for one in candidates for p in people.sharing(one.keys) if p.person != row.key]
    match = match_one(row.person.keys, [one.keys for one in candidates], others)
    if match.index is not None:
        return _told(row, candidates[match.index], profile)
    if not profile.lists_people:
        # Nobody's file, or not certainly theirs: no file is no picture, an uncertain one is asked about by name.
        partner = addressed(row.person.keys, profile)
        return replace(partner, state=NO_PICTURE if complete and not candidates else NOT_TOLD)
    unmatched = saying("of_system", system=profile.name, words=match.words)
    return Partner(None, unmatched=unmatched) if complete else Partner(None)


def _told(row: Row, listed: Listed, profile: SystemProfile) -> Partner:
    if listed.person is not None:
        return Partner(listed.person, listed.state, listed.place)
    return replace(addressed(row.person.keys, profile), state=listed.state, place=listed.place)


def _somebody_elses(listed: Listed, row: Row) -> bool:
    theirs, own = listed.keys.object_id, row.person.keys.object_id
    return bool(theirs and own and theirs.casefold() != own.casefold())


class _Index:
    """Rows of a listing by each of their keys."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self._by_key: dict[tuple[KeyKind, str], list[Listed]] = defaultdict(list)
        for one in listed:
            for told in one.keys:
                self._by_key[told].append(one)

    def sharing(self, keys: Keys) -> list[Listed]:
        """Every row that shares a key, each once."""
        found = {id(one): one for told in keys for one in self._by_key.get(told, ())}
        return list(found.values())
