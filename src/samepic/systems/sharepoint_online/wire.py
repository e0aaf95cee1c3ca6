"""SharePoint's REST requests and answers, as documented.

Sources: sp-dev-docs working-with-folders-and-files-with-rest.md, working-with-lists-and-list-items-with-rest.md,
make-batch-requests-with-the-rest-apis.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from samepic.transport.answer import Answer

PICTURE_URL = "PictureURL"
TIMESTAMP = "SPS-PictureTimestamp"
PLACEHOLDER = "SPS-PicturePlaceholderState"
SYNC = "SPS-PictureExchangeSyncState"

_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
BATCH = "/_api/$batch"
MOST_IN_BATCH = 100
"""Requests that one `$batch` takes."""


def _text(value: str) -> str:
    """A string in an OData URL."""
    return quote("'" + value.replace("'", "''") + "'", safe="'")


def library(path: str) -> str:
    """The picture library, found by its address: its title is in the site's language, its address is not."""
    return f"/_api/web/GetList({_text(path)})?$select=Id,Title,ItemCount"


def folders(path: str) -> str:
    """The library's folders with how much each holds."""
    return f"{_folder(path)}/Folders?$select=Name,ItemCount,ServerRelativeUrl"


def items_after(path: str, item_id: int, page_size: int) -> str:
    """A page of the library by item id: the only order that works above the view threshold of 5,000."""
    return (
        f"/_api/web/GetList({_text(path)})/items?$filter=Id%20gt%20{item_id}&$orderby=Id&$top={page_size}"
        "&$select=Id,File/ServerRelativeUrl,File/ETag&$expand=File"
    )


def add_folder() -> str:
    """Makes a folder; the body names it."""
    return "/_api/web/folders"


def add_file(folder: str, name: str, *, overwrite: bool) -> str:
    """Stores a file, or a new version of it where that is meant; the body is the bytes."""
    return f"{_folder(folder)}/Files/add(url={_text(name)},overwrite={str(overwrite).lower()})"


def says_file_there(answer: Answer) -> bool:
    """Whether an add was refused because the file exists: -2130575257, `SPException`."""
    code, message = answer.error
    return code.startswith("-2130575257") or "already exists" in message


def file(path: str) -> str:
    """A file itself, for DELETE and for its properties."""
    return f"/_api/web/GetFileByServerRelativePath(decodedurl={_text(path)})"


def file_etag(path: str) -> str:
    """A file's ETag and its length in bytes, no more."""
    return f"{file(path)}?$select=ETag,Length"


def file_bytes(path: str) -> str:
    """A file's bytes."""
    return f"{file(path)}/$value"


def _folder(path: str) -> str:
    return f"/_api/web/GetFolderByServerRelativePath(decodedurl={_text(path)})"


def batch_of(origin: str, paths: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Several GETs as one multipart request: its headers and its body."""
    boundary = f"batch_{uuid.uuid4()}"
    parts = "".join(
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"GET {origin}{path} HTTP/1.1\r\nAccept: application/json;odata=nometadata\r\n\r\n"
        for path in paths
    )
    headers = {"Content-Type": f'multipart/mixed; boundary="{boundary}"', "Accept": "multipart/mixed"}
    return headers, f"{parts}--{boundary}--\r\n".encode()


def batch_answers(answer: Answer) -> list[Answer]:
    """The answers within a multipart answer, in order. Raises ValueError where it is none."""
    kind = answer.headers.get("content-type", "")
    _, found, boundary = kind.partition("boundary=")
    if not kind.lower().startswith("multipart/mixed") or not found:
        raise ValueError("no multipart answer")
    mark = b"--" + boundary.split(";")[0].strip().strip('"').encode()
    return [_http(part) for part in answer.body.split(mark)[1:-1]]


def _http(part: bytes) -> Answer:
    """One `application/http` part: its own headers, then a whole HTTP answer."""
    _, _, inner = part.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    head, _, body = inner.partition(b"\n\n")
    status, *lines = head.decode("latin-1").split("\n")
    named = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in named}
    return Answer(int(status.split(" ")[1]), headers, body.strip())


@dataclass(frozen=True, slots=True)
class Profile:
    """What a SharePoint profile says of a person's picture."""

    object_id: str
    upn: str
    mail: str
    display_name: str
    host: str
    picture_url: str
    timestamp: str
    placeholder: str
    sync: str

    @classmethod
    def of(cls, told: Mapping[str, Any], upn: str) -> Profile:
        """From SP.UserProfiles.PersonProperties."""
        properties = {str(k): "" if v is None else str(v) for k, v in told["UserProfileProperties"].items()}
        return cls(
            object_id=properties.get("msOnline-ObjectId", ""),
            upn=properties.get("SPS-UserPrincipalName") or properties.get("UserName") or upn,
            mail=str(told.get("Email") or properties.get("WorkEmail", "")),
            display_name=str(told.get("DisplayName") or ""),
            host=str(told.get("PersonalSiteHostUrl") or ""),
            picture_url=properties.get(PICTURE_URL, ""),
            timestamp=properties.get(TIMESTAMP, ""),
            placeholder=properties.get(PLACEHOLDER, ""),
            sync=properties.get(SYNC, ""),
        )

    @property
    def shows_picture(self) -> bool:
        """Whether a picture is shown: the placeholder's state says so, a PictureURL does not."""
        return self.placeholder == "0" and bool(self.picture_url)

    @property
    def blanked(self) -> bool:
        """SharePoint's own sync looked, found nothing, and shows its placeholder."""
        return self.placeholder == "1" and self.sync == "1" and bool(self.picture_url) and bool(self.timestamp)

    @property
    def changed_at(self) -> datetime | None:
        """When the picture was last set: the timestamp counts seconds since the year 1, taken for UTC."""
        try:
            return _YEAR_ONE + timedelta(seconds=int(self.timestamp)) if self.timestamp else None
        except (ValueError, OverflowError):
            return None


def timestamp(at: datetime) -> str:
    """A moment as SPS-PictureTimestamp has it."""
    return str(int((at - _YEAR_ONE).total_seconds()))
