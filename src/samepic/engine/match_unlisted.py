"""Who each person of a page is in the route's two systems, where nothing was listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.many import each, one_by_one
from samepic.engine.match import Partner, addressed, contested, joined, may_be_contested, uncontested
from samepic.engine.observe import key_of
from samepic.engine.person import partner_of
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.person import Keys
from samepic.model.remembered import Row
from samepic.model.system import SystemProfile
from samepic.ports.errors import SystemFault
from samepic.ports.system import PictureSource


async def match_unlisted(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Fill in both systems' sides, no stamp told: both are to be looked at. Raises Stop.

    Whoever is not found in a system that has to be asked for each has `failed` set where it did not answer.
    """
    sides: list[dict[str, Partner]] = []
    failed: dict[str, str] = {}
    taking_part = [row for row in rows if row.not_eligible is None]
    for system in (work.route.source, work.route.target):
        twice = await _contested(work, system.profile, taking_part)
        found = await _partners(work, system, taking_part, failed)
        sides.append({r.key: uncontested(found[r.key], r, system.profile, twice) for r in taking_part})
    source, target = sides
    matched = [
        joined(row, source[row.key], target[row.key], work.route.source.profile) if row.key in source else row
        for row in rows
    ]
    return [replace(row, failed=failed.get(row.key, row.failed)) for row in matched]


async def _partners(
    work: Work, system: PictureSource, rows: Sequence[Row], failed: dict[str, str]
) -> dict[str, Partner]:
    profile = system.profile
    found = {row.key: addressed(row.person.keys, profile) for row in rows}
    if not profile.lists_people or system is work.route.census:
        return found

    async def one(row: Row) -> None:
        try:
            found[row.key] = await partner_of(work, system, row)
        except SystemFault as fault:
            found[row.key], failed[row.key] = Partner(None), await work.streak.met(fault)
        else:
            work.streak.well()

    await each(one_by_one(rows), work.at_once, one)
    return found


async def _contested(work: Work, profile: SystemProfile, rows: Sequence[Row]) -> set[str]:
    """The keys by which the system knows people and that somebody else of the census has too, folded."""
    kind = profile.addressed_by
    if not may_be_contested(profile):
        return set()
    asked = [Keys(**{kind.value: key}) for row in rows if (key := getattr(row.person.keys, kind.value))]
    try:
        everybody = {key_of(one): one.keys async for one in work.route.census.sharing_any(asked)}
    except SystemFault as fault:
        raise Stop.of(fault) from fault
    return contested(kind, [keys for keys in everybody.values() if getattr(keys, kind.value)])
