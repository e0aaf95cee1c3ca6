"""A person's files in SharePoint's picture library, as a program that uploads pictures treats them.

Such a program follows the profile's PictureURL and writes beside it; where there is no picture yet it takes the
usual name and sets the properties that make SharePoint show it (pnp/PnP `Core.ProfilePictureUploader`), but for the
sync state, which it leaves on.
"""

from __future__ import annotations

from dataclasses import replace

from localtenant.sharepoint.library import delete_file, find_file, put_file
from localtenant.sharepoint.names import path_of_url, sibling, thumb_path
from localtenant.sharepoint.profiles import keep, profile_of, timestamp
from localtenant.store.records import LibraryFile, User
from localtenant.tenant import Tenant


def library_picture(tenant: Tenant, user: User, size: str) -> LibraryFile | None:
    """The file that the profile points at, in a size: S, M or L."""
    return find_file(tenant, _path(tenant, user, size))


def put_library_picture(tenant: Tenant, user: User, size: str, data: bytes) -> bool:
    """Upload one size; False for somebody without a profile."""
    profile = profile_of(tenant, user)
    if profile is None:
        return False
    put_file(tenant, _path(tenant, user, size), data)
    if not profile.picture_url or profile.placeholder_state != "0":
        shown = replace(
            profile,
            picture_url=profile.picture_url or _path(tenant, user, "M"),
            picture_timestamp=timestamp(tenant, tenant.clock.now()),
            placeholder_state="0",
            exchange_sync_state=profile.exchange_sync_state or "1",
        )
        keep(tenant, shown)
    return True


def delete_library_picture(tenant: Tenant, user: User, size: str) -> bool:
    """Delete one size's file and nothing else; whether there was one."""
    return delete_file(tenant, _path(tenant, user, size))


def _path(tenant: Tenant, user: User, size: str) -> str:
    profile = profile_of(tenant, user)
    if profile is not None and profile.picture_url:
        return sibling(path_of_url(profile.picture_url), size)
    return thumb_path(tenant, user, size)
