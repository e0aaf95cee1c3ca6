"""Which permissions pictures ask for: the tables of profilephoto-get, -update and -delete (facts §3.6)."""

from __future__ import annotations

from localtenant.graph.access import ADMIN_TEMPLATES, Need

_DENIED = ("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
_READ = {"ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All"}

READ_PERSON = Need(
    roles=frozenset(_READ | {"User.Read.All", "User.ReadWrite.All"}),
    scopes=frozenset(_READ | {"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All"}),
    own=frozenset({"User.Read", "User.ReadWrite"}),
    denied=_DENIED,
)

WRITE_PERSON = Need(
    roles=frozenset({"ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"}),
    scopes=frozenset({"ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"}),
    own=frozenset({"User.ReadWrite"}),
    admin=frozenset(ADMIN_TEMPLATES),
    denied=_DENIED,
)
"""Somebody else's picture asks a signed-in person for one of three roles as well."""

READ_GROUP = Need(
    roles=frozenset(_READ | {"Group.Read.All", "Group.ReadWrite.All"}),
    scopes=frozenset(_READ | {"Group.Read.All", "Group.ReadWrite.All"}),
    denied=_DENIED,
)

WRITE_GROUP = Need(
    roles=frozenset({"ProfilePhoto.ReadWrite.All", "Group.ReadWrite.All"}),
    scopes=frozenset({"ProfilePhoto.ReadWrite.All", "Group.ReadWrite.All"}),
    denied=_DENIED,
)

EWS = Need(
    roles=frozenset({"full_access_as_app"}),
    scopes=frozenset({"EWS.AccessAsUser.All"}),
)
"""Facts §4.2."""
