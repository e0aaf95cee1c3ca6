"""The picture library `User Photos` of the My Site host: its files, folders and numbered items.

Stored in `store.files` by folded server-relative path. Rules: pnp/PnP `Core.ProfilePictureUploader` (the library and
its folder), sp-dev-docs `working-with-folders-and-files-with-rest.md` (files), ETags as SharePoint prints them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4
from weakref import WeakKeyDictionary

from localtenant.sharepoint.names import LIBRARY, LIBRARY_TITLE, derived_guid
from localtenant.store.records import LibraryFile, LibraryFolder, PictureRef
from localtenant.store.store import Store
from localtenant.tenant import Tenant

FIRST_FILE_ITEM = 2
"""The picture folder itself is the library's first item."""

LIST_ID = derived_guid("list", LIBRARY_TITLE)


@dataclass(slots=True)
class _Index:
    """Files by item id, valid for one revision of the table; `next_item` only ever rises."""

    revision: int
    ids: list[int]
    keys: dict[int, str]
    folders: dict[str, list[int]]  # by folded path, item ids ascending
    named: dict[str, str]  # folder paths as written, by folded path
    unique: dict[str, int]  # item ids by unique id
    next_item: int


_lengths: WeakKeyDictionary[Store, dict[PictureRef, int]] = WeakKeyDictionary()
_indexes: WeakKeyDictionary[Store, _Index] = WeakKeyDictionary()


def key_of(path: str) -> str:
    """How the store files a path: SharePoint's names ignore case."""
    return path.casefold()


def find_file(tenant: Tenant, path: str) -> LibraryFile | None:
    """The file at a server-relative path, in whatever case."""
    return tenant.store.files.get(key_of(path))


def find_item(tenant: Tenant, item_id: int) -> LibraryFile | None:
    """The file that is a list item."""
    key = _index(tenant.store).keys.get(item_id)
    return None if key is None else tenant.store.files.get(key)


def find_unique(tenant: Tenant, unique_id: str) -> LibraryFile | None:
    """The file of a unique id, written in small letters."""
    item_id = _index(tenant.store).unique.get(unique_id)
    return None if item_id is None else find_item(tenant, item_id)


def put_file(tenant: Tenant, path: str, picture: PictureRef | bytes) -> LibraryFile:
    """Store a file, or a new version of it: item and unique id stay, the ETag's version rises."""
    store, now = tenant.store, tenant.clock.now()
    ref = store.hold(picture) if isinstance(picture, bytes) else picture
    key = key_of(path)
    old = store.files.get(key)
    if old is not None:
        index = _index(store)
        new = store.files.put(key, replace(old, ref=ref, version=old.version + 1, modified_at=now))
        index.revision = store.files.revision
        return new
    index = _index(store)
    folder, _, name = path.rpartition("/")
    if (record := store.folders.get(folder.casefold())) is not None and not record.there:
        store.folders.put(folder.casefold(), replace(record, there=True))  # a pull makes what it needs
    item_id = index.next_item
    index.next_item += 1
    new = store.files.put(key, LibraryFile(item_id, str(uuid4()), folder, name, ref, 1, now, now))
    _add(index, key, new)
    index.revision = store.files.revision
    return new


def delete_file(tenant: Tenant, path: str) -> bool:
    """Remove a file; False where there was none."""
    old = find_file(tenant, path)
    if old is None:
        return False
    index = _index(tenant.store)
    tenant.store.files.delete(key_of(path))
    index.ids.pop(bisect_right(index.ids, old.item_id) - 1)
    del index.keys[old.item_id]
    in_folder = index.folders[old.folder.casefold()]
    in_folder.pop(bisect_right(in_folder, old.item_id) - 1)
    index.unique.pop(old.unique_id, None)
    index.revision = tenant.store.files.revision
    return True


def item_ids(tenant: Tenant) -> Sequence[int]:
    """The numbers of all files' items, ascending; the folders' own items are not among them."""
    return _index(tenant.store).ids


def folder_paths(tenant: Tenant) -> list[str]:
    """The library's folders: today's folder of pictures, those that hold files, and those that were made."""
    index = _index(tenant.store)
    current = [todays_folder(tenant)] if has_todays_folder(tenant) else []
    named = [index.named[folded] for folded, ids in index.folders.items() if ids]
    made = [folder.path for folder in tenant.store.folders if folder.there]
    return sorted({path.casefold(): path for path in (*current, *named, *made)}.values())


def todays_folder(tenant: Tenant) -> str:
    """Where the pull stores pictures."""
    return f"{LIBRARY}/{tenant.behaviours['folder_name']}"


def has_todays_folder(tenant: Tenant) -> bool:
    """Whether it is there: from the beginning, unless somebody has taken it away."""
    path = todays_folder(tenant)
    record = tenant.store.folders.get(path.casefold())
    return record is None or record.there or bool(folder_items(tenant, path))


def make_folder(tenant: Tenant, name: str) -> str:
    """Make a folder in the library; the path as it is written, also of one that is there already."""
    path = f"{LIBRARY}/{name}"
    there = next((known for known in folder_paths(tenant) if known.casefold() == path.casefold()), None)
    if there is None:
        tenant.store.folders.put(path.casefold(), LibraryFolder(path, there=True))
    return there or path


def remove_folder(tenant: Tenant, path: str) -> None:
    """Take a folder away, and the files in it."""
    for item_id in list(folder_items(tenant, path)):
        file = find_item(tenant, item_id)
        if file is not None:
            delete_file(tenant, f"{file.folder}/{file.name}")
    tenant.store.folders.put(path.casefold(), LibraryFolder(path, there=False))


def folder_items(tenant: Tenant, folder: str) -> Sequence[int]:
    """The item numbers of a folder's files, ascending."""
    return _index(tenant.store).folders.get(folder.casefold(), [])


def length(tenant: Tenant, file: LibraryFile) -> int:
    """How many bytes a file has; a thumbnail not yet made is made for it, once. Slow then: use a thread."""
    known = _lengths.setdefault(tenant.store, {})
    if file.ref not in known:
        known[file.ref] = len(tenant.store.bytes_of(file.ref))
    return known[file.ref]


def _index(store: Store) -> _Index:
    index = _indexes.get(store)
    if index is not None and index.revision == store.files.revision:
        return index
    fresh = _Index(store.files.revision, [], {}, {}, {}, {}, FIRST_FILE_ITEM)
    for file in sorted(store.files, key=lambda file: file.item_id):
        _add(fresh, key_of(f"{file.folder}/{file.name}"), file)
    last = max(fresh.ids[-1] + 1 if fresh.ids else FIRST_FILE_ITEM, store.last_item_id + 1)
    fresh.next_item = max(last, index.next_item if index is not None else last)
    _indexes[store] = fresh
    return fresh


def _add(index: _Index, key: str, file: LibraryFile) -> None:
    folded = file.folder.casefold()
    index.ids.append(file.item_id)
    index.keys[file.item_id] = key
    index.unique[file.unique_id] = file.item_id
    index.folders.setdefault(folded, []).append(file.item_id)
    index.named.setdefault(folded, file.folder)
