"""What is Graph's own: who has a mailbox, what a picture's absence looks like, what twenty in a request cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.conftest import RunningTenant
from tests.contract.tenant_benches import Tenants, connect, of_case
from tests.contract.tenant_benches import tenants as start_tenants

from samepic.model.person import NotEligible, PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD
from samepic.model.system import Sighting
from samepic.ports.errors import AccessDenied, PersonGone, PictureRefused
from samepic.systems.entra_id import EntraId, EntraIdSettings
from samepic.systems.exchange_online import ExchangeOnline
from samepic.testkit.pictures import jpeg, same_picture
from samepic.transport.answer import Answer
from samepic.transport.graph_photo import seen


@pytest.fixture(scope="module")
def tenants() -> Iterator[Tenants]:
    yield from start_tenants()


@pytest.fixture
def tenant(tenants: Tenants) -> RunningTenant:
    return tenants.fresh()


@pytest.fixture
async def entra(tenant: RunningTenant) -> AsyncIterator[EntraId]:
    system = EntraId(connect(tenant))
    yield system
    await system.aclose()


@pytest.fixture
async def exchange(tenant: RunningTenant) -> AsyncIterator[ExchangeOnline]:
    system = ExchangeOnline(connect(tenant))
    yield system
    await system.aclose()


def id_of(tenant: RunningTenant, upn: str) -> PersonId:
    user = tenant.tenant.store.user(upn)
    assert user is not None
    return PersonId(user.id)


def ids(tenant: RunningTenant, case: str) -> list[PersonId]:
    return [id_of(tenant, upn) for upn in of_case(tenant, case)]


async def sightings(system: EntraId | ExchangeOnline, people: list[PersonId]) -> dict[PersonId, Sighting]:
    return {s.person: s async for s in system.look(people)}


async def test_the_census_tells_who_takes_part(entra: EntraId, tenant: RunningTenant) -> None:
    rows = {row.person: row.census async for page in entra.people() for row in page.people}
    for person in tenant.control.people():
        told = rows[id_of(tenant, person["upn"])]
        assert told is not None
        assert told.guest == (person["case"] == "guest")
        assert told.enabled == (person["case"] != "disabled")
        if person["case"] in ("no_mailbox", "plain", "never_visited"):
            assert told.has_mailbox_plan == (person["case"] != "no_mailbox")
        assert bool(told.geography) == (person["case"] == "other_geography")


async def test_a_census_of_many_pages_is_whole_and_can_be_taken_up_again(tenant: RunningTenant) -> None:
    system = EntraId(connect(tenant), EntraIdSettings(page_size=25))
    pages = [page async for page in system.people()]
    assert len(pages) == 5
    everybody = [row.person for page in pages for row in page.people]
    assert len(everybody) == len(set(everybody)) == len(tenant.control.people())
    rest = [page async for page in system.people(pages[1].cursor)]
    assert [row.person for page in rest for row in page.people] == everybody[50:]
    assert rest[-1].closes_full_listing
    await system.aclose()


async def test_a_census_that_loses_a_page_in_the_middle_does_not_close(tenant: RunningTenant) -> None:
    system = EntraId(connect(tenant), EntraIdSettings(page_size=25))
    tenant.control.post_fault(kind="cut_listing", api="graph", operation="users", nth=3, share=0.2)
    pages = [page async for page in system.people()]
    assert not any(page.closes_full_listing for page in pages)
    await system.aclose()


async def test_mailboxes_elsewhere_are_not_eligible_in_exchange(
    exchange: ExchangeOnline, tenant: RunningTenant
) -> None:
    for upn in of_case(tenant, "on_premises_mailbox"):
        if tenant.control.picture(upn, "directory") is not None:
            tenant.control.delete_picture(upn, "directory")
    for sighting in (await sightings(exchange, ids(tenant, "on_premises_mailbox"))).values():
        assert sighting.state is NO_PICTURE
        assert sighting.not_eligible in (NotEligible.ON_PREMISES_MAILBOX, None)


CODES = [
    (404, "ImageNotFound", "", NO_PICTURE, None),
    (404, "ErrorEntityNotFound", "", NO_PICTURE, None),
    (404, "ErrorItemNotFound", "", NO_PICTURE, None),
    (404, "ErrorNonExistentMailbox", "", NO_PICTURE, NotEligible.NO_MAILBOX),
    (400, "AuthenticationError", "", NO_PICTURE, NotEligible.NO_MAILBOX),
    (404, "MailboxNotEnabledForRESTAPI", "", NO_PICTURE, NotEligible.NO_MAILBOX),
    (404, "MailboxNotHostedInExchangeOnline", "", NO_PICTURE, NotEligible.ON_PREMISES_MAILBOX),
    (404, "SomethingNew", "Exception of type '…ImageNotFoundException' was thrown.", NO_PICTURE, None),
    (404, "SomethingNew", "", NOT_TOLD, None),
    (400, "SomethingNew", "", NOT_TOLD, None),
    (403, "ErrorAccessDenied", "", NOT_TOLD, None),
    (429, "TooManyRequests", "", NOT_TOLD, None),
]


@pytest.mark.parametrize(("status", "code", "message", "state", "not_eligible"), CODES)
def test_every_documented_code_is_understood(
    status: int, code: str, message: str, state: object, not_eligible: NotEligible | None
) -> None:
    body = f'{{"error": {{"code": "{code}", "message": "{message}"}}}}'.encode()
    found = seen(Answer(status, {}, body))
    assert (found.state, found.not_eligible) == (state, not_eligible)


def test_both_shapes_of_a_missing_picture_and_of_its_description() -> None:
    gif = b'{"@odata.mediaContentType":"image/gif","@odata.mediaEtag":"","id":"1x1","width":1,"height":1}'
    assert seen(Answer(200, {}, gif)).state is NO_PICTURE
    for description in (
        b'{"@odata.mediaEtag":"\\"BA09D118\\"","id":"240x240","width":240,"height":240}',
        b'{"@odata.mediaEtag":"\\"BA09D118\\"","id":"default","width":256,"height":256}',
    ):
        assert seen(Answer(200, {}, description)).state == '"BA09D118"'
    assert seen(Answer(200, {}, b"[]")).state is NOT_TOLD
    assert seen(Answer(404, {}, b"")).state is NO_PICTURE


async def test_one_persons_refusal_is_not_told_among_many_and_raised_alone(
    exchange: ExchangeOnline, tenant: RunningTenant
) -> None:
    people = ids(tenant, "plain")[:30]
    fault = {"kind": "status", "api": "graph", "operation": "photo", "person": people[25], "times": None}
    tenant.control.post_fault(**fault, status=403)
    told = await sightings(exchange, people)
    assert told[people[25]].state is NOT_TOLD
    assert all(s.state is not NOT_TOLD for p, s in told.items() if p != people[25])
    with pytest.raises(AccessDenied):
        await exchange.read(people[25])
    with pytest.raises(AccessDenied):
        await sightings(exchange, [people[25]])


async def test_what_is_busy_within_a_batch_is_asked_again(exchange: ExchangeOnline, tenant: RunningTenant) -> None:
    people = ids(tenant, "plain")[:20]
    tenant.control.post_fault(
        kind="status", api="graph", operation="photo", person=people[3], status=429, headers={"Retry-After": "1"}
    )
    await sightings(exchange, people[:1])
    tenant.control.clear_ledger()
    assert all(s.state is not NOT_TOLD for s in (await sightings(exchange, people)).values())
    assert tenant.control.count(operation="$batch") == 2
    assert tenant.control.count(operation="photo") == 21


async def test_looks_and_reads_share_requests(exchange: ExchangeOnline, tenant: RunningTenant) -> None:
    people = ids(tenant, "plain")[:20]
    await sightings(exchange, people[:1])
    tenant.control.clear_ledger()
    await sightings(exchange, people)
    assert tenant.control.ledger()["total"] == 1
    await asyncio.gather(*(exchange.read(person, 96) for person in people))
    assert tenant.control.ledger()["total"] == 3
    await exchange.read(people[0])
    assert tenant.control.ledger()["total"] == 4


async def test_a_broken_picture_harms_nobody_elses_read(exchange: ExchangeOnline, tenant: RunningTenant) -> None:
    plain = of_case(tenant, "plain")[:4]
    for number, upn in enumerate(plain):
        tenant.control.put_picture(upn, "exchange", jpeg(number) if number != 1 else b"<html>no picture</html>")
    people = [id_of(tenant, upn) for upn in plain]
    found = await asyncio.gather(*(exchange.read(person) for person in people), return_exceptions=True)
    assert isinstance(found[1], PictureRefused)
    for number in (0, 2, 3):
        read = found[number]
        assert isinstance(read, tuple)
        assert same_picture(read[1].data, jpeg(number))


async def test_a_body_cut_short_is_read_again(exchange: ExchangeOnline, tenant: RunningTenant) -> None:
    upn = of_case(tenant, "plain")[0]
    tenant.control.put_picture(upn, "exchange", jpeg(3))
    tenant.control.post_fault(kind="cut_body", api="graph", operation="$batch")
    read = await exchange.read(id_of(tenant, upn))
    assert read is not None
    assert same_picture(read[1].data, jpeg(3))
    assert [fault["met"] for fault in tenant.control.faults()] == [1]


async def test_a_groups_name_has_to_be_somebodys(entra: EntraId, tenant: RunningTenant) -> None:
    group = next(g for g in tenant.tenant.store.groups if g.display_name == "All staff")
    by_name = {person async for person in entra.members("All staff")}
    assert by_name == {person async for person in entra.members(group.id)}
    with pytest.raises(PersonGone):
        [person async for person in entra.members("00000000-0000-4000-8000-00000000dead")]


async def test_one_person_is_looked_up_in_a_group_of_any_size_by_two_requests(
    entra: EntraId, tenant: RunningTenant
) -> None:
    group = next(g for g in tenant.tenant.store.groups if g.display_name == "All staff")
    person = next(iter({person async for person in entra.members(group.id)}))
    guest = id_of(tenant, of_case(tenant, "guest")[0])
    tenant.control.clear_ledger()
    before = entra.requests
    assert await entra.is_member(person, group.id.upper())
    assert not await entra.is_member(guest, "All staff")
    assert entra.requests - before == 4
    assert "transitiveMembers" not in {entry["operation"] for entry in tenant.control.ledger()["entries"]}
    with pytest.raises(PersonGone, match="no group"):
        await entra.is_member(person, "00000000-0000-4000-8000-00000000dead")
    with pytest.raises(PersonGone, match="no such person"):
        await entra.is_member(PersonId("nobody"), group.id)
    tenant.control.post_fault(kind="status", api="graph", operation="checkMemberGroups", status=403)
    with pytest.raises(AccessDenied) as caught:
        await entra.is_member(person, group.id)
    assert "GroupMember.Read.All" in caught.value.missing[0].permission


async def test_wrong_credentials_stop_with_what_to_do(tenant: RunningTenant) -> None:
    connection = connect(tenant, by_secret=True)
    object.__setattr__(connection.app.credential, "value", "wrong")
    system = EntraId(connection)
    with pytest.raises(AccessDenied, match="AADSTS") as caught:
        [page async for page in system.people()]
    assert caught.value.missing
    assert "wrong" not in str(caught.value)
    probe = await system.probe()
    assert not probe.works
    assert probe.missing
    await system.aclose()
