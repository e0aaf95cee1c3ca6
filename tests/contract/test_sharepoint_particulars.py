"""What is SharePoint's own: properties, permissions, places, and who cannot be written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.conftest import RunningTenant
from tests.contract.tenant_benches import SharePointBench, Tenants, connect, connect_signed_in, of_case
from tests.contract.tenant_benches import tenants as start_tenants

from localtenant.sharepoint import library
from samepic.model.person import NotEligible, PersonId
from samepic.model.picture import NO_PICTURE, Place, Stamp
from samepic.model.system import Sighting
from samepic.ports.errors import AccessDenied, Busy, PersonNotEligible, PictureMoved
from samepic.systems.sharepoint_online import SharePointOnline, SharePointOnlineSettings
from samepic.testkit.pictures import jpeg, renditions, same_picture


@pytest.fixture(scope="module")
def tenants() -> Iterator[Tenants]:
    yield from start_tenants()


@pytest.fixture
def tenant(tenants: Tenants) -> RunningTenant:
    return tenants.fresh()


@pytest.fixture
async def sharepoint(tenant: RunningTenant) -> AsyncIterator[SharePointOnline]:
    system = SharePointOnline(connect(tenant))
    yield system
    await system.aclose()


async def seen(system: SharePointOnline, upn: str) -> Sighting:
    (sighting,) = [s async for s in system.look([PersonId(upn)])]
    return sighting


async def write(system: SharePointOnline, upn: str, number: int = 77) -> None:
    now = await seen(system, upn)
    pictures = renditions(number, system.profile.renditions)
    await system.write(PersonId(upn), pictures, replacing=now.state, place=now.place)


def profile(tenant: RunningTenant, upn: str) -> dict[str, str]:
    """The picture's properties as the tenant holds them."""
    user = tenant.tenant.store.user(upn)
    assert user is not None
    found = tenant.tenant.store.profiles.get(user.id)
    assert found is not None
    return {
        "url": found.picture_url,
        "timestamp": found.picture_timestamp,
        "placeholder": found.placeholder_state,
        "sync": found.exchange_sync_state,
    }


def paths(tenant: RunningTenant) -> set[str]:
    return {f"{file.folder}/{file.name}" for file in tenant.tenant.store.files}


async def test_a_write_is_four_requests_and_sets_the_placeholder_last(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    upn = of_case(tenant, "never_visited")[0]
    await write(sharepoint, of_case(tenant, "never_visited")[1])
    tenant.control.clear_ledger()
    now = await seen(sharepoint, upn)
    tenant.control.clear_ledger()
    pictures = renditions(77, sharepoint.profile.renditions)
    await sharepoint.write(PersonId(upn), pictures, replacing=now.state, place=now.place)
    assert tenant.control.count(operation="Files/add", batched=False) == 3
    assert tenant.control.count(api="sharepoint", batched=False) == 4
    told = profile(tenant, upn)
    assert (told["placeholder"], told["sync"]) == ("0", "1")
    assert told["url"].endswith("_MThumb.jpg")
    assert int(told["timestamp"]) > 63_000_000_000


async def test_for_another_source_than_exchange_the_systems_own_sync_is_switched_off(tenant: RunningTenant) -> None:
    system = SharePointOnline(connect(tenant), SharePointOnlineSettings(exchange_is_source=False))
    upn = of_case(tenant, "never_visited")[0]
    pictures = renditions(1, system.profile.renditions)
    written = await system.write(PersonId(upn), pictures, replacing=NO_PICTURE, place=None)
    assert written.sync_off is True
    assert profile(tenant, upn)["sync"] == "0"
    assert (await seen(system, upn)).sync_off is True
    await system.aclose()


async def test_new_pictures_go_where_the_library_keeps_them_under_object_ids(tenants: Tenants) -> None:
    tenant = tenants.fresh(folder_name="Profilbilleder")
    system = SharePointOnline(connect(tenant))
    upn = of_case(tenant, "never_visited")[0]
    user = tenant.tenant.store.user(upn)
    assert user is not None
    await write(system, upn)
    assert f"/User Photos/Profilbilleder/{user.id}_LThumb.jpg" in paths(tenant)
    await system.aclose()


async def test_a_write_asks_where_the_picture_lies_whatever_place_is_remembered(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    upn = of_case(tenant, "plain")[0]
    before = paths(tenant)
    stale = Place('["/User Photos/Profile Pictures", "somewhere-else"]')
    now = await seen(sharepoint, upn)
    pictures = renditions(5, sharepoint.profile.renditions)
    written = await sharepoint.write(PersonId(upn), pictures, replacing=now.state, place=stale)
    assert paths(tenant) == before
    assert written.place == now.place
    assert tenant.control.picture(upn, "sharepoint-l") == pictures[-1].data


def lead(tenant: RunningTenant, upn: str, stem: str, **also: str) -> None:
    """Let a profile's PictureURL lead to files of this name."""
    store = tenant.tenant.store
    user = store.user(upn)
    assert user is not None
    found = store.profiles.get(user.id)
    assert found is not None
    url = f"/User Photos/Profile Pictures/{stem}_MThumb.jpg"
    store.profiles.put(user.id, replace(found, picture_url=url, placeholder_state="0", **also))


@pytest.mark.parametrize("prefix", ["object_id", "mangled_upn"])
async def test_a_write_never_touches_files_that_somebody_else_is_shown(tenants: Tenants, prefix: str) -> None:
    """A PictureURL copied from a colleague, or the one name that a.b@ and a_b@ share in an older library."""
    tenant = tenants.fresh(file_prefix=prefix)
    system = SharePointOnline(connect(tenant))
    hers, his = of_case(tenant, "plain")[:2]
    stem = profile(tenant, hers)["url"].rpartition("/")[2].removesuffix("_MThumb.jpg")
    lead(tenant, his, stem)
    shown = tenant.control.picture(hers, "sharepoint-l")
    await write(system, his, 5)
    assert tenant.control.picture(hers, "sharepoint-l") == shown
    held = tenant.control.picture(his, "sharepoint-l")
    assert held is not None and same_picture(held, jpeg(5))

    lead(tenant, his, stem)
    now = await seen(system, his)
    assert isinstance(now.state, str)
    await system.clear(PersonId(his), replacing=Stamp(now.state), place=now.place)
    assert tenant.control.picture(hers, "sharepoint-l") == shown
    assert (await seen(system, his)).state is NO_PICTURE
    await write(system, his, 6)
    assert tenant.control.picture(hers, "sharepoint-l") == shown
    await system.aclose()


async def test_a_picture_url_that_leads_to_no_file_does_not_keep_a_new_picture_out(tenants: Tenants) -> None:
    """Somebody's files were deleted by hand, or with an old name; the profile still points at them."""
    at = tenants.fresh(file_prefix="mangled_upn")
    upn = of_case(at, "renamed_upn")[0]
    dead = profile(at, upn)["url"]
    for size in ("s", "m", "l"):
        at.control.delete_picture(upn, f"sharepoint-{size}")
    assert profile(at, upn)["url"] == dead and profile(at, upn)["placeholder"] == "0"
    system = SharePointOnline(connect(at))
    assert (await seen(system, upn)).state is NO_PICTURE
    await write(system, upn)
    now = await seen(system, upn)
    assert isinstance(now.state, str)
    assert profile(at, upn)["url"] != dead
    shown = at.control.picture(upn, "sharepoint-l")
    assert shown is not None and same_picture(shown, jpeg(77, 300))
    await system.aclose()


async def test_a_new_picture_gives_way_to_one_that_another_hand_has_set_elsewhere_meanwhile(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    upn, other = of_case(tenant, "never_visited")[0], of_case(tenant, "plain")[0]
    user, owner = tenant.tenant.store.user(upn), tenant.tenant.store.user(other)
    assert user is not None and owner is not None
    now = await seen(sharepoint, upn)
    taken = profile(tenant, other)["url"]
    known = tenant.tenant.store.profiles.get(user.id)
    assert known is not None
    tenant.tenant.store.profiles.put(user.id, replace(known, picture_url=taken, placeholder_state="0"))
    before = paths(tenant)
    with pytest.raises(PictureMoved):
        await sharepoint.write(
            PersonId(upn), renditions(77, sharepoint.profile.renditions), replacing=now.state, place=now.place
        )
    assert profile(tenant, upn)["url"].endswith(quote(taken))
    assert paths(tenant) == before


async def test_cases_are_told_as_they_are(sharepoint: SharePointOnline, tenant: RunningTenant) -> None:
    assert (await seen(sharepoint, of_case(tenant, "sync_off")[0])).sync_off is True
    plain = await seen(sharepoint, of_case(tenant, "plain")[0])
    assert (plain.sync_off, plain.not_eligible, plain.blanked_by_system) == (False, None, False)
    assert plain.changed_at is not None
    never = await seen(sharepoint, of_case(tenant, "never_visited")[0])
    assert (never.state, never.blanked_by_system) == (NO_PICTURE, False)
    user = tenant.tenant.store.user(never.person)
    assert user is not None
    assert never.place == f'["/User Photos/Profile Pictures", "{user.id}"]'
    guest = await seen(sharepoint, of_case(tenant, "guest")[0])
    assert guest.not_eligible is NotEligible.NO_PROFILE


async def test_a_pull_that_found_nothing_is_told_as_blanked_by_the_system(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    blanked = []
    for person in tenant.control.people():
        sighting = await seen(sharepoint, person["upn"])
        if sighting.blanked_by_system:
            assert sighting.state is NO_PICTURE
            told = profile(tenant, person["upn"])
            assert (told["placeholder"], told["sync"]) == ("1", "1")
            blanked.append(person)
    assert blanked
    await write(sharepoint, blanked[0]["upn"])
    assert not (await seen(sharepoint, blanked[0]["upn"])).blanked_by_system


async def test_another_geographys_people_are_not_written(sharepoint: SharePointOnline, tenant: RunningTenant) -> None:
    upn = of_case(tenant, "other_geography")[0]
    assert (await seen(sharepoint, upn)).not_eligible is NotEligible.OTHER_GEOGRAPHY
    before = paths(tenant)
    with pytest.raises(PersonNotEligible) as caught:
        await write(sharepoint, upn)
    assert caught.value.reason is NotEligible.OTHER_GEOGRAPHY
    assert paths(tenant) == before


async def test_a_property_closed_for_editing_is_told_and_leaves_no_files(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    upn = of_case(tenant, "not_editable")[0]
    before = paths(tenant)
    with pytest.raises(PersonNotEligible) as caught:
        await write(sharepoint, upn)
    assert caught.value.reason is NotEligible.PICTURE_NOT_EDITABLE
    assert paths(tenant) == before


async def test_a_tenant_that_denies_apps_profile_writes_is_told_and_left_as_it_was(tenants: Tenants) -> None:
    tenant = tenants.fresh(app_only_profile_writes="denied")
    system = SharePointOnline(connect(tenant))
    probe = await system.probe()
    assert (probe.works, probe.can_write) == (False, False)
    assert probe.facts["app_only_profile_writes"] == "denied"
    assert "samepic sign-in" in [grant.permission for grant in probe.missing]
    before = paths(tenant)
    upn = of_case(tenant, "never_visited")[0]
    with pytest.raises(AccessDenied) as caught:
        await write(system, upn)
    assert caught.value.missing
    assert paths(tenant) == before
    reader = SharePointOnline(connect(tenant), SharePointOnlineSettings(writes=False))
    assert (await reader.probe()).works
    await reader.aclose()
    await system.aclose()


async def test_an_administrator_who_signed_in_writes_where_apps_may_not(tenants: Tenants) -> None:
    tenant = tenants.fresh(app_only_profile_writes="denied")
    system = SharePointOnline(await connect_signed_in(tenant))
    probe = await system.probe()
    assert (probe.works, probe.can_write) == (True, True), probe
    upn = of_case(tenant, "never_visited")[0]
    await write(system, upn, 8)
    found = await system.read(PersonId(upn))
    assert found is not None
    assert same_picture(found[1].data, jpeg(8))
    await system.aclose()


async def test_a_secret_is_refused_and_a_certificate_asked_for(tenant: RunningTenant) -> None:
    system = SharePointOnline(connect(tenant, by_secret=True))
    probe = await system.probe()
    assert not probe.works
    assert any("certificate" in grant.permission for grant in probe.missing)
    await system.aclose()


async def test_a_missing_library_is_told(tenant: RunningTenant) -> None:
    system = SharePointOnline(connect(tenant), SharePointOnlineSettings(library="/User Pictures"))
    probe = await system.probe()
    assert not probe.works
    assert "/User Pictures" in probe.words
    await system.aclose()


async def test_reads_of_one_moment_share_their_questions(sharepoint: SharePointOnline, tenant: RunningTenant) -> None:
    bench = SharePointBench(tenant)
    people = [PersonId(upn) for upn in of_case(tenant, "plain")[:8]]
    await sharepoint.read(people[0])
    tenant.control.clear_ledger()
    found = await asyncio.gather(*(sharepoint.read(person, 60) for person in people))
    assert all(found)
    assert tenant.control.count(api="sharepoint", batched=False) <= len(people) + 2
    await bench.system.aclose()


async def test_looking_costs_two_requests_for_twenty_people(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    people = [PersonId(person["upn"]) for person in tenant.control.people()]
    await seen(sharepoint, people[0])
    tenant.control.clear_ledger()
    assert len([s async for s in sharepoint.look(people)]) == len(people)
    assert tenant.control.count(api="sharepoint", batched=False) <= 2 * -(-len(people) // 20)


async def test_a_listing_of_many_pages_tells_each_picture_once(tenant: RunningTenant) -> None:
    small = SharePointOnline(connect(tenant), SharePointOnlineSettings(page_size=7))
    large = SharePointOnline(connect(tenant))
    rows = [row async for page in small.people() for row in page.people]
    whole = [row async for page in large.people() for row in page.people]
    assert len(rows) == len({row.place for row in rows})
    assert {(r.place, r.state) for r in rows} == {(r.place, r.state) for r in whole}
    await small.aclose()
    await large.aclose()


async def test_the_first_pictures_of_all_find_no_folder_and_make_one(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    library.remove_folder(tenant.tenant, "/User Photos/Profile Pictures")
    people = of_case(tenant, "never_visited")[:4]
    await asyncio.gather(*(write(sharepoint, upn, number) for number, upn in enumerate(people)))
    assert library.folder_paths(tenant.tenant) == ["/User Photos/Profile Pictures"]
    assert len(paths(tenant)) == 3 * len(people)
    for upn in people:
        assert (profile(tenant, upn)["placeholder"], tenant.control.picture(upn, "sharepoint-m") is None) == (
            "0",
            False,
        )
    assert tenant.control.count(operation="Folders", method="POST") > 0


async def test_one_spoilt_profile_does_not_hide_the_others(sharepoint: SharePointOnline, tenant: RunningTenant) -> None:
    people = [PersonId(upn) for upn in of_case(tenant, "plain")[:5]]
    tenant.control.post_fault(kind="status", api="sharepoint", operation="ProcessQuery", status=503, times=None)
    with pytest.raises(Busy):
        [s async for s in sharepoint.look(people)]
    tenant.control.clear_faults()
    assert all(isinstance(s.state, str) for s in [s async for s in sharepoint.look(people)])


async def test_a_file_that_stays_busy_is_not_told_for_its_person_only(
    sharepoint: SharePointOnline, tenant: RunningTenant
) -> None:
    people = of_case(tenant, "plain")[:3]
    tenant.control.post_fault(
        kind="status",
        api="sharepoint",
        operation="GetFileByServerRelativeUrl",
        person=people[0],
        status=403,
        times=None,
    )
    told = {s.person: s async for s in sharepoint.look([PersonId(upn) for upn in people])}
    assert not isinstance(told[PersonId(people[0])].state, str)
    assert told[PersonId(people[0])].state is not NO_PICTURE
    assert all(isinstance(told[PersonId(upn)].state, str) for upn in people[1:])
