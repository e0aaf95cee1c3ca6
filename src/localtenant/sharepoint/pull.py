"""The native pull: SharePoint fetches a person's picture from Exchange when that person acts, and never otherwise.

Sources: the seeds (a person's own action starts it; never automatic; never from the directory); Set-UserPhoto.md
(the large thumbnail on one's own page); profile-picture-not-showing.md (24 hours; the property must be editable;
Exchange wins over a local upload); support article 20594d76 in copies (three thumbnails and the properties set).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from localtenant.sharepoint import library, placeholder, profiles
from localtenant.sharepoint.names import SIZES, sibling, thumb_path
from localtenant.store.records import Drawn, Held, PictureRef, Profile, Scaled, StoredPicture, User
from localtenant.store.scaling import is_readable
from localtenant.tenant import Tenant


def edge_px(tenant: Tenant, size: str) -> int:
    """The edge of a thumbnail: 48, 72 and, as the behaviour says, 300, 200 or 240 (facts §2.2)."""
    return {"S": 48, "M": 72}.get(size) or int(tenant.behaviours["large_px"])


def is_asked_for(tenant: Tenant, asking: str | None, user: User, size: str) -> bool:
    """Whether a request of a picture is one that makes SharePoint pull. asking: who is signed in, None for an app."""
    if asking is None:
        return False
    trigger = tenant.behaviours["pull_trigger"]
    if trigger == "any_page":
        return True
    return asking == user.id and (trigger == "own_any" or size == "L")


def is_due(tenant: Tenant, profile: Profile) -> bool:
    """Whether this person's picture may be pulled now: the property editable, the sync on, the gate passed."""
    if not profile.editable or profile.exchange_sync_state == "0":
        return False
    gate = tenant.clock.gate(timedelta(hours=int(tenant.behaviours["gate_hours"])))
    return profile.last_pull is None or tenant.clock.now() - profile.last_pull >= gate


async def pull_if_asked(tenant: Tenant, asking: str | None, user: User, size: str) -> bool:
    """Pull if this request is a reason to and it is due; tells whether Exchange was asked."""
    profile = profiles.profile_of(tenant, user)
    if profile is None or not is_asked_for(tenant, asking, user, size) or not is_due(tenant, profile):
        return False
    mailbox = tenant.store.mailboxes.get(user.id)
    picture = mailbox.picture if mailbox is not None else None
    if picture is not None and not await run_in_threadpool(_can_be_scaled, tenant, picture.ref):
        picture = None
    profile = profiles.profile_of(tenant, user)  # somebody else may have been at it meanwhile
    if profile is None or not is_due(tenant, profile):
        return False
    pull(tenant, user, profile, picture)
    return True


def _can_be_scaled(tenant: Tenant, ref: PictureRef) -> bool:
    """What the world drew can; what somebody uploaded is looked at."""
    return not isinstance(ref, Held) or is_readable(tenant.store.bytes_of(ref))


def pull(tenant: Tenant, user: User, profile: Profile, picture: StoredPicture | None) -> Profile:
    """Write what Exchange has, None where it has nothing readable, into the library and the profile.

    Without a mailbox in Exchange Online there is nobody to ask: nothing changes but the time of the attempt.
    """
    now = tenant.clock.now()
    mailbox = tenant.store.mailboxes.get(user.id)
    if mailbox is None or mailbox.on_premises:
        return profiles.keep(tenant, replace(profile, last_pull=now))
    medium = thumb_path(tenant, user, "M")
    for size in SIZES:
        path = sibling(medium, size)
        if picture is not None:
            library.put_file(tenant, path, thumbnail(tenant, picture.ref, size))
        elif tenant.behaviours["placeholder_file"] == "stored":
            library.put_file(tenant, path, placeholder.image(edge_px(tenant, size)))
        else:
            library.delete_file(tenant, path)
    return profiles.keep(
        tenant,
        replace(
            profile,
            picture_url=medium,
            picture_timestamp=profiles.timestamp(tenant, now),
            placeholder_state="0" if picture is not None else "1",
            exchange_sync_state="1",
            last_pull=now,
        ),
    )


def thumbnail(tenant: Tenant, ref: PictureRef, size: str) -> Scaled:
    """A thumbnail that is made only when somebody asks for it."""
    original: Drawn | Held = ref.of if isinstance(ref, Scaled) else ref
    how = "library" if tenant.behaviours["upscaling"] == "enlarges" else "library_within"
    return Scaled(original, edge_px(tenant, size), how)
