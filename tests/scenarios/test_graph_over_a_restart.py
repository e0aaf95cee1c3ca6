"""What Graph was told survives the tenant's restart: pictures, marks, settings, and who was deleted."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import tenant_of
from tests.graph_client import picture_bytes

from localtenant.directory.organization import photo_settings
from localtenant.directory.people import remove_person
from localtenant.exchange.mailbox import delete_picture, is_marked_deleted, put_picture, shown_picture
from localtenant.store.records import PhotoUpdateSettings


def test_nothing_is_forgotten(tmp_path: Path) -> None:
    data = picture_bytes(300, 200, "PNG")
    with tenant_of(state=tmp_path) as running:
        tenant = running.tenant
        here = [box.user_id for box in tenant.store.mailboxes if not box.on_premises]
        kept = put_picture(tenant, here[0], data)
        delete_picture(tenant, here[1])
        remove_person(tenant, here[2])
        tenant.store.settings.put("photoUpdateSettings", PhotoUpdateSettings("cloud", ("role",)))
        tenant.store.commit()
    with tenant_of(state=tmp_path) as running:
        tenant = running.tenant
        user = tenant.store.users.get(here[0])
        assert user is not None
        shown = shown_picture(tenant, user)
        assert shown is not None
        assert (shown.picture, tenant.store.bytes_of(shown.picture.ref)) == (kept, data)
        assert is_marked_deleted(tenant, here[1])
        assert here[2] not in tenant.store.users
        assert [gone.id for gone in tenant.store.removed_users] == [here[2]]
        assert photo_settings(tenant) == PhotoUpdateSettings("cloud", ("role",))
