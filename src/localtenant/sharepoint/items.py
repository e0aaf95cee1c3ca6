"""The library's list items: filtered, ordered, paged, and never beyond the list view threshold.

Source: sp-dev-docs `working-with-lists-and-list-items-with-rest.md`; `$skiptoken=Paged=TRUE&p_ID=…` and the threshold
of 5,000 as in onedrive-api-docs #1510 and office365-rest-python-client #804: a filter or an order that no index serves
fails on a list with more items, the id is always indexed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from localtenant.sharepoint import library
from localtenant.sharepoint.calls import Call
from localtenant.sharepoint.entities import FOLDER_ITEM, ITEM, ITEM_TYPE, FileOf, folder_item, item_entity
from localtenant.sharepoint.errors import bad_query, over_threshold
from localtenant.sharepoint.files import VIEW_THRESHOLD, check_list, file_of
from localtenant.sharepoint.filters import Filter, parse_filter
from localtenant.sharepoint.odata import Literal, Query, skip_token_id
from localtenant.sharepoint.shapes import Entity
from localtenant.tenant import Tenant

USUAL_PAGE = 100
_IDS = ("Id", "ID")


async def item(call: Call) -> Response:
    """GET items(5), or a file's ListItemAllFields."""
    check_list(call)
    if call.target.item_id == FOLDER_ITEM and library.has_todays_folder(call.tenant):
        return call.printer.one(folder_item(call.tenant), call.query)
    return await run_in_threadpool(call.printer.one, item_entity(call.tenant, file_of(call)), call.query)


async def items(call: Call) -> Response:
    """GET items: a page, with a link to the next where there is more."""
    check_list(call)
    query = call.query
    condition = parse_filter(query.filter) if query.filter else None
    _refuse_beyond_threshold(call.tenant, query, condition)
    size = USUAL_PAGE if query.top is None else query.top
    page: list[Entity] = []
    last = 0
    more = False
    for item_id in _matching(call.tenant, query, condition):
        if len(page) >= size:
            more = True
            break
        page.append(_entity(call.tenant, item_id))
        last = item_id
    link = _next_link(call, last) if more and page else None
    return await run_in_threadpool(call.printer.many, f"SP.ListData.{ITEM_TYPE}s", page, query, link)


def _refuse_beyond_threshold(tenant: Tenant, query: Query, condition: Filter | None) -> None:
    if len(library.item_ids(tenant)) + 1 <= VIEW_THRESHOLD:
        return
    by_other = any(name not in _IDS for name, _ in query.order_by)
    if by_other or (condition is not None and not condition.by_id) or (query.top or 0) > VIEW_THRESHOLD:
        raise over_threshold()


def _matching(tenant: Tenant, query: Query, condition: Filter | None) -> Iterator[int]:
    """The ids of the items that match, in order, behind the page before."""
    after = skip_token_id(query.skip_token) if query.skip_token else None
    above = condition.above if condition is not None else 0
    ids = library.item_ids(tenant)
    folder = [FOLDER_ITEM] if library.has_todays_folder(tenant) else []
    ordered: Iterable[int]
    if query.order_by and query.order_by[0][0] not in _IDS:
        ordered = _sorted(tenant, [*folder, *ids], query)
        ordered = _behind(list(ordered), after)
    elif query.order_by and query.order_by[0][1]:
        until = len(ids) if after is None else bisect_left(ids, after)
        ordered = [*reversed(ids[:until]), *(folder if after is None or after > FOLDER_ITEM else [])]
    else:
        start = max(above, after or 0)
        first = folder if start < FOLDER_ITEM else []
        ordered = [*first, *ids[bisect_right(ids, start) :]]
    for item_id in ordered:
        if condition is None or condition.accepts(partial(_value, tenant, item_id)):
            yield item_id


def _sorted(tenant: Tenant, ids: list[int], query: Query) -> list[int]:
    for name, descending in reversed(query.order_by):
        ids.sort(key=partial(_sort_key, tenant, name), reverse=descending)
    return ids


def _sort_key(tenant: Tenant, name: str, item_id: int) -> str:
    return str(_value(tenant, item_id, name) or "").casefold()


def _behind(ids: list[int], after: int | None) -> list[int]:
    return ids[ids.index(after) + 1 :] if after in ids else ids


def _entity(tenant: Tenant, item_id: int) -> Entity:
    found = library.find_item(tenant, item_id)
    return folder_item(tenant) if found is None else item_entity(tenant, found)


def _value(tenant: Tenant, item_id: int, name: str) -> Literal:
    if name in _IDS:
        return item_id
    if name not in ITEM:
        raise bad_query(f"Column '{name}' does not exist. It may have been deleted by another user.")
    file = library.find_item(tenant, item_id)
    found = folder_item(tenant).properties[name] if file is None else ITEM[name](FileOf(tenant, file))
    return found if isinstance(found, str | int) else None


def _next_link(call: Call, last: int) -> str:
    kept = [(name, value) for name, value in call.request.query_params.multi_items() if name != "$skiptoken"]
    options = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in kept)
    token = quote(f"Paged=TRUE&p_ID={last}", safe="")
    path = quote(call.request.url.path, safe="/'()=,")
    origin = call.printer.api.removesuffix("/_api/")
    return f"{origin}{path}?%24skiptoken={token}" + (f"&{options}" if options else "")
