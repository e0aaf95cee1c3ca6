"""Groups, their members through any nesting, and the organisation."""

from __future__ import annotations

import pytest
from tests.graph_client import ADMIN, BJØRN, GUEST, KARI, LOOP, NORTH, SALES, TENANT_ID, World, ids, of

from localtenant.store.records import Group


@pytest.fixture
def world() -> World:
    return World()


def test_groups_by_list_by_name_and_by_id(world: World) -> None:
    assert ids(world.get("/v1.0/groups")) == of([SALES, NORTH, LOOP])
    found = world.get("/v1.0/groups?$filter=displayName eq 'sales'&$select=id,displayName")["value"]
    assert found == [{"id": SALES.id, "displayName": "Sales"}]
    assert ids(world.get(f"/v1.0/groups?$filter=id eq '{NORTH.id}'")) == [NORTH.id]
    assert world.get(f"/v1.0/groups/{SALES.id}")["displayName"] == "Sales"
    assert world.get(f"/v1.0/groups('{SALES.id}')?$select=displayName")["displayName"] == "Sales"
    assert world.error("/v1.0/groups/nothing")[:2] == (404, "Request_ResourceNotFound")
    assert world.error("/v1.0/groups?$select=colour")[:2] == (400, "BadRequest")
    assert len(world.get("/v1.0/groups?$top=2")["value"]) == 2


def test_direct_members_are_people_and_groups(world: World) -> None:
    answer = world.get(f"/v1.0/groups/{NORTH.id}/members")
    assert ids(answer) == of([SALES, GUEST, LOOP])
    kinds = {entry["id"]: entry["@odata.type"] for entry in answer["value"]}
    assert kinds == {
        SALES.id: "#microsoft.graph.group",
        LOOP.id: "#microsoft.graph.group",
        GUEST.id: "#microsoft.graph.user",
    }


def test_transitive_members_are_each_there_once_even_in_a_ring(world: World) -> None:
    assert ids(world.get(f"/v1.0/groups/{NORTH.id}/transitiveMembers")) == of(
        [SALES, LOOP, NORTH, KARI, BJØRN, GUEST, ADMIN]
    )


@pytest.mark.parametrize("cast", ["microsoft.graph.user", "graph.user"])
def test_a_cast_leaves_the_people(world: World, cast: str) -> None:
    path = f"/v1.0/groups/{NORTH.id}/transitiveMembers/{cast}?$select=id,userPrincipalName&$top=3"
    first = world.get(path)
    assert set(first["value"][0]) == {"id", "userPrincipalName"}
    second = world.get(first["@odata.nextLink"])
    assert ids(first) + ids(second) == of([KARI, BJØRN, GUEST, ADMIN])
    assert "@odata.nextLink" not in second


def test_a_cast_that_members_cannot_be(world: World) -> None:
    path = f"/v1.0/groups/{NORTH.id}/members/microsoft.graph.planet"
    assert world.error(path)[:2] == (400, "Request_UnsupportedQuery")


def test_members_who_vanish_between_pages_take_nobody_along(world: World) -> None:
    path = f"/v1.0/groups/{NORTH.id}/transitiveMembers/microsoft.graph.user?$top=2"
    first = world.get(path)
    store = world.tenant.store
    store.groups.put(SALES.id, Group(SALES.id, "Sales", tuple(m for m in SALES.members if m not in ids(first))))
    rest = world.get(first["@odata.nextLink"])
    assert ids(first) + ids(rest) == of([KARI, BJØRN, GUEST, ADMIN])


def test_whoever_may_not_read_people_sees_members_as_ids(world: World) -> None:
    answer = world.get(f"/v1.0/groups/{SALES.id}/members", world.app("GroupMember.Read.All"))
    assert ids(answer) == of([KARI, BJØRN])
    assert {entry["displayName"] for entry in answer["value"]} == {None}


def test_the_organisation(world: World) -> None:
    reader = world.app("Organization.Read.All")
    found = world.get("/v1.0/organization", reader)["value"][0]
    assert (found["id"], found["onPremisesSyncEnabled"]) == (TENANT_ID, True)
    assert found["verifiedDomains"][0]["name"] == "fjordlys.example"
    assert world.get(f"/v1.0/organization/{TENANT_ID}", reader)["id"] == TENANT_ID
    assert world.error("/v1.0/organization/other", reader)[0] == 404


def test_which_of_some_groups_a_person_is_in_by_way_of_groups_too(world: World) -> None:
    every = [SALES.id, NORTH.id, LOOP.id]
    none = "00000000-0000-4000-8000-00000000dead"

    def inside(who: str, *groups: str) -> list[str]:
        answer = world.client.post(f"/v1.0/{who}/checkMemberGroups", json={"groupIds": groups}, headers=world.reader())
        assert answer.status_code == 200, answer.text
        assert answer.json()["@odata.context"].endswith("/v1.0/$metadata#Collection(Edm.String)")
        return list(answer.json()["value"])

    assert inside(f"users/{KARI.id}", *every) == every
    assert inside(f"users/{GUEST.id}", *every) == [NORTH.id, LOOP.id], "Loop and North hold each other"
    assert inside(f"users/{KARI.upn}", SALES.id.upper(), none, SALES.id) in ([SALES.id], [SALES.id, SALES.id])
    assert inside(f"users('{KARI.id}')") == []
    me = world.user(ADMIN, "User.Read", "GroupMember.Read.All")
    answer = world.client.post("/v1.0/me/checkMemberGroups", json={"groupIds": every}, headers=me)
    assert answer.json()["value"] == [NORTH.id, LOOP.id]


@pytest.mark.parametrize(
    ("who", "body", "status", "code", "words"),
    [
        (KARI.id, {"groupIds": [SALES.id] * 21}, 400, "Request_BadRequest", "At most 20"),
        (KARI.id, {"groupIds": [SALES.id, "sales"]}, 400, "Request_BadRequest", "Invalid object identifier 'sales'"),
        (KARI.id, {"groupIds": SALES.id}, 400, "Request_BadRequest", "groupIds"),
        (KARI.id, {"groupIds": [1]}, 400, "Request_BadRequest", "groupIds"),
        (KARI.id, [], 400, "Request_BadRequest", "groupIds"),
        (KARI.id, b"{", 400, "Request_BadRequest", "payload"),
        ("nobody", {"groupIds": [SALES.id]}, 404, "Request_ResourceNotFound", "'nobody'"),
    ],
)
def test_what_cannot_be_checked_is_refused_as_a_whole(
    world: World, who: str, body: object, status: int, code: str, words: str
) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    path = f"/v1.0/users/{who}/checkMemberGroups"
    answer = world.client.post(path, headers=world.reader(), **sent)  # type: ignore[arg-type]  # one of the two
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code) and words in error["message"]
