"""Who somebody is, in one system and across them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", str)
"""A system's own key of a person: an object id in Entra ID and Exchange, a UPN in SharePoint."""


class KeyKind(StrEnum):
    """The keys by which a person is matched, strongest first."""

    OBJECT_ID = "object_id"
    UPN = "upn"
    MAIL = "mail"
    FILE_NAME = "file_name"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a system tells of who a person is; None where it does not tell.

    `file_name` is the stem that a picture library once made of a UPN (`@` and `.` became `_`): the weakest,
    because two UPNs can give one stem.
    """

    object_id: str | None = None
    upn: str | None = None
    mail: str | None = None
    file_name: str | None = None

    def __iter__(self) -> Iterator[tuple[KeyKind, str]]:
        """The keys that are told, strongest first, folded for comparison."""
        for kind in KeyKind:
            value = getattr(self, kind.value)
            if value:
                yield kind, value.casefold()


class NotEligible(StrEnum):
    """Why a person takes no part; closed list, the same words everywhere."""

    GUEST = "guest"
    DISABLED = "disabled"
    NO_MAILBOX = "no_mailbox"
    ON_PREMISES_MAILBOX = "on_premises_mailbox"
    OPTED_OUT = "opted_out"
    OUTSIDE_GROUP = "outside_group"
    EXCEPTED_GROUP = "excepted_group"
    SYNC_SWITCHED_OFF = "sync_switched_off"
    PICTURE_NOT_EDITABLE = "picture_not_editable"
    PEOPLE_SYSTEM = "people_system"
    OTHER_GEOGRAPHY = "other_geography"
    NO_PROFILE = "no_profile"


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the census: who exists, and what decides whether they take part."""

    keys: Keys
    display_name: str = ""
    guest: bool = False
    enabled: bool = True
    has_mailbox_plan: bool = True
    geography: str | None = None


def is_object_id(name: str) -> bool:
    """Whether somebody or a group is named by the directory's id, as it writes it, and not by a name."""
    try:
        return str(UUID(name)) == name.casefold()
    except ValueError:
        return False
