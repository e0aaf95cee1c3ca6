"""What the system that says who exists promises beyond: the rest of the contract of `samepic.ports.system` as tests."""

from __future__ import annotations

import pytest

from samepic.model.person import Keys, PersonId
from samepic.model.system import Cursor
from samepic.ports.errors import Busy, Expired, PersonGone
from samepic.testkit.bench import CensusBench, Trouble
from samepic.testkit.contract import SourceContract, listing, own_row


class CensusContract(SourceContract):
    """What the system that says who exists promises beyond."""

    async def test_the_census_tells_of_everybody(self, bench: CensusBench) -> None:
        rows = [row for page in await listing(bench) for row in page.people]
        assert all(row.census is not None for row in rows)
        assert {row.person for row in rows} == bench.everybody
        assert len(rows) == len(bench.everybody)

    async def test_a_person_found_is_told_of_as_in_the_listing(self, bench: CensusBench) -> None:
        pages = await listing(bench)
        for person in bench.pictured:
            found, row = await bench.system.find(bench.keys(person).upn or person), own_row(bench, pages, person)
            assert found is not None
            assert row is not None
            assert found.census == row.census

    async def test_a_group_holds_its_groups_people(self, bench: CensusBench) -> None:
        members = [person async for person in bench.system.members(bench.group)]
        assert sorted(members) == sorted(bench.group_members)

    async def test_one_person_is_asked_about_without_listing_a_group(self, bench: CensusBench) -> None:
        inside = {person for person in bench.everybody if await bench.system.is_member(person, bench.group)}
        assert inside == bench.group_members
        with pytest.raises(PersonGone):
            await bench.system.is_member(bench.pictured[0], "a group that is not there")

    async def test_an_address_is_of_whoever_has_it(self, bench: CensusBench) -> None:
        for person in bench.pictured:
            keys = bench.keys(person)
            for asked in (Keys(upn=keys.upn), Keys(mail=keys.mail), Keys(upn=keys.upn, mail=keys.mail)):
                assert [one.person for one in await bench.system.sharing(asked)] == [person] * any(asked), asked
        assert await bench.system.sharing(Keys(upn="o'nobody@nowhere.invalid", mail="nobody@nowhere.invalid")) == []
        assert await bench.system.sharing(Keys(bench.keys(bench.pictured[0]).object_id)) == []

    async def test_an_unknown_group_is_gone(self, bench: CensusBench) -> None:
        with pytest.raises(PersonGone):
            async for _ in bench.system.members("a group that is not there"):
                pass

    async def test_who_is_new_or_changed_is_told_once_from_where_the_last_round_ended(self, bench: CensusBench) -> None:
        renamed, leaver = bench.pictured[:2]
        nobody, begin = await round_of(bench, None)
        assert nobody == set()
        await bench.rename(renamed)
        newcomer = await bench.come()
        first, following = await round_of(bench, begin)
        assert first == {renamed, newcomer}
        assert (await round_of(bench, begin))[0] == first, "a cursor that is not given up tells the same again"
        await bench.leave(leaver)
        second, last = await round_of(bench, following)
        assert second <= {leaver}
        assert (await round_of(bench, last))[0] == set()
        for unknown in (Cursor(""), Cursor("nothing of ours"), Cursor("999999")):
            with pytest.raises(Expired):
                await round_of(bench, unknown)

    async def test_many_are_told_of_as_the_listing_would(self, bench: CensusBench) -> None:
        rows = {row.person: row for page in await listing(bench) for row in page.people}
        assert [one async for one in bench.system.told([])] == []
        told = dict([one async for one in bench.system.told([*bench.everybody, bench.stranger])])
        assert set(told) == {*bench.everybody, bench.stranger}
        assert told.pop(bench.stranger) is None
        assert {who: one.census for who, one in told.items() if one} == {who: row.census for who, row in rows.items()}
        await bench.trouble("told", Trouble.BUSY)
        with pytest.raises(Busy):
            async for _ in bench.system.told(list(bench.pictured)):
                pass
        await bench.heal()

    async def test_of_many_whoever_shares_an_address_is_told(self, bench: CensusBench) -> None:
        keys = [Keys(upn=bench.keys(person).upn) for person in (*bench.pictured, bench.bare)]
        found = {one.person async for one in bench.system.sharing_any([*keys, Keys(upn="o'nobody@nowhere.invalid")])}
        assert found == {*bench.pictured, bench.bare}


async def round_of(bench: CensusBench, since: Cursor | None) -> tuple[set[PersonId], Cursor]:
    """Who is told in one round, and from where the next goes on."""
    pages = [page async for page in bench.system.changed(since)]
    cursors = [page.cursor for page in pages]
    assert cursors[-1] is not None and cursors[:-1] == [None] * (len(pages) - 1), "only the last page has one"
    return {person for page in pages for person in page.people}, cursors[-1]
