"""What can be chosen of SharePoint Online, and what it needs to be granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from samepic.model.person import KeyKind
from samepic.model.picture import PictureFormat
from samepic.model.sayings import saying
from samepic.model.system import Grant, Looks, Rendition, Replaces, SystemProfile

FILES = Grant("Sites.FullControl.All (SharePoint, application)", saying("grant_library"))
MAY_WRITE_FILES = frozenset({"Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All", "Sites.Selected"})
"""Any is enough to upload into a library as an app; of `Sites.Selected` only trying shows which sites it is for."""
PROFILES = Grant("User.ReadWrite.All (SharePoint, application)", saying("grant_profiles"))
CERTIFICATE = Grant(
    "a certificate (App registrations, Certificates & secrets)",
    saying("grant_certificate"),
)
FIND = Grant("User.Read.All (Microsoft Graph, application)", saying("grant_find_by_key"))


@dataclass(frozen=True, slots=True)
class SharePointOnlineSettings:
    """tenant_name: `contoso` of contoso.sharepoint.com; not needed where everything has one origin.

    exchange_is_source: whether what is written comes from Exchange Online, so that SharePoint's own sync may stay
        on; for any other source it has to be off, or SharePoint's next pull blanks the picture.
    folder: where pictures go in a library that has none yet. large_px: the edge of the large thumbnail.
    """

    name: str = "sharepoint_online"
    tenant_name: str = ""
    exchange_is_source: bool = True
    writes: bool = True
    library: str = "/User Photos"
    folder: str = "Profile Pictures"
    large_px: int = 300
    max_bytes: int = 4_000_000
    page_size: int = 500  # 5,000 is the most that is served; a page is held in memory while it is read
    look_batch: int = 20
    at_once: int = 16

    @property
    def profile(self) -> SystemProfile:
        """Three thumbnails; the library's listing carries the stamps, by file names that are no person's id."""
        return SystemProfile(
            name=self.name,
            renditions=(Rendition("S", 48), Rendition("M", 72), Rendition("L", self.large_px)),
            accepts=(PictureFormat.JPEG,),
            max_bytes=self.max_bytes,
            looks=Looks.IN_LISTING,
            look_batch=self.look_batch,
            replaces=Replaces.CHECKED,
            settles_within=timedelta(0),
            addressed_by=KeyKind.UPN,
            lists_people=False,
            at_once=self.at_once,
            switches_sync_off=not self.exchange_is_source,
        )
