"""What can be chosen of Entra ID, and what it needs to be granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from samepic.model.person import KeyKind
from samepic.model.picture import PictureFormat
from samepic.model.sayings import saying
from samepic.model.system import Grant, Looks, Rendition, Replaces, SystemProfile
from samepic.transport.batch import MOST
from samepic.transport.graph_photo import MAX_BYTES

USERS = Grant("User.Read.All (Microsoft Graph, application)", saying("grant_list_people"))
MEMBERS = Grant("GroupMember.Read.All (Microsoft Graph, application)", saying("grant_members"))
PHOTOS = Grant("ProfilePhoto.Read.All (Microsoft Graph, application)", saying("grant_directory_pictures"))


@dataclass(frozen=True, slots=True)
class EntraIdSettings:
    """page_size: rows of one answer; Graph gives at most 999."""

    name: str = "entra_id"
    page_size: int = 500
    at_once: int = 8

    @property
    def profile(self) -> SystemProfile:
        """Pictures are read through Graph and never written here."""
        return SystemProfile(
            name=self.name,
            renditions=(Rendition("photo", 648, PictureFormat.JPEG, MAX_BYTES),),
            accepts=(PictureFormat.JPEG, PictureFormat.PNG),
            max_bytes=MAX_BYTES,
            looks=Looks.PER_PERSON,
            look_batch=MOST,
            replaces=Replaces.BLIND,
            settles_within=timedelta(minutes=15),
            addressed_by=KeyKind.OBJECT_ID,
            lists_people=True,
            at_once=self.at_once,
        )
