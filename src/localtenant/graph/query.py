"""What a listing was asked for: `$select`, `$top`, `$filter`, `$orderby`, `$count`, and where a page begins.

Sources: graph/query-parameters, graph/paging, graph/aad-advanced-queries.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from starlette.requests import Request

from localtenant.graph.door import Call, quoted
from localtenant.graph.errors import bad_request, expired_token, unsupported_query
from localtenant.graph.filters import Filter, parse

DEFAULT_TOP = 100
MAX_TOP = 999
SORTABLE = ("displayName", "userPrincipalName")

Cursor = tuple[str, str]
"""The last record's sort key and id; both strings, so that a page begins behind it even when it has gone."""


@dataclass(frozen=True, slots=True)
class Query:
    """A listing's options. order: a property, or empty for the directory's own order, which is by id."""

    select: tuple[str, ...] | None
    top: int
    filter: Filter | None
    order: str
    descending: bool
    counted: bool
    after: Cursor


def read_query(request: Request, properties: frozenset[str], type_name: str) -> Query:
    """The options of a request; GraphError as the vendor answers what it does not support."""
    given = request.query_params
    advanced = request.headers.get("consistencylevel", "").lower() == "eventual" and _is_true(given.get("$count"))
    if "$expand" in given:
        refuse_expand(given["$expand"])
    filter_text = given.get("$filter")
    filtered = parse(filter_text, properties, type_name) if filter_text else None
    order, descending = _order(given.get("$orderby", ""), type_name, properties)
    if filtered and filtered.advanced and not advanced:
        raise unsupported_query(
            f"Operator '{filtered.advanced[0]}' is not supported because the 'ConsistencyLevel:eventual' header is "
            "missing. Refer to https://aka.ms/graph-docs/advanced-queries for more information"
        )
    if filtered and order and not advanced:
        raise unsupported_query("Sorting not supported for current query.")
    return Query(
        select=read_select(request, properties, type_name),
        top=read_top(request),
        filter=filtered,
        order=order,
        descending=descending,
        counted=advanced,
        after=_cursor(given["$skiptoken"]) if "$skiptoken" in given else ("", ""),
    )


def read_select(request: Request, properties: frozenset[str], type_name: str) -> tuple[str, ...] | None:
    """The chosen properties, None for the default ones; `id` comes only when asked for."""
    text = request.query_params.get("$select", "").strip()
    if not text:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if "*" in names:
        return None
    for name in names:
        if name not in properties:
            raise bad_request(
                "Parsing OData Select and Expand failed: "
                f"Could not find a property named '{name}' on type '{type_name}'."
            )
    return names


def read_top(request: Request) -> int:
    """`$top`, within the vendor's bounds."""
    text = request.query_params.get("$top", str(DEFAULT_TOP))
    if not text.isdecimal() or not 1 <= int(text) <= MAX_TOP:
        raise unsupported_query(f"Invalid page size specified: '{text}'. Must be between 1 and {MAX_TOP} inclusive.")
    return int(text)


def refuse_expand(text: str) -> None:
    """Nothing here is expandable; a picture least of all (`Expandable` is false in the vendor's metadata)."""
    name = text.partition("(")[0].strip()
    raise bad_request(
        "Parsing OData Select and Expand failed: "
        f"Expand is not allowed for property '{name[:1].upper()}{name[1:]}' according to the entity schema."
    )


def next_link(call: Call, path: str, last: Cursor) -> str:
    """The link to the page behind `last`, with every other option as it was."""
    kept = [(k, v) for k, v in call.request.query_params.multi_items() if k.lower() != "$skiptoken"]
    options = "&".join(f"{k}={quoted(v)}" for k, v in [*kept, ("$skiptoken", pack(list(last)))])
    return call.url(f"{path}?{options}")


def pack(value: object) -> str:
    """An opaque token."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def unpack(token: str) -> object:
    """What `pack` was given; GraphError for anything else."""
    try:
        return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise expired_token() from None


def _cursor(token: str) -> Cursor:
    match unpack(token):
        case [str(key), str(id)]:
            return key, id
        case _:
            raise expired_token()


def _order(text: str, type_name: str, properties: frozenset[str]) -> tuple[str, bool]:
    if not text.strip():
        return "", False
    name, _, direction = text.strip().partition(" ")
    if name not in properties:
        raise bad_request(f"Could not find a property named '{name}' on type '{type_name}'.")
    if name not in SORTABLE or direction.strip().lower() not in ("", "asc", "desc"):
        raise unsupported_query(f"Sort clause '{text.strip()}' is not supported.")
    return name, direction.strip().lower() == "desc"


def _is_true(text: str | None) -> bool:
    return (text or "").lower() == "true"
