"""The switchboard shows the very bytes that a store holds, and changes them as a person or a program would."""

from __future__ import annotations

import pytest
from tests.conftest import RunningTenant
from tests.tenant_control import ControlError

STORES = ["exchange", "directory", "sharepoint-s", "sharepoint-m", "sharepoint-l"]
THUMBS = STORES[2:]


def a_person(tenant: RunningTenant, case: str) -> str:
    return str(tenant.control.people(case)[0]["id"])


def refused(tenant: RunningTenant, method: str, person: str, store: str, body: bytes | None = None) -> int:
    with pytest.raises(ControlError) as error:
        tenant.control.call(method, f"/pictures/{person}/{store}", body)
    return error.value.status


@pytest.mark.parametrize("store", STORES)
def test_what_is_put_is_held_to_the_byte_and_deleted_again(tenant: RunningTenant, store: str) -> None:
    person = tenant.control.people("never_visited")[0]
    for data in (b"no picture at all", b"another"):
        tenant.control.put_picture(person["id"], store, data)
        assert tenant.control.picture(person["id"], store) == data
        assert tenant.control.picture(person["upn"].upper(), store) == data
    tenant.control.delete_picture(person["id"], store)
    assert tenant.control.picture(person["id"], store) is None
    assert refused(tenant, "DELETE", person["id"], store) == 404


def test_an_upload_to_exchange_clears_the_deletions_mark_and_gives_a_new_stamp(tenant: RunningTenant) -> None:
    person = a_person(tenant, "tombstoned")
    mailboxes = tenant.tenant.store.mailboxes
    before = mailboxes.get(person)
    assert before is not None
    assert before.tombstone
    tenant.control.put_picture(person, "exchange", b"new")
    first = mailboxes.get(person)
    tenant.control.put_picture(person, "exchange", b"new")
    second = mailboxes.get(person)
    assert first is not None
    assert second is not None
    assert not first.tombstone
    assert first.picture is not None
    assert second.picture is not None
    assert first.picture.etag != second.picture.etag
    tenant.control.delete_picture(person, "exchange")
    third = mailboxes.get(person)
    assert third is not None
    assert third.tombstone


def test_who_has_no_mailbox_keeps_nothing_in_exchange(tenant: RunningTenant) -> None:
    for case in ("no_mailbox", "on_premises_mailbox"):
        person = a_person(tenant, case)
        assert refused(tenant, "PUT", person, "exchange", b"x") == 409
        assert tenant.control.picture(person, "exchange") is None


def test_a_first_upload_to_sharepoint_makes_it_show_the_picture(tenant: RunningTenant) -> None:
    person = a_person(tenant, "never_visited")
    assert [tenant.control.picture(person, store) for store in THUMBS] == [None, None, None]
    for store in THUMBS:
        tenant.control.put_picture(person, store, store.encode())
    assert [tenant.control.picture(person, store) for store in THUMBS] == [store.encode() for store in THUMBS]
    profile = tenant.tenant.store.profiles.get(person)
    assert profile is not None
    assert profile.picture_url == f"/User Photos/Profile Pictures/{person}_MThumb.jpg"
    assert (profile.placeholder_state, profile.exchange_sync_state) == ("0", "1")
    assert int(profile.picture_timestamp) > 63_000_000_000


def test_a_later_upload_replaces_the_file_that_the_profile_names_and_nothing_else(tenant: RunningTenant) -> None:
    store = tenant.tenant.store
    person = a_person(tenant, "changed_since_pull")
    profile, files = store.profiles.get(person), len(store.files)
    assert profile is not None
    before = store.files.get(profile.picture_url.casefold())
    tenant.control.put_picture(person, "sharepoint-m", b"by a script")
    assert store.profiles.get(person) == profile
    assert len(store.files) == files
    after = store.files.get(profile.picture_url.casefold())
    assert before is not None
    assert after is not None
    assert (after.item_id, after.version) == (before.item_id, before.version + 1)


def test_who_and_where_must_exist(tenant: RunningTenant) -> None:
    guest = a_person(tenant, "guest")
    assert refused(tenant, "PUT", guest, "sharepoint-m", b"x") == 409
    assert refused(tenant, "GET", "nobody", "exchange") == 404
    assert refused(tenant, "GET", guest, "sharepoint-xl") == 404


def test_a_reset_is_the_beginning_again(tenant: RunningTenant) -> None:
    control = tenant.control
    person = a_person(tenant, "changed_since_pull")
    everything = {(p["id"], store): control.picture(p["id"], store) for p in control.people()[:5] for store in STORES}
    before = control.picture(person, "exchange"), control.picture(person, "sharepoint-m")
    control.put_picture(person, "exchange", b"x")
    control.delete_picture(person, "sharepoint-m")
    control.put_picture(person, "directory", b"y")
    control.set_behaviours(put_status="204")
    control.advance(hours=25)
    control.post_fault(kind="status")
    control.reset()
    assert (control.picture(person, "exchange"), control.picture(person, "sharepoint-m")) == before
    assert {key: control.picture(*key) for key in everything} == everything
    assert control.behaviours()["put_status"] == "200"
    assert abs(control.json("GET", "/clock")["offset_seconds"]) == 0
    assert control.faults() == []
    assert control.ledger()["total"] == 0


def test_the_clock_moves_by_and_to(tenant: RunningTenant) -> None:
    control = tenant.control
    assert control.advance(hours=25)["offset_seconds"] == 25 * 3600
    moved = control.json("POST", "/clock", {"now": "2030-01-01T08:00:00+01:00"})
    assert moved["now"].startswith("2030-01-01T07:00:0")
    for wrong in ({}, {"advance_seconds": "1"}, {"now": "soon"}, {"now": "2030-01-01", "advance_seconds": 1}, []):
        with pytest.raises(ControlError) as error:
            control.json("POST", "/clock", wrong)
        assert error.value.status == 400


def test_switches_turn_together_or_not_at_all(tenant: RunningTenant) -> None:
    control = tenant.control
    with pytest.raises(ControlError) as error:
        control.set_behaviours(put_status="204", large_px="301")
    assert error.value.status == 400
    assert "300, 200, 240" in error.value.text
    assert control.behaviours()["put_status"] == "200"
    assert control.set_behaviours(put_status="204", large_px="240")["large_px"] == "240"
    assert control.json("PUT", "/behaviours", {"large_px": "200"})["put_status"] == "200"
