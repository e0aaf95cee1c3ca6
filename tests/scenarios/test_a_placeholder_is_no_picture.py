"""What a pull leaves that found no picture lies in the library like any other file, and is nobody's picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.command_line import Office
from tests.conftest import RunningTenant, StartTenant
from tests.pictures import encoded, mosaic

from localtenant.sharepoint.pull import pull

ASKED_AT_EVERY_RUN = ("sync_off", "other_geography", "recycled_upn")
"""SharePoint alone says that they take no part, or whose file it is."""


def the_others(tenant: RunningTenant) -> str:
    upns = ", ".join(f'"{p["upn"]}"' for case in ASKED_AT_EVERY_RUN for p in tenant.control.people(case))
    assert upns
    return f"opted_out = [{upns}]\n"


def hidden(tenant: RunningTenant) -> list[Any]:
    """The users without a picture in Exchange whose placeholder lies in the library."""
    store = tenant.tenant.store
    shown = [(user, store.profiles.get(user.id)) for user in store.users]
    return [
        user
        for user, profile in shown
        if profile is not None
        and profile.placeholder_state == "1"
        and tenant.control.picture(user.id, "sharepoint-m") is not None
        and tenant.control.picture(user.id, "exchange") is None
    ]


def reason(office: Office, upn: str) -> str:
    return str(office.ask("explain", upn)["reason"])


def test_a_placeholder_is_told_from_a_picture_by_one_look(start_tenant: StartTenant, tmp_path: Path) -> None:
    tenant = start_tenant(people=50, behaviours={"graph_fallback": "none"})
    office = Office(tmp_path, tenant, the_others(tenant))
    store = tenant.tenant.store
    nobody, own, *_ = hidden(tenant)
    for size in "sml":
        tenant.control.put_picture(own.id, f"sharepoint-{size}", encoded(mosaic(7, 72, 72)))

    first = office.ask("sync")
    assert first["counts"]["kept"] == 1, "the picture of one's own, and no placeholder"
    assert reason(office, nobody.upn) == "absent" and reason(office, own.upn) == "kept"

    second, _ = office.counted("sync")
    assert (second["counts"]["kept"], second["counts"]["absent"]) == (1, first["counts"]["absent"])
    assert tenant.control.count(operation="ProcessQuery") == 0, "what was found out is remembered"
    assert tenant.control.count(operation="$value") == 0

    # Somebody takes their picture away; SharePoint finds none at their next visit and puts up its placeholder.
    leaver = next(p["upn"] for p in tenant.control.people("never_visited"))
    user = store.user_by_upn(leaver)
    tenant.control.delete_picture(leaver, "exchange")
    assert user is not None
    profile = store.profiles.get(user.id)
    assert profile is not None
    pull(tenant.tenant, user, profile, None)
    third = office.ask("sync")
    assert third["counts"]["absent"] == second["counts"]["absent"] + 1
    assert "parted" not in third["counts"] and third["written"] == 0

    tenant.control.put_picture(leaver, "exchange", encoded(mosaic(8, 648, 648)))
    assert office.ask("sync")["written"] == 1
    assert reason(office, leaver) == "in_step"
