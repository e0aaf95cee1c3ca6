"""Whose picture a Graph request is about, a person's or a group's, and what is wrong when there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from localtenant.directory.organization import photo_settings
from localtenant.exchange.mailbox import (
    MailboxElsewhere,
    NoMailbox,
    delete_picture,
    put_picture,
    shown_picture,
    stored,
)
from localtenant.graph.access import ADMIN_TEMPLATES
from localtenant.graph.door import Call
from localtenant.graph.errors import GraphError, no_such_resource
from localtenant.store.records import StoredPicture, User
from localtenant.tenant import Tenant

_THROWN = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.{}' was thrown."


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something with a picture, or without.

    place: their path in `@odata.context`. name: as `@odata.id` has it. missing: the error for no picture.
    """

    place: str
    name: str
    picture: StoredPicture | None
    missing: GraphError
    put: Callable[[bytes], object]
    delete: Callable[[], object]


FindSubject = Callable[[Call], Subject]


def person(call: Call) -> Subject:
    """The person whom the path names. Codes: facts §3.4."""
    user = call.person
    if user is None:
        raise GraphError(404, "ErrorUserResolutionFailedUserDoesNotExist", _THROWN.format("ProfileNotFoundException"))
    shown = shown_picture(call.tenant, user)
    return Subject(
        place="Me" if call.is_me else f"users('{user.id}')",
        name=f"users('{user.id}@{call.tenant.tenant_id}')",
        picture=shown.picture if shown else None,
        missing=_missing(call.tenant, user),
        put=lambda data: _in_mailbox(call, lambda: put_picture(call.tenant, user.id, data)),
        delete=lambda: _in_mailbox(call, lambda: delete_picture(call.tenant, user.id)),
    )


def group(call: Call) -> Subject:
    """The group that the path names; whether an app may at all is a behaviour."""
    if call.principal.is_app and call.tenant.behaviours["group_photo_app_only"] == "denied":
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    key, groups = call.named("group"), call.tenant.store.groups
    found = groups.get(key)
    if found is None:
        raise no_such_resource(key)
    name = f"groups('{found.id}')"
    return Subject(
        place=name,
        name=name,
        picture=found.picture,
        missing=_not_found(call.tenant),
        put=lambda data: _set_group_picture(call.tenant, key, data),
        delete=lambda: _set_group_picture(call.tenant, key, None),
    )


def _set_group_picture(tenant: Tenant, key: str, data: bytes | None) -> None:
    """The group as it is by now: its members may have changed while the picture came in."""
    group = tenant.store.groups.get(key)
    if group is None:
        raise no_such_resource(key)
    picture = None if data is None else stored(tenant, key, data, group.picture)
    tenant.store.groups.put(key, replace(group, picture=picture))


def _not_found(tenant: Tenant) -> GraphError:
    return GraphError(404, tenant.behaviours["missing_code"], _THROWN.format("ImageNotFoundException"))


def _no_mailbox() -> GraphError:
    return GraphError(404, "ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")


def _elsewhere() -> GraphError:
    words = "Mailbox is hosted by an on-premise or non-Exchange server, which is not supported."
    return GraphError(404, "MailboxNotHostedInExchangeOnline", words)


def _missing(tenant: Tenant, user: User) -> GraphError:
    mailbox = tenant.store.mailboxes.get(user.id)
    if mailbox is not None and mailbox.on_premises:
        return _elsewhere()
    if mailbox is None and tenant.behaviours["graph_fallback"] == "none":
        return _no_mailbox()
    return _not_found(tenant)


def _in_mailbox(call: Call, change: Callable[[], object]) -> object:
    """Change a person's picture where the organisation's settings let the caller (photoUpdateSettings)."""
    settings = photo_settings(call.tenant)
    caller = call.tenant.store.users.get(call.principal.user_id or "")
    held = {ADMIN_TEMPLATES[role] for role in (caller.roles if caller else ()) if role in ADMIN_TEMPLATES}
    lacks_role = not call.principal.is_app and settings.allowed_roles and not held & set(settings.allowed_roles)
    if settings.source == "onPremises" or lacks_role:
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    try:
        return change()
    except NoMailbox:
        raise _no_mailbox() from None
    except MailboxElsewhere:
        raise _elsewhere() from None
