"""SharePoint's picture folder gets another name, and pictures move on by and by: two files with one name each."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Office
from tests.conftest import RunningTenant
from tests.everybody_visits import everybody_visits
from tests.pictures import encoded, mosaic

from localtenant.sharepoint.pull import pull


def test_the_picture_url_says_which_of_two_files_is_shown(tenant: RunningTenant, tmp_path: Path) -> None:
    office, store = Office(tmp_path, tenant), tenant.tenant.store
    office.ask("sync")
    tenant.control.set_behaviours(folder_name="Profilbilleder")
    tenant.control.advance(hours=25)
    everybody_visits(tenant)
    names = [file.name for file in store.files]
    assert len(set(names)) < len(names) - 30, "the old ones are still there"

    moved = office.ask("sync")
    assert (moved["written"], moved["pending"], moved["failed"]) == (0, 0, 0)
    assert not {"drifted", "clash", "parted", "kept", "first_meeting"} & set(moved["counts"])

    # In the new folder somebody is blanked; the old file with our picture still lies where we wrote it.
    blanked, changed = (store.user(p["upn"]) for p in tenant.control.people("never_visited")[:2])
    assert blanked is not None and changed is not None
    profile = store.profiles.get(blanked.id)
    assert profile is not None
    tenant.control.delete_picture(blanked.upn, "exchange")
    pull(tenant.tenant, blanked, profile, None)
    before = {file.item_id: file.etag for file in store.files}
    tenant.control.put_picture(changed.upn, "exchange", encoded(mosaic(3, 648, 648)))

    again = office.ask("sync")
    assert again["written"] == 1
    assert office.ask("explain", blanked.upn)["reason"] == "absent"
    assert office.ask("explain", changed.upn)["reason"] == "in_step"
    written = {file.folder for file in store.files if before.get(file.item_id) != file.etag}
    assert written == {"/User Photos/Profilbilleder"}, "where the PictureURL leads"
    assert again["counts"]["absent"] == moved["counts"]["absent"] + 1
