"""Those whom only SharePoint or Exchange itself rules out: shown as what they are, left alone, tried again in time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Office
from tests.conftest import RunningTenant, StartTenant
from tests.everybody_visits import everybody_visits
from tests.pictures import encoded, mosaic

SIZES = ("sharepoint-s", "sharepoint-m", "sharepoint-l")


def face(number: int) -> bytes:
    return encoded(mosaic(number, 648, 648))


def of_case(tenant: RunningTenant, case: str) -> str:
    return str(tenant.control.people(case)[0]["upn"])


def profile(tenant: RunningTenant, upn: str) -> Any:
    user = tenant.tenant.store.user_by_upn(upn)
    assert user is not None
    found = tenant.tenant.store.profiles.get(user.id)
    assert found is not None
    return found


def change(tenant: RunningTenant, upn: str, **properties: Any) -> None:
    tenant.tenant.store.profiles.put(profile(tenant, upn).user_id, replace(profile(tenant, upn), **properties))


def let_refusals_age(office: Office) -> None:
    with closing(sqlite3.connect(office.state_file)) as state, state:
        assert state.execute("UPDATE refusal SET at = '2020-01-01T00:00:00.000000+00:00'").rowcount


def test_a_property_that_is_not_editable_costs_one_attempt_a_week_and_leaves_nothing(
    tenant: RunningTenant, tmp_path: Path
) -> None:
    office, upn = Office(tmp_path, tenant), of_case(tenant, "not_editable")
    office.ask("sync")
    assert not [size for size in SIZES if tenant.control.picture(upn, size)], "files that nobody would see"
    added = len(tenant.control.changes("Files/add"))

    for command in ("plan", "sync"):
        told = office.ask(command)
        assert told["pending"] == told["written"] == 0
    assert len(tenant.control.changes("Files/add")) == added, "tried again at once"
    explained = office.ask("explain", upn)
    assert (explained["reason"], explained["not_eligible"]) == ("not_eligible", "picture_not_editable")

    let_refusals_age(office)
    assert office.ask("plan", ends_with=2)["pending"] == 1
    assert office.ask("sync")["written"] == 0
    assert len(tenant.control.changes("Files/add")) > added
    assert not [size for size in SIZES if tenant.control.picture(upn, size)]
    assert office.ask("plan")["pending"] == 0

    change(tenant, upn, editable=True)
    let_refusals_age(office)
    assert office.ask("sync")["written"] == 1
    assert office.ask("explain", upn)["reason"] == "in_step"


def test_an_address_that_two_have_is_written_for_neither_by_a_sweep_or_by_a_request(
    tenant: RunningTenant, tmp_path: Path
) -> None:
    office, upn = Office(tmp_path, tenant), of_case(tenant, "never_visited")
    user = tenant.tenant.store.user_by_upn(upn)
    assert user is not None
    twin = replace(user, id="99999999-0000-4000-8000-000000000000", upn=upn.upper(), mail="twin@elsewhere.example")
    tenant.tenant.store.users.put(twin.id, twin)
    told = office.ask("sync", user.id)
    assert (told["counts"], told["written"]) == ({"unmatched": 1}, 0)
    explained = office.ask("explain", user.id)
    assert "somebody else has the same user principal name" in explained["detail"]
    assert office.ask("sync")["counts"]["unmatched"] == 2
    assert tenant.control.picture(user.id, "sharepoint-l") is None


def test_who_switches_the_sync_off_after_our_write_is_left_alone(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    office.ask("sync")
    upn, other = (p["upn"] for p in tenant.control.people("never_visited")[:2])
    change(tenant, upn, exchange_sync_state="0")
    for person in (upn, other):
        tenant.control.put_picture(person, "exchange", face(5))
    ours = tenant.control.picture(upn, "sharepoint-l")

    planned = office.ask("plan", ends_with=2)
    assert (planned["pending"], planned["counts"]["changed"]) == (1, 1)
    assert office.ask("sync")["written"] == 1
    assert tenant.control.picture(upn, "sharepoint-l") == ours
    assert office.ask("explain", upn)["not_eligible"] == "sync_switched_off"


@pytest.mark.parametrize("fallback", ["directory", "none"])
def test_a_mailbox_on_the_premises_is_told_where_the_wire_tells_it_and_never_written_twice(
    fallback: str, start_tenant: StartTenant, tmp_path: Path
) -> None:
    tenant = start_tenant(people=50, behaviours={"graph_fallback": fallback})
    office, upn = Office(tmp_path, tenant), of_case(tenant, "on_premises_mailbox")
    office.ask("sync")
    explained = office.ask("explain", upn)
    if fallback == "none":
        assert explained["not_eligible"] == "on_premises_mailbox"
        assert tenant.control.picture(upn, "sharepoint-m") is None
    else:
        assert explained["reason"] == "in_step", "Graph shows the directory's picture and does not say so"
    held = tenant.control.picture(upn, "sharepoint-m")
    tenant.control.advance(hours=25)
    everybody_visits(tenant)
    again = office.ask("sync")
    assert (again["written"], again["pending"]) == (0, 0)
    assert tenant.control.picture(upn, "sharepoint-m") == held


def test_a_lost_state_does_not_turn_our_own_switch_against_people(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(
        tmp_path,
        tenant,
        "allow_directory_to_sharepoint = true\n",
        {'source = "exchange_online"': 'source = "entra_id"'},
    )
    office.ask("sync")
    same, later, meanwhile = (p["upn"] for p in tenant.control.people("never_visited")[:3])
    assert {profile(tenant, upn).exchange_sync_state for upn in (same, later, meanwhile)} == {"0"}, "switched off by us"

    office.forget()
    tenant.control.put_picture(meanwhile, "exchange", face(6))
    found = office.ask("sync")
    assert office.ask("explain", same)["reason"] == "in_step"
    assert office.ask("explain", meanwhile)["not_eligible"] == "sync_switched_off", "nobody can tell by whom"

    tenant.control.put_picture(later, "exchange", face(7))
    change(tenant, meanwhile, exchange_sync_state="1")  # the administrator's word
    assert (found["written"], office.ask("sync")["written"]) == (0, 2)
    assert {office.ask("explain", upn)["reason"] for upn in (same, later, meanwhile)} == {"in_step"}
