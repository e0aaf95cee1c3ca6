"""The library's folders and files, as sp-dev-docs `working-with-folders-and-files-with-rest.md` has them."""

from __future__ import annotations

import re
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from localtenant.sharepoint import library
from localtenant.sharepoint.addresses import server_relative
from localtenant.sharepoint.calls import Call
from localtenant.sharepoint.entities import (
    FILE,
    FileOf,
    file_entity,
    folder_entity,
    item_etag,
    list_entity,
    web_entity,
)
from localtenant.sharepoint.errors import (
    bad_name,
    bad_query,
    etag_differs,
    file_exists,
    no_file,
    no_folder,
    no_item,
    no_list,
    over_threshold,
)
from localtenant.sharepoint.filters import parse_filter
from localtenant.sharepoint.names import LIBRARY, LIBRARY_TITLE, derived_guid
from localtenant.sharepoint.odata import Literal
from localtenant.store.records import LibraryFile

VIEW_THRESHOLD = 5000

_FORBIDDEN = re.compile(r'["*:<>?/\\|]')


def check_list(call: Call) -> None:
    """The site has one list that matters here, known by its title, its id and its address."""
    title = call.target.title
    if title is None:
        return
    names = (LIBRARY_TITLE, library.LIST_ID, LIBRARY)
    if title.casefold().strip("{}") not in [name.casefold() for name in names]:
        raise no_list(title, call.printer.api.removesuffix("/_api/"))


def file_of(call: Call) -> LibraryFile:
    """The file that the address names, by path or by item; 404 where there is none."""
    check_list(call)
    if call.target.item_id is not None:
        found = library.find_item(call.tenant, call.target.item_id)
        if found is None:
            raise no_item()
        return found
    if call.target.unique_id is not None:
        found = library.find_unique(call.tenant, call.target.unique_id)
    else:
        found = library.find_file(call.tenant, call.target.path)
    if found is None:
        raise no_file(call.target.path)
    return found


def folder_of(call: Call) -> str:
    """The folder's path as it is written, "" for the site's root; 404 where there is none."""
    check_list(call)
    known = ("", LIBRARY, *library.folder_paths(call.tenant))
    unique_id, folded = call.target.unique_id, call.target.path.rstrip("/").casefold()
    if unique_id is not None:
        found = next((path for path in known if derived_guid("folder", path) == unique_id), None)
    else:
        found = next((path for path in known if path.casefold() == folded), None)
    if found is None:
        raise no_folder()
    return found


async def web(call: Call) -> Response:
    """GET web."""
    return call.printer.one(web_entity(call.tenant, call.printer.api.removesuffix("/_api/")), call.query)


async def lists(call: Call) -> Response:
    """GET web/lists."""
    return call.printer.many("SP.ListData.Lists", [list_entity(call.tenant)], call.query)


async def the_list(call: Call) -> Response:
    """GET web/lists/getbytitle('User Photos')."""
    check_list(call)
    return call.printer.one(list_entity(call.tenant), call.query)


async def folder(call: Call) -> Response:
    """GET GetFolderByServerRelativeUrl('…')."""
    return call.printer.one(folder_entity(call.tenant, folder_of(call)), call.query)


async def folders(call: Call) -> Response:
    """GET …/Folders."""
    path = folder_of(call)
    inside = {"": [LIBRARY], LIBRARY: library.folder_paths(call.tenant)}.get(path, [])
    return call.printer.many("SP.ApiData.Folders", [folder_entity(call.tenant, p) for p in inside], call.query)


async def files(call: Call) -> Response:
    """GET …/Files: everything in the folder, unless it holds more than the view threshold and that is refused."""
    ids = library.folder_items(call.tenant, folder_of(call))
    if len(ids) > VIEW_THRESHOLD and call.tenant.behaviours["large_folder_listing"] == "refused":
        raise over_threshold()
    rows = [FileOf(call.tenant, file) for i in ids if (file := library.find_item(call.tenant, i)) is not None]
    if call.query.filter:
        condition = parse_filter(call.query.filter)
        rows = [row for row in rows if condition.accepts(partial(_value, row))]
    for name, descending in reversed(call.query.order_by):
        rows.sort(key=partial(_sort_key, name), reverse=descending)
    end = None if call.query.top is None else call.query.skip + call.query.top
    entities = [file_entity(row.tenant, row.file) for row in rows[call.query.skip : end]]
    return await run_in_threadpool(call.printer.many, "SP.ApiData.Files", entities, call.query)


def _sort_key(name: str, row: FileOf) -> str:
    return str(_value(row, name) or "").casefold()


def _value(row: FileOf, name: str) -> Literal:
    if name not in FILE or name == "Length":
        raise bad_query(f"The field or property '{name}' does not exist.")
    found = FILE[name](row)
    return found if isinstance(found, str | int) else None


async def file(call: Call) -> Response:
    """GET GetFileByServerRelativeUrl('…'): what is known of a file."""
    return await run_in_threadpool(call.printer.one, file_entity(call.tenant, file_of(call)), call.query)


async def add(call: Call) -> Response:
    """POST …/Files/add(url='…',overwrite=true), the body being the file."""
    last = call.target.last
    url = last.argument("url", "decodedurl")
    if not isinstance(url, str) or not url:
        raise bad_query("The method add takes a url.")
    folder_path = folder_of(call)
    name = url.rpartition("/")[2] if "/" in url else url
    if "/" in url and server_relative(url).rpartition("/")[0].casefold() not in ("", folder_path.casefold()):
        raise no_folder()
    if not name.strip(". ") or _FORBIDDEN.search(name):
        raise bad_name(name)
    path = f"{folder_path or LIBRARY}/{name}"
    overwrite = last.argument("overwrite", at=1) is True or _truthy(last.argument("overwrite", at=1))
    if library.find_file(call.tenant, path) is not None and not overwrite:
        raise file_exists(path)
    stored = library.put_file(call.tenant, path, await call.request.body())
    return call.printer.one(file_entity(call.tenant, stored), call.query)


def _truthy(value: Literal) -> bool:
    return isinstance(value, str) and value.casefold() == "true"


async def read(call: Call) -> Response:
    """GET …/$value: the bytes."""
    found = file_of(call)
    if call.request.headers.get("if-none-match") == found.etag:
        return Response(None, 304, {"ETag": found.etag})
    data = await run_in_threadpool(call.tenant.store.bytes_of, found.ref)
    return Response(data, headers={"ETag": found.etag}, media_type="application/octet-stream")


async def replace(call: Call) -> Response:
    """PUT …/$value: a new version of the file."""
    found = _if_match(call, file_of(call))
    stored = library.put_file(call.tenant, f"{found.folder}/{found.name}", await call.request.body())
    return Response(None, 204, {"ETag": stored.etag})


async def delete(call: Call) -> Response:
    """DELETE of a file, or of its item; `If-Match` is `*` or the ETag."""
    found = _if_match(call, file_of(call))
    library.delete_file(call.tenant, f"{found.folder}/{found.name}")
    return Response(None, 200)


def _if_match(call: Call, found: LibraryFile) -> LibraryFile:
    asked = call.request.headers.get("if-match", "*").strip()
    if asked not in ("*", found.etag, item_etag(found)):
        raise etag_differs(asked, found.etag)
    return found
