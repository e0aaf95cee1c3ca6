"""Which permissions the directory's operations ask for, from the "Permissions" table of each operation's page."""

from __future__ import annotations

from dataclasses import replace

from localtenant.graph.access import ADMIN_TEMPLATES, Need

_DIRECTORY = {"Directory.Read.All", "Directory.ReadWrite.All"}
_USER = {"User.Read.All", "User.ReadWrite.All", *_DIRECTORY}
_GROUP = {"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", *_DIRECTORY}

LIST_USERS = Need(roles=frozenset(_USER), scopes=frozenset(_USER | {"User.ReadBasic.All"}))
"""user-list, user-delta."""

GET_USER = Need(roles=LIST_USERS.roles, scopes=LIST_USERS.scopes, own=frozenset({"User.Read", "User.ReadWrite"}))
"""user-get."""

READ_GROUPS = Need(roles=frozenset(_GROUP), scopes=frozenset(_GROUP))
"""group-list, group-get, group-list-members, group-list-transitivemembers."""

CHECK_MEMBER_GROUPS = replace(GET_USER, also=READ_GROUPS)
"""directoryobject-checkmembergroups: "User.Read.All and GroupMember.Read.All", or the like; of oneself User.Read will
do for the first, as the page's scenarios say."""

READ_ORGANIZATION = Need(
    roles=frozenset({"Organization.Read.All", "Organization.ReadWrite.All", *_DIRECTORY}),
    scopes=frozenset({"User.Read", "Organization.Read.All", "Organization.ReadWrite.All", *_DIRECTORY}),
)
"""organization-list."""

READ_PHOTO_SETTINGS = Need(
    roles=frozenset({"PeopleSettings.Read.All", "PeopleSettings.ReadWrite.All"}),
    scopes=frozenset({"PeopleSettings.Read.All", "PeopleSettings.ReadWrite.All"}),
    admin=frozenset(ADMIN_TEMPLATES),
)
"""photoupdatesettings-get; a signed-in administrator needs a role such as People Administrator."""

WRITE_PHOTO_SETTINGS = Need(
    roles=frozenset({"PeopleSettings.ReadWrite.All"}),
    scopes=frozenset({"PeopleSettings.ReadWrite.All"}),
    admin=frozenset(ADMIN_TEMPLATES),
)
"""photoupdatesettings-update, photoupdatesettings-delete."""
