"""What the system that says who exists promises beyond: the rest of the contract of `samepic.ports.system` as tests."""

from __future__ import annotations

import pytest

from samepic.model.person import Keys
from samepic.ports.errors import PersonGone
from samepic.testkit.bench import CensusBench
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
