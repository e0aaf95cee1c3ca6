"""The directory's list of people as Graph's documents describe it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.graph_client import (
    ADMIN,
    BJØRN,
    EVERYBODY,
    GUEST,
    HYBRID,
    KARI,
    LEFT,
    PLANLESS,
    World,
    ids,
    of,
    person,
)

from localtenant.directory.people import change_person, remove_person
from localtenant.directory.user_properties import DEFAULT
from localtenant.exchange.mailbox import put_picture

EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("version", ["v1.0", "beta"])
def test_a_list_has_the_default_properties_and_nobody_missing(world: World, version: str) -> None:
    answer = world.get(f"/{version}/users")
    assert ids(answer) == of(EVERYBODY)
    assert "@odata.nextLink" not in answer
    assert set(DEFAULT) <= set(answer["value"][0])
    if version == "v1.0":
        assert list(answer["value"][0]) == list(DEFAULT)


def test_selected_properties_come_and_no_others(world: World) -> None:
    answer = world.get("/v1.0/users?$select=id,assignedPlans,accountEnabled,userType,companyName,preferredDataLocation")
    kari = next(entry for entry in answer["value"] if entry["id"] == KARI.id)
    assert kari == {
        "id": KARI.id,
        "assignedPlans": [
            {
                "assignedDateTime": "2020-01-02T00:00:00Z",
                "capabilityStatus": "Enabled",
                "service": "exchange",
                "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0",
            },
            {
                "assignedDateTime": "2020-01-02T00:00:00Z",
                "capabilityStatus": "Enabled",
                "service": "SharePoint",
                "servicePlanId": "5dbe027f-2339-4123-9542-606e4d348a72",
            },
        ],
        "accountEnabled": True,
        "userType": "Member",
        "companyName": None,
        "preferredDataLocation": None,
    }
    assert answer["@odata.context"].endswith(
        "/v1.0/$metadata#users(id,assignedPlans,accountEnabled,userType,companyName,preferredDataLocation)"
    )


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("$select=id,favouriteColour", "BadRequest", "Could not find a property named 'favouriteColour' on type"),
        ("$expand=photo", "BadRequest", "Expand is not allowed for property 'Photo'"),
        ("$top=1000", "Request_UnsupportedQuery", "Must be between 1 and 999"),
        ("$top=0", "Request_UnsupportedQuery", "Must be between 1 and 999"),
        ("$filter=favouriteColour eq 'red'", "BadRequest", "Could not find a property named 'favouriteColour'"),
        ("$filter=displayName eq", "BadRequest", "syntax error"),
        ("$filter=displayName eq 'a' displayName", "BadRequest", "syntax error"),
        ("$filter=displayName gt 'a'", "Request_UnsupportedQuery", "operator 'gt'"),
        ("$filter=displayName ne 'a'", "Request_UnsupportedQuery", "ConsistencyLevel:eventual"),
        ("$filter=not(displayName eq 'a')", "Request_UnsupportedQuery", "ConsistencyLevel:eventual"),
        ("$filter=endsWith(mail,'x')", "Request_UnsupportedQuery", "ConsistencyLevel:eventual"),
        ("$filter=startswith(mail,'x')&$orderby=displayName", "Request_UnsupportedQuery", "Sorting not supported"),
        ("$orderby=department", "Request_UnsupportedQuery", "not supported"),
        (f"$filter=id in ({','.join(repr(str(n)) for n in range(16))})", "Request_UnsupportedQuery", "Max allowed: 15"),
        ("$skiptoken=nonsense", "Directory_ExpiredPageToken", "page token"),
    ],
)
def test_what_the_directory_does_not_answer(world: World, query: str, code: str, words: str) -> None:
    status, got, message = world.error(f"/v1.0/users?{query}")
    assert (status, got) == (400, code)
    assert words in message


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("userPrincipalName eq 'KARI.MOE@fjordlys.example'", [KARI]),
        ("userPrincipalName eq 'bjorn.o''dea@fjordlys.example'", [BJØRN]),
        (f"id in ('{KARI.id}','{GUEST.id}')", [KARI, GUEST]),
        ("mail eq 'guy@x.example'", [GUEST]),
        ("accountEnabled eq false", [LEFT]),
        ("userType eq 'Guest'", [GUEST]),
        ("startsWith(displayName,'li')", [LEFT]),
        ("startsWith(department,'')", [KARI, BJØRN]),
        ("department eq 'Sales' and startswith(givenName,'K')", [KARI]),
        ("(department eq 'Sales' or userType eq 'Guest') and accountEnabled eq true", [KARI, BJØRN, GUEST]),
        ("department eq null and userType eq 'Member' and accountEnabled eq true", [HYBRID, PLANLESS, ADMIN]),
        (
            "assignedPlans/any(p:p/service eq 'exchange' and p/capabilityStatus eq 'Enabled')",
            [KARI, BJØRN, LEFT, HYBRID, ADMIN],
        ),
    ],
)
def test_filters(world: World, text: str, people: list[object]) -> None:
    answer = world.client.get("/v1.0/users", params={"$filter": text}, headers=world.reader())
    assert ids(answer.json()) == of(people)  # type: ignore[arg-type]  # the table's column is of users


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("department ne 'Sales'", [GUEST, LEFT, HYBRID, PLANLESS, ADMIN]),
        ("not(userType eq 'Guest') and accountEnabled ne false", [KARI, BJØRN, HYBRID, PLANLESS, ADMIN]),
        ("endsWith(mail,'@x.example')", [GUEST]),
    ],
)
def test_advanced_filters_count_as_well(world: World, text: str, people: list[object]) -> None:
    params = {"$filter": text, "$count": "true", "$orderby": "displayName desc"}
    answer = world.client.get("/v1.0/users", params=params, headers=world.reader() | EVENTUAL).json()
    assert answer["@odata.count"] == len(people)
    assert sorted(ids(answer)) == of(people)  # type: ignore[arg-type]  # the table's column is of users
    names = [entry["displayName"].casefold() for entry in answer["value"]]
    assert names == sorted(names, reverse=True)


def test_how_many_there_are(world: World) -> None:
    assert world.client.get("/v1.0/users/$count", headers=world.reader() | EVENTUAL).text == str(len(EVERYBODY))
    assert world.error("/v1.0/users/$count")[1] == "Request_BadRequest"
    assert "@odata.count" not in world.get("/v1.0/users?$count=true")


def pages(world: World, link: str) -> list[list[str]]:
    found = []
    while link:
        answer = world.get(link)
        found.append(ids(answer))
        link = answer.get("@odata.nextLink", "")
    return found


@pytest.mark.parametrize("order", ["", "&$orderby=displayName", "&$orderby=userPrincipalName desc"])
def test_pages_hold_everybody_once(world: World, order: str) -> None:
    found = pages(world, f"/v1.0/users?$top=3&$select=id,displayName{order}")
    assert [len(page) for page in found] == [3, 3, 1]
    assert sorted(id for page in found for id in page) == of(EVERYBODY)


@pytest.mark.parametrize("order", ["", "&$orderby=displayName"])
def test_people_who_vanish_between_pages_take_nobody_along(world: World, order: str) -> None:
    first = world.get(f"/v1.0/users?$top=3{order}")
    for gone in ids(first):
        remove_person(world.tenant, gone)
    rest = [id for page in pages(world, first["@odata.nextLink"]) for id in page]
    assert sorted(ids(first) + rest) == of(EVERYBODY)


def test_a_next_link_keeps_the_options_and_the_host(world: World) -> None:
    link = world.get("/v1.0/users?$top=2&$select=mail&$filter=accountEnabled eq true", Host="graph.microsoft.com")[
        "@odata.nextLink"
    ]
    assert link.startswith("http://graph.microsoft.com/v1.0/users?")
    second = world.get(link.replace("http://graph.microsoft.com", ""))
    assert list(second["value"][0]) == ["mail"]
    assert len(second["value"]) == 2
    enabled = [user for user in EVERYBODY if user.account_enabled]
    found = pages(world, "/v1.0/users?$top=2&$filter=accountEnabled eq true")
    assert [id for page in found for id in page] == of(enabled)


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (f"/v1.0/users/{KARI.id}", KARI),
        (f"/v1.0/users/{KARI.id.upper()}", KARI),
        (f"/v1.0/users('{KARI.id}')", KARI),
        ("/v1.0/users/Kari.Moe%40fjordlys.example", KARI),
        ("/v1.0//users/kari.moe@fjordlys.example", KARI),
        ("/v1.0/users/bjorn.o'dea@fjordlys.example", BJØRN),
        ("/v1.0/users/bjorn.o%27dea%40fjordlys.example", BJØRN),
        ("/v1.0/users('bjorn.o%27%27dea@fjordlys.example')", BJØRN),
        ("/v1.0/users/guy_x.example%23EXT%23@fjordlys.example", GUEST),
        ("/beta/users/liv.left@fjordlys.example", LEFT),
    ],
)
def test_a_person_by_each_kind_of_key(world: World, path: str, who: object) -> None:
    assert world.get(path)["id"] == who.id  # type: ignore[attr-defined]  # the table's column is of users


@pytest.mark.parametrize("key", ["guy@x.example", "nobody@fjordlys.example", KARI.id[:-1] + "1"])
def test_an_unknown_person_and_a_mail_that_is_no_upn(world: World, key: str) -> None:
    status, code, message = world.error(f"/v1.0/users/{key}")
    assert (status, code) == (404, "Request_ResourceNotFound")
    assert f"'{key}'" in message


def test_me_is_for_people(world: World) -> None:
    assert world.get("/v1.0/me", world.user(KARI, "User.Read"))["userPrincipalName"] == KARI.upn
    assert world.error("/v1.0/me")[:2] == (400, "BadRequest")


def test_a_delta_tells_changes_newcomers_and_leavers_but_no_pictures(world: World) -> None:
    first = world.get("/v1.0/users/delta?$select=displayName&$top=4")
    second = world.get(first["@odata.nextLink"])
    assert sorted(ids(first) + ids(second)) == of(EVERYBODY)
    assert set(first["value"][0]) == {"id", "displayName"}
    link = second["@odata.deltaLink"]

    put_picture(world.tenant, KARI.id, b"a picture")
    put_picture(world.tenant, PLANLESS.id, b"another, in the directory's own store")
    assert world.get(link)["value"] == []

    newcomer = person(9, "Nils New")
    change_person(world.tenant, newcomer)
    change_person(world.tenant, replace(KARI, display_name="Kari Moe-Lund"))
    remove_person(world.tenant, GUEST.id)
    told = world.get(link)
    assert told["value"] == [
        {"displayName": "Kari Moe-Lund", "id": KARI.id},
        {"id": GUEST.id, "@removed": {"reason": "changed"}},
        {"displayName": "Nils New", "id": newcomer.id},
    ]
    assert world.get(told["@odata.deltaLink"])["value"] == []


@pytest.mark.parametrize("path", ["/v1.0/users/delta()", "/v1.0/users/microsoft.graph.delta()"])
def test_a_delta_by_its_longer_names_and_from_now_on(world: World, path: str) -> None:
    assert ids(world.get(path)) == of(EVERYBODY)
    latest = world.get(f"{path}?$deltatoken=latest")
    assert latest["value"] == []
    change_person(world.tenant, LEFT)
    assert ids(world.get(latest["@odata.deltaLink"])) == [LEFT.id]


def test_a_token_is_asked_for(world: World) -> None:
    answer = world.client.get("/v1.0/users")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert world.error("/v1.0/users", world.app("User.Read.All", audience="https://outlook.office365.com"))[0] == 401


def test_requests_are_counted_by_the_vendors_names(world: World) -> None:
    world.get("/v1.0/users")
    world.get(f"/v1.0/users/{KARI.id}")
    world.get("/v1.0/users/delta")
    entries = world.tenant.ledger.as_json()["entries"]
    assert isinstance(entries, list)
    assert [(e["api"], e["operation"], e["status"]) for e in entries] == [
        ("graph", "users", 200),
        ("graph", "users/{id}", 200),
        ("graph", "users/delta", 200),
    ]


def test_paths_and_methods_that_graph_does_not_have_are_refused_in_its_shape(world: World) -> None:
    status, code, message = world.error("/v1.0/planets/3")
    assert (status, code) == (400, "BadRequest")
    assert "'planets'" in message
    answer = world.client.post("/v1.0/users", headers=world.reader())
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "Request_BadRequest")
    assert answer.headers["allow"]
    entries = world.tenant.ledger.as_json()["entries"]
    assert isinstance(entries, list)
    assert [(e["api"], e["operation"], e["status"]) for e in entries] == [
        ("graph", "unknown", 400),
        ("graph", "unknown", 405),
    ]
