"""Where a person's three thumbnails lie, and what their names tell.

Sources: pnp/PnP Core.ProfilePictureUploader (names, library, properties); profile samples in pnp/cli-microsoft365
`spo userprofile get` (object ids as names, `:443` in URLs). A client reads names and never assumes them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from samepic.model.person import Keys
from samepic.model.picture import Place, Stamp

SIZES = ("S", "M", "L")
_THUMBNAIL = re.compile(r"(?P<folder>.*)/(?P<stem>[^/]+)_(?P<size>[SML])Thumb\.jpg", re.IGNORECASE | re.DOTALL)
_CLIMBS = re.compile(r"(^|[/\\])\.{1,2}([/\\]|$)")  # `..` leads out of the library whose name the path begins with
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Files:
    """One person's thumbnails: a server-relative folder, decoded, and what all three names begin with."""

    folder: str
    stem: str

    def path(self, size: str) -> str:
        """The file of a size."""
        return f"{self.folder}/{self.stem}_{size}Thumb.jpg"

    @property
    def place(self) -> Place:
        """The same as something to remember."""
        return Place(json.dumps([self.folder, self.stem], ensure_ascii=False))

    @property
    def keys(self) -> Keys:
        """Who it is, as far as a file's name tells."""
        return Keys(object_id=self.stem.lower()) if _GUID.fullmatch(self.stem) else Keys(file_name=self.stem)

    @classmethod
    def at(cls, place: Place | None) -> Files | None:
        """Back from what was remembered; None where it is none of ours."""
        try:
            folder, stem = json.loads(place or "null")
        except (ValueError, TypeError):
            return None
        return cls(folder, stem) if isinstance(folder, str) and isinstance(stem, str) else None

    @classmethod
    def of_url(cls, picture_url: str) -> Files | None:
        """What a PictureURL leads to; None for a picture that is no thumbnail of the library."""
        try:
            path = unquote(urlsplit(picture_url).path)
        except ValueError:
            return None
        found = thumbnail(path)
        return found[0] if found else None


def thumbnail(path: str) -> tuple[Files, str] | None:
    """Whose thumbnail of which size a file is; None for any other file."""
    found = _THUMBNAIL.fullmatch(path)
    if found is None or _CLIMBS.search(path):
        return None
    return (Files(found["folder"], found["stem"]), found["size"].upper())


def picture_url(origin: str, path: str) -> str:
    """A PictureURL as SharePoint itself writes it: with the port, the path encoded."""
    parts = urlsplit(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}{quote(path)}"


def stamp_of(etags: Mapping[str, str]) -> Stamp:
    """The stamp of a picture: a digest of its files' ETags, by size; a missing size counts as missing."""
    told = "\n".join(f"{size} {etags.get(size, '')}" for size in SIZES)
    return Stamp(hashlib.sha256(told.encode()).hexdigest()[:32])


def same_host(one: str, other: str) -> bool:
    """Whether two URLs are of one host; SharePoint prints the port in some and not in others."""
    try:
        return (urlsplit(one).hostname or "").lower() == (urlsplit(other).hostname or "").lower()
    except ValueError:
        return False
