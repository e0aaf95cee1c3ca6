"""Files, folders, items and the list as entities: SharePoint's property names and what stands behind them.

Names: SP.File, SP.Folder, SP.ListItem, SP.List in SharePoint Online's $metadata (SharePoint.xml of
Office365-REST-Python-Client).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localtenant.sharepoint import library
from localtenant.sharepoint.names import LIBRARY, LIBRARY_TITLE, derived_guid
from localtenant.sharepoint.shapes import Complex, Entity, Lazy
from localtenant.store.records import LibraryFile
from localtenant.tenant import Tenant

LIST_ADDRESS = f"Web/Lists(guid'{library.LIST_ID}')"
ITEM_TYPE = "SP.Data.User_x0020_PhotosItem"
CONTENT_TYPE_FILE = "0x010100"
CONTENT_TYPE_FOLDER = "0x012000"
FOLDER_ITEM = 1


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file with the tenant that has it."""

    tenant: Tenant
    file: LibraryFile

    @property
    def path(self) -> str:
        """Server-relative."""
        return f"{self.file.folder}/{self.file.name}"


def moment(at: datetime) -> str:
    """A time as SharePoint's REST prints it: UTC, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


FILE: Mapping[str, Callable[[FileOf], object]] = {
    "CheckInComment": lambda f: "",
    "CheckOutType": lambda f: 2,
    "ContentTag": lambda f: f"{{{f.file.unique_id.upper()}}},{f.file.version},1",
    "CustomizedPageStatus": lambda f: 0,
    "ETag": lambda f: f.file.etag,
    "Exists": lambda f: True,
    "IrmEnabled": lambda f: False,
    "Length": lambda f: str(library.length(f.tenant, f.file)),
    "Level": lambda f: 1,
    "LinkingUri": lambda f: None,
    "LinkingUrl": lambda f: "",
    "MajorVersion": lambda f: f.file.version,
    "MinorVersion": lambda f: 0,
    "Name": lambda f: f.file.name,
    "ServerRelativeUrl": lambda f: f.path,
    "TimeCreated": lambda f: moment(f.file.created_at),
    "TimeLastModified": lambda f: moment(f.file.modified_at),
    "Title": lambda f: None,
    "UIVersion": lambda f: f.file.version * 512,
    "UIVersionLabel": lambda f: f"{f.file.version}.0",
    "UniqueId": lambda f: f.file.unique_id,
    "ServerRelativePath": lambda f: Complex("SP.ResourcePath", {"DecodedUrl": f.path}),
}

ITEM: Mapping[str, Callable[[FileOf], object]] = {
    "FileSystemObjectType": lambda f: 0,
    "Id": lambda f: f.file.item_id,
    "ServerRedirectedEmbedUri": lambda f: None,
    "ServerRedirectedEmbedUrl": lambda f: "",
    "ContentTypeId": lambda f: CONTENT_TYPE_FILE,
    "Title": lambda f: None,
    "OData__CopySource": lambda f: None,
    "CheckoutUserId": lambda f: None,
    "OData__UIVersionString": lambda f: f"{f.file.version}.0",
    "ID": lambda f: f.file.item_id,
    "Created": lambda f: moment(f.file.created_at),
    "AuthorId": lambda f: 1,
    "Modified": lambda f: moment(f.file.modified_at),
    "EditorId": lambda f: 1,
    "GUID": lambda f: derived_guid("item", f.file.unique_id),
    "FileLeafRef": lambda f: f.file.name,
    "FileRef": lambda f: f.path,
    "FileDirRef": lambda f: f.file.folder,
    "FSObjType": lambda f: 0,
    "File_x0020_Type": lambda f: f.file.name.rpartition(".")[2] or None,
    "UniqueId": lambda f: f.file.unique_id,
}
ITEM_HIDDEN = frozenset({"FileLeafRef", "FileRef", "FileDirRef", "FSObjType", "File_x0020_Type", "UniqueId"})


def literal(path: str) -> str:
    """A path inside the quotes of an address."""
    return path.replace("'", "''").replace("%", "%25").replace("#", "%23")


def file_entity(tenant: Tenant, file: LibraryFile) -> Entity:
    """SP.File."""
    subject = FileOf(tenant, file)
    return Entity(
        "SP.File",
        lambda: f"Web/GetFileByServerRelativePath(decodedurl='{literal(subject.path)}')",
        Lazy(FILE, subject),
        file.etag,
        {"ListItemAllFields": lambda: item_entity(tenant, file)},
        frozenset({"ServerRelativePath"}),
    )


def item_etag(file: LibraryFile) -> str:
    """An item's own ETag: the guid in small letters, without braces."""
    return f'"{file.unique_id.lower()},{file.version}"'


def item_entity(tenant: Tenant, file: LibraryFile) -> Entity:
    """The list item of a file."""
    return Entity(
        ITEM_TYPE,
        lambda: f"{LIST_ADDRESS}/Items({file.item_id})",
        Lazy(ITEM, FileOf(tenant, file)),
        item_etag(file),
        {"File": lambda: file_entity(tenant, file), "Folder": lambda: None},
        ITEM_HIDDEN,
        strict=True,
    )


def folder_item(tenant: Tenant) -> Entity:
    """The list item of today's folder of pictures, the library's first."""
    path = library.todays_folder(tenant)
    files = library.folder_items(tenant, path)
    first = library.find_item(tenant, files[0]) if files else None
    at = moment(first.created_at if first is not None else tenant.clock.now())
    guid = derived_guid("folder", path)
    properties: dict[str, object] = dict.fromkeys(ITEM)
    properties |= {
        "FileSystemObjectType": 1,
        "Id": FOLDER_ITEM,
        "ID": FOLDER_ITEM,
        "ServerRedirectedEmbedUrl": "",
        "ContentTypeId": CONTENT_TYPE_FOLDER,
        "OData__UIVersionString": "1.0",
        "Created": at,
        "Modified": at,
        "AuthorId": 1,
        "EditorId": 1,
        "GUID": derived_guid("item", guid),
        "FileLeafRef": path.rpartition("/")[2],
        "FileRef": path,
        "FileDirRef": LIBRARY,
        "FSObjType": 1,
        "UniqueId": guid,
    }
    links: dict[str, Callable[[], Entity | Sequence[Entity] | None]] = {
        "File": lambda: None,
        "Folder": lambda: folder_entity(tenant, path),
    }
    return Entity(
        ITEM_TYPE, lambda: f"{LIST_ADDRESS}/Items({FOLDER_ITEM})", properties, f'"{guid},1"', links, ITEM_HIDDEN, True
    )


def folder_entity(tenant: Tenant, path: str) -> Entity:
    """SP.Folder: the library itself, one of its folders, or the site's root."""
    count = len(library.folder_paths(tenant) if path == LIBRARY else library.folder_items(tenant, path))
    newest = library.item_ids(tenant)[-1:]
    file = library.find_item(tenant, newest[0]) if newest else None
    at = moment(file.modified_at if file is not None else tenant.clock.now())
    properties: dict[str, Any] = {
        "Exists": True,
        "IsWOPIEnabled": False,
        "ItemCount": count if path else 0,
        "Name": path.rpartition("/")[2],
        "ProgID": None,
        "ServerRelativeUrl": path or "/",
        "TimeCreated": at,
        "TimeLastModified": at,
        "UniqueId": derived_guid("folder", path),
        "WelcomePage": "",
    }
    address = f"Web/GetFolderByServerRelativePath(decodedurl='{literal(path or '/')}')"
    return Entity("SP.Folder", lambda: address, properties)


def list_entity(tenant: Tenant) -> Entity:
    """SP.List: the library."""
    ids = library.item_ids(tenant)
    file = library.find_item(tenant, ids[-1]) if ids else None
    at = moment(file.modified_at if file is not None else tenant.clock.now())
    properties: dict[str, object] = {
        "AllowContentTypes": True,
        "BaseTemplate": 851,
        "BaseType": 1,
        "Created": at,
        "EntityTypeName": "User_x0020_Photos",
        "Hidden": False,
        "Id": library.LIST_ID,
        "ItemCount": len(ids) + library.has_todays_folder(tenant),
        "LastItemModifiedDate": at,
        "ListItemEntityTypeFullName": ITEM_TYPE,
        "Title": LIBRARY_TITLE,
    }
    return Entity(
        "SP.List", lambda: LIST_ADDRESS, properties, links={"RootFolder": lambda: folder_entity(tenant, LIBRARY)}
    )


def web_entity(tenant: Tenant, origin: str) -> Entity:
    """SP.Web: the root site of the My Site host."""
    properties: dict[str, object] = {
        "Id": derived_guid("web", tenant.tenant_id),
        "Language": 1033,
        "ServerRelativeUrl": "/",
        "Title": tenant.domain,
        "Url": origin,
        "WebTemplate": "SPSMSITEHOST",
    }
    return Entity("SP.Web", lambda: "Web", properties)
