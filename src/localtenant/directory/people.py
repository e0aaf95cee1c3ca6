"""Changes to the directory that other parts make: seen by /users/delta, except a picture's."""

from __future__ import annotations

from dataclasses import replace

from localtenant.store.records import RemovedUser, StoredPicture, User
from localtenant.tenant import Tenant


def latest_change(tenant: Tenant) -> int:
    """The highest number that a change of a person has."""
    seen = (user.changed_seq for user in tenant.store.users)
    gone = (removed.changed_seq for removed in tenant.store.removed_users)
    return max(0, max(seen, default=0), max(gone, default=0))


def change_person(tenant: Tenant, user: User) -> User:
    """Put a person's new record in, as a change that /users/delta tells; a newcomer too."""
    tenant.store.removed_users.delete(user.id)
    return tenant.store.users.put(user.id, replace(user, changed_seq=latest_change(tenant) + 1))


def remove_person(tenant: Tenant, user_id: str) -> None:
    """Delete a person from the directory, their group memberships and mailbox with them."""
    if user_id not in tenant.store.users:
        return
    removed = RemovedUser(user_id, latest_change(tenant) + 1)
    tenant.store.users.delete(user_id)
    tenant.store.mailboxes.delete(user_id)
    for group in tenant.store.groups:
        if user_id in group.members:
            members = tuple(member for member in group.members if member != user_id)
            tenant.store.groups.put(group.id, replace(group, members=members))
    tenant.store.removed_users.put(user_id, removed)


def set_directory_picture(tenant: Tenant, user_id: str, picture: StoredPicture | None) -> None:
    """Put a picture into the directory's own store, or take it out; /users/delta does not tell, or does.

    KeyError where nobody has the id.
    """
    user = tenant.store.users.get(user_id)
    if user is None:
        raise KeyError(user_id)
    tenant.store.users.put(user_id, replace(user, picture=picture))
    picture_changed(tenant, user_id)


def picture_changed(tenant: Tenant, user_id: str) -> None:
    """What a new picture, wherever it lies, is to /users/delta: nothing, or a change (behaviour `delta_pictures`)."""
    user = tenant.store.users.get(user_id)
    if user is not None and tenant.behaviours["delta_pictures"] == "told":
        change_person(tenant, user)
