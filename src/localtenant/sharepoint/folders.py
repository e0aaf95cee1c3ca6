"""The library's folders, made and taken away.

Sources: sp-dev-docs `working-with-folders-and-files-with-rest.md` (Create, Delete a folder); SP.FolderCollection.add
(learn.microsoft.com, jj245836); `addUsingPath` as @pnp/sp sends it. A folder that is there already comes back as it is.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from localtenant.sharepoint import library
from localtenant.sharepoint.addresses import server_relative
from localtenant.sharepoint.calls import Call
from localtenant.sharepoint.entities import folder_entity
from localtenant.sharepoint.errors import bad_name, bad_query, no_folder
from localtenant.sharepoint.files import folder_of
from localtenant.sharepoint.names import LIBRARY

_FORBIDDEN = re.compile(r'["*:<>?\\|]')


async def create(call: Call) -> Response:
    """POST …/folders, the body naming the folder."""
    body = await call.json()
    answer = _made(call, body.get("ServerRelativeUrl"))
    answer.status_code = 201
    return answer


async def add(call: Call) -> Response:
    """POST …/folders/add('…') and …/folders/AddUsingPath(DecodedUrl='…')."""
    return _made(call, call.target.last.argument("url", "decodedurl", "name"))


async def delete(call: Call) -> Response:
    """DELETE of a folder of the library, with everything in it."""
    path = folder_of(call)
    if path in ("", LIBRARY):
        raise bad_query("The folder cannot be deleted.")
    library.remove_folder(call.tenant, path)
    return Response(None, 200)


def _made(call: Call, url: object) -> Response:
    """url: server-relative, or relative to the folder whose folders were addressed."""
    if not isinstance(url, str) or not url.strip("/"):
        raise bad_query("The method add takes a url.")
    inside = folder_of(call)
    path = server_relative(url) if url.startswith("/") or "://" in url else f"{inside}/{url.strip('/')}"
    parent, _, name = path.rpartition("/")
    if not name.strip(". ") or _FORBIDDEN.search(name):
        raise bad_name(name)
    if parent.casefold() != LIBRARY.casefold():
        raise no_folder()  # the library is all that this site keeps
    return call.printer.one(folder_entity(call.tenant, library.make_folder(call.tenant, name)), call.query)
