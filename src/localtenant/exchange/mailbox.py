"""The mailbox's picture: kept, deleted with its mark, and which picture Graph shows whom.

Facts: §3.5 (which store answers), §4.3 (the mark that a deletion leaves).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from localtenant.directory.people import picture_changed, set_directory_picture
from localtenant.store.records import StoredPicture, User
from localtenant.tenant import Tenant


class PictureStore(StrEnum):
    """Where a shown picture lies."""

    EXCHANGE = "exchange"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture and the store that it comes from."""

    picture: StoredPicture
    store: PictureStore


class NoMailbox(LookupError):
    """The person has no mailbox at all, and the directory does not stand in."""


class MailboxElsewhere(LookupError):
    """The person's mailbox is hosted on the premises: Exchange Online cannot keep a picture in it."""


def mailbox_picture(tenant: Tenant, user_id: str) -> StoredPicture | None:
    """What Exchange has in the person's mailbox here, and nothing but that: the source of SharePoint's pull."""
    mailbox = tenant.store.mailboxes.get(user_id)
    return None if mailbox is None or mailbox.on_premises else mailbox.picture


def is_marked_deleted(tenant: Tenant, user_id: str) -> bool:
    """Whether a deletion's mark hides the directory's picture."""
    mailbox = tenant.store.mailboxes.get(user_id)
    return mailbox is not None and mailbox.tombstone


def shown_picture(tenant: Tenant, user: User) -> Shown | None:
    """What Graph shows: the mailbox's picture, else the directory's unless something hides it (§3.5)."""
    picture = mailbox_picture(tenant, user.id)
    if picture is not None:
        return Shown(picture, PictureStore.EXCHANGE)
    if user.picture is None or is_marked_deleted(tenant, user.id) or tenant.behaviours["graph_fallback"] == "none":
        return None
    return Shown(user.picture, PictureStore.DIRECTORY)


def has_mailbox(tenant: Tenant, user_id: str) -> bool:
    """Whether Exchange Online hosts a mailbox of this person."""
    mailbox = tenant.store.mailboxes.get(user_id)
    return mailbox is not None and not mailbox.on_premises


def put_picture(tenant: Tenant, user_id: str, data: bytes) -> StoredPicture:
    """Keep these bytes as the person's picture, whatever they are: in the mailbox, else in the directory.

    Unchecked; Graph's own upload checks first (`upload.check`). Raises NoMailbox or MailboxElsewhere where no store
    takes it, KeyError where nobody has the id.
    """
    mailbox = tenant.store.mailboxes.get(user_id)
    user = tenant.store.users.get(user_id)
    if user is None:
        raise KeyError(user_id)
    if mailbox is not None and mailbox.on_premises:
        raise MailboxElsewhere(user_id)
    before = mailbox.picture if mailbox is not None else user.picture
    picture = stored(tenant, user_id, data, before)
    if mailbox is not None:
        tenant.store.mailboxes.put(user_id, replace(mailbox, picture=picture, tombstone=False))
        picture_changed(tenant, user_id)
    elif tenant.behaviours["graph_fallback"] == "directory":
        set_directory_picture(tenant, user_id, picture)
    else:
        raise NoMailbox(user_id)
    return picture


def put_directory_picture(tenant: Tenant, user_id: str, data: bytes) -> StoredPicture:
    """Keep these bytes in the directory's own store, unchecked. KeyError where nobody has the id."""
    user = tenant.store.users.get(user_id)
    if user is None:
        raise KeyError(user_id)
    picture = stored(tenant, user_id, data, user.picture)
    set_directory_picture(tenant, user_id, picture)
    return picture


def delete_picture(tenant: Tenant, user_id: str) -> bool:
    """Delete what Graph shows; whether there was anything. The mailbox keeps the mark that hides the directory's.

    Raises MailboxElsewhere.
    """
    mailbox = tenant.store.mailboxes.get(user_id)
    user = tenant.store.users.get(user_id)
    if mailbox is not None and mailbox.on_premises:
        raise MailboxElsewhere(user_id)
    if user is None:
        return False
    shown = shown_picture(tenant, user)
    if mailbox is not None:
        tenant.store.mailboxes.put(user_id, replace(mailbox, picture=None, tombstone=True))
        picture_changed(tenant, user_id)
    elif shown is not None:
        set_directory_picture(tenant, user_id, None)
    return shown is not None


def stored(tenant: Tenant, owner: str, data: bytes, before: StoredPicture | None) -> StoredPicture:
    """The picture as the store keeps it, with a mark of its own: the same bytes uploaded again get another."""
    held = tenant.store.hold(data)
    now = tenant.clock.now()
    if before is not None and now <= before.changed_at:
        now = before.changed_at + timedelta(microseconds=1)
    mark = f"{owner} {held.sha256} {now.isoformat()} {before.etag if before else ''}"
    return StoredPicture(held, hashlib.sha256(mark.encode()).hexdigest()[:8].upper(), now)
