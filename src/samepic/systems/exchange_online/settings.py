"""What can be chosen of Exchange Online, and what it needs to be granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from samepic.model.person import KeyKind
from samepic.model.picture import PictureFormat
from samepic.model.sayings import saying
from samepic.model.system import Grant, Looks, Rendition, Replaces, SystemProfile
from samepic.transport.batch import MOST
from samepic.transport.graph_photo import MAX_BYTES

READ = Grant("ProfilePhoto.Read.All (Microsoft Graph, application)", saying("grant_see_pictures"))
FIND = Grant("User.Read.All (Microsoft Graph, application)", saying("grant_find_by_name"))
WRITE = Grant("ProfilePhoto.ReadWrite.All (Microsoft Graph, application)", saying("grant_write_mailboxes"))
MAY_WRITE = frozenset({"ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"})
"""Either is enough to update a person's picture as an app (graph/api/profilephoto-update, permissions)."""


@dataclass(frozen=True, slots=True)
class ExchangeOnlineSettings:
    """at_once: requests under way together; Exchange serves four pictures of one mailbox at a time."""

    name: str = "exchange_online"
    writes: bool = False  # whether the configuration uses it as a target, so that probe asks for the right
    at_once: int = 16

    @property
    def profile(self) -> SystemProfile:
        """It keeps nine sizes and makes them itself of the one that is written."""
        return SystemProfile(
            name=self.name,
            renditions=(Rendition("photo", 648, PictureFormat.JPEG, MAX_BYTES),),
            accepts=(PictureFormat.JPEG, PictureFormat.PNG),
            max_bytes=MAX_BYTES,
            looks=Looks.PER_PERSON,
            look_batch=MOST,
            replaces=Replaces.CHECKED,
            settles_within=timedelta(minutes=15),
            addressed_by=KeyKind.OBJECT_ID,
            lists_people=False,
            at_once=self.at_once,
            needs_mailbox_plan=True,
        )
