"""What a memory system promises; every promise a real system makes can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from samepic.model.person import KeyKind
from samepic.model.picture import PictureFormat
from samepic.model.system import Looks, Rendition, Replaces, SystemProfile


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """As a library of pictures with three sizes unless told otherwise.

    lists_people: False lists only those who have a picture, by keys alone, as SharePoint's library does.
    settles_within: how long looks and reads show what was there before a write.
    """

    name: str = "memory"
    renditions: tuple[Rendition, ...] = (Rendition("S", 48), Rendition("M", 72), Rendition("L", 300))
    accepts: tuple[PictureFormat, ...] = (PictureFormat.JPEG, PictureFormat.PNG)
    max_bytes: int = 4_000_000
    looks: Looks = Looks.IN_LISTING
    look_batch: int = 20
    replaces: Replaces = Replaces.CHECKED
    settles_within: timedelta = timedelta(0)
    addressed_by: KeyKind = KeyKind.OBJECT_ID
    lists_people: bool = True
    at_once: int = 8
    page_size: int = 100
    needs_mailbox_plan: bool = False

    @property
    def profile(self) -> SystemProfile:
        """The same, as every system says it."""
        return SystemProfile(
            name=self.name,
            renditions=self.renditions,
            accepts=self.accepts,
            max_bytes=self.max_bytes,
            looks=self.looks,
            look_batch=self.look_batch,
            replaces=self.replaces,
            settles_within=self.settles_within,
            addressed_by=self.addressed_by,
            lists_people=self.lists_people,
            at_once=self.at_once,
            needs_mailbox_plan=self.needs_mailbox_plan,
        )
