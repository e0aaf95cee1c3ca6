"""SharePoint's own sync at work between two runs: everybody visits, new ETags everywhere, and nothing has drifted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.command_line import Office
from tests.conftest import StartTenant
from tests.everybody_visits import everybody_visits

from localtenant.store.records import Case

EXTREME = {
    "file_prefix": "mangled_upn",
    "folder_name": "Profilbilleder",
    "large_px": "200",
    "upscaling": "never",
    "placeholder_file": "removed",
}
BEHAVIOURS: list[dict[str, str]] = [
    {},
    *({name: value} for name, value in EXTREME.items()),
    {"large_px": "240"},
    EXTREME,
]


@pytest.mark.parametrize(
    "behaviours", BEHAVIOURS, ids=lambda b: ",".join(f"{n}={v}" for n, v in b.items()) or "default"
)
def test_nobody_is_written_again_and_nothing_is_called_drift(
    behaviours: dict[str, str], start_tenant: StartTenant, tmp_path: Path
) -> None:
    tenant = start_tenant(people=50, behaviours=behaviours)
    office = Office(tmp_path, tenant)
    first = office.ask("sync")
    assert first["written"] > 10
    store = tenant.tenant.store
    before = {item.item_id: item.etag for item in store.files}

    tenant.control.advance(hours=25)
    everybody_visits(tenant)

    after = {item.item_id: item.etag for item in store.files}
    moved = [item for item, etag in after.items() if before.get(item) != etag]
    assert len(moved) > 50, "the pull was at work"
    second = office.ask("sync")
    assert (second["written"], second["failed"], second["pending"]) == (0, 0, 0)
    assert not {"drifted", "clash", "parted", "changed", "blanked", "first_meeting"} & set(second["counts"]), second
    directory_only = [user for user in store.users if user.case is Case.DIRECTORY_ONLY]
    if behaviours is not EXTREME:  # there the listing shows what was written, under a name that nothing points to now
        assert second["counts"].get("overruled") == len(directory_only) > 0
    explained = office.ask("explain", directory_only[0].upn)
    assert explained["reason"] == "overruled" and explained["action"] == "nothing"
    assert explained["administrator_can"]

    office.forget()
    anew = office.ask("plan", ends_with=2)
    not_editable = [user for user in store.users if user.case is Case.NOT_EDITABLE]
    assert anew["pending"] == len(directory_only) + len(not_editable), "nobody who is in step"
