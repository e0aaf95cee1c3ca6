"""The tenant's records, frozen: a change puts a new one in the old one's stead.

Four stores keep pictures of their own, as the vendor's do: the mailbox (Exchange), the directory (Entra ID),
and SharePoint's library, whose files a profile's properties point at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Case(StrEnum):
    """The awkward cases of a world, each countable; PLAIN is everybody else."""

    PLAIN = "plain"
    NO_MAILBOX = "no_mailbox"
    GUEST = "guest"
    DISABLED = "disabled"
    ON_PREMISES_MAILBOX = "on_premises_mailbox"
    TOMBSTONED = "tombstoned"
    DIRECTORY_ONLY = "directory_only"
    SYNC_OFF = "sync_off"
    CHANGED_SINCE_PULL = "changed_since_pull"
    NEVER_VISITED = "never_visited"
    RECYCLED_UPN = "recycled_upn"
    RENAMED_UPN = "renamed_upn"
    NOT_EDITABLE = "not_editable"
    OTHER_GEOGRAPHY = "other_geography"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that the program draws when somebody asks: `recipe` names it within the world's seed."""

    recipe: str


@dataclass(frozen=True, slots=True)
class Held:
    """A picture whose bytes are kept, by the hex sha256 of them."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Scaled:
    """A rendition of another picture, made when somebody asks.

    how: `graph` (square, at most `edge_px`, never enlarged), `library` (SharePoint's thumbnail, which fills the square)
    or `library_within` (SharePoint's thumbnail by the older rule, never enlarged).
    """

    of: Drawn | Held
    edge_px: int
    how: str


PictureRef = Drawn | Held | Scaled


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the mailbox's or the directory's store. `etag` changes with each upload, without quotes."""

    ref: PictureRef
    etag: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    """A person in the directory (Entra ID).

    plans: the services of the assigned plans that are enabled: `exchange`, `SharePoint`, as Graph prints them.
    """

    id: str
    upn: str
    mail: str | None
    display_name: str
    given_name: str
    surname: str
    case: Case = Case.PLAIN
    user_type: str = "Member"
    account_enabled: bool = True
    plans: tuple[str, ...] = ("exchange", "SharePoint")
    on_premises_sync: bool = False
    geography: str | None = None
    created_at: datetime | None = None
    department: str | None = None
    job_title: str | None = None
    roles: tuple[str, ...] = ()  # directory roles: "Global Administrator", "SharePoint Administrator", …
    picture: StoredPicture | None = None  # the directory's own picture
    changed_seq: int = 0  # for /users/delta; a picture's change does not raise it


@dataclass(frozen=True, slots=True)
class Group:
    """A group; members are ids of users and of groups."""

    id: str
    display_name: str
    members: tuple[str, ...] = ()
    picture: StoredPicture | None = None


@dataclass(frozen=True, slots=True)
class RemovedUser:
    """Somebody who was deleted from the directory, for /users/delta to tell."""

    id: str
    changed_seq: int


@dataclass(frozen=True, slots=True)
class PhotoUpdateSettings:
    """Where people's pictures may be changed: `source` is `cloud`, `onPremises` or None for either."""

    source: str | None = None
    allowed_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox in Exchange. on_premises: hosted elsewhere, so that Exchange Online has no picture of its own.

    tombstone: a deletion left its mark, which hides the directory's picture until the next upload.
    """

    user_id: str
    on_premises: bool = False
    picture: StoredPicture | None = None
    tombstone: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's SharePoint user profile, as far as pictures go. Property values are strings, as on the wire.

    picture_url: absolute, or server-relative (`/User Photos/…`) for a file of this tenant, whatever its address is.
    editable: the picture property may be edited by the person (the pull's precondition).
    last_pull: when SharePoint last asked Exchange for this person's picture, whatever came of it.
    """

    user_id: str
    picture_url: str = ""
    picture_timestamp: str = ""
    placeholder_state: str = ""
    exchange_sync_state: str = ""
    editable: bool = True
    last_pull: datetime | None = None
    properties: tuple[tuple[str, str], ...] = ()  # whatever else has been set, in order


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """A folder of the picture library that was made, or taken away, since the world began."""

    path: str  # server-relative
    there: bool


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file of the picture library. `item_id` is the list item's number, ascending, never used twice."""

    item_id: int
    unique_id: str
    folder: str  # server-relative, e.g. "/User Photos/Profile Pictures"
    name: str
    ref: PictureRef
    version: int
    created_at: datetime
    modified_at: datetime
    fields: tuple[tuple[str, str], ...] = field(default=())

    @property
    def etag(self) -> str:
        """As SharePoint prints it, quotes included."""
        return f'"{{{self.unique_id.upper()}}},{self.version}"'
