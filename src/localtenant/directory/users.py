"""People: the list, one person, how many, and what has changed since.

Pages: api-reference/v1.0/api/user-list, user-get, user-delta; graph/delta-query-users.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import PlainTextResponse, Response

from localtenant.directory.people import latest_change
from localtenant.directory.user_properties import CARRIED, DEFAULT, NAMES, TYPE, as_json, value
from localtenant.graph.door import Call, json, quoted
from localtenant.graph.errors import bad_request, expired_token, no_such_resource
from localtenant.graph.paging import count, page
from localtenant.graph.query import (
    next_link,
    pack,
    read_query,
    read_select,
    read_top,
    refuse_expand,
    unpack,
)
from localtenant.store.records import User

PROPERTIES = NAMES


def fragment(collection: str, select: Iterable[str] | None) -> str:
    """The part of an `@odata.context` behind `#`."""
    return f"{collection}({','.join(select)})" if select else collection


def unasked(version: str) -> tuple[str, ...]:
    """The properties that come without `$select`."""
    return CARRIED if version == "beta" else DEFAULT


async def list_users(call: Call) -> Response:
    """`GET /users`."""
    query = read_query(call.request, PROPERTIES, TYPE)
    begin = "" if query.order else query.after[1]
    users, last = page(call.tenant.store.users.in_order(begin), query, value)
    body: dict[str, object] = {"@odata.context": call.context(fragment("users", query.select))}
    if query.counted:
        body["@odata.count"] = count(call.tenant.store.users, query, value)
    if last is not None:
        body["@odata.nextLink"] = next_link(call, "/users", last)
    names = query.select or unasked(call.version)
    body["value"] = [as_json(user, names) for user in users]
    return json(body)


async def count_users(call: Call) -> Response:
    """`GET /users/$count`, which asks for `ConsistencyLevel: eventual`."""
    if call.request.headers.get("consistencylevel", "").lower() != "eventual":
        raise bad_request("$count is not currently supported.", "Request_BadRequest")
    query = read_query(call.request, PROPERTIES, TYPE)
    return PlainTextResponse(str(count(call.tenant.store.users, query, value)))


async def get_user(call: Call) -> Response:
    """`GET /users/{id | userPrincipalName}` and `GET /me`."""
    key = call.principal.user_id or "" if call.is_me else call.named("user")
    if key.startswith("$") and "('" not in call.request.scope["path"]:
        raise bad_request(f"Resource not found for the segment '{key}'.")
    if call.person is None:
        raise no_such_resource(key)
    if "$expand" in call.request.query_params:
        refuse_expand(call.request.query_params["$expand"])
    select = read_select(call.request, PROPERTIES, TYPE)
    body: dict[str, object] = {"@odata.context": call.context(f"{fragment('users', select)}/$entity")}
    return json(body | as_json(call.person, select or unasked(call.version)))


async def users_delta(call: Call) -> Response:
    """`GET /users/delta`. Pictures are no part of a person here: their changes are not told.

    A round tells what changed behind `since`, up to what was known when it began; the options travel in the token.
    """
    given = call.request.query_params
    if "$skiptoken" in given:
        since, until, after, names, top = _state(given["$skiptoken"])
    elif given.get("$deltatoken", "latest") != "latest":
        since, _, _, names, top = _state(given["$deltatoken"])
        until, after = latest_change(call.tenant), ""
    else:
        select, until = read_select(call.request, PROPERTIES, TYPE), latest_change(call.tenant)
        since, after, names, top = -1, "", list(select or unasked(call.version)), read_top(call.request)
        if "$deltatoken" in given:
            return _delta_page(call, [], _token("$deltatoken", until, until, "", names, top))
    names = names if "id" in names else [*names, "id"]
    entries, last = _changes(call, since, after, names, top)
    if last is not None:
        return _delta_page(call, entries, _token("$skiptoken", since, until, last, names, top))
    return _delta_page(call, entries, _token("$deltatoken", until, until, "", names, top))


def _changes(
    call: Call, since: int, after: str, names: list[str], top: int
) -> tuple[list[dict[str, object]], str | None]:
    """A page of changes by ascending id, and the last id where more follow."""
    store = call.tenant.store
    found: list[tuple[str, dict[str, object]]] = []
    for user in store.users.in_order(after):
        if user.changed_seq > since:
            found.append((user.id, as_json(user, names)))
            if len(found) > top:
                break
    if since >= 0:
        found += [
            (gone.id, {"id": gone.id, "@removed": {"reason": "changed"}})
            for gone in store.removed_users.in_order(after)
            if gone.changed_seq > since
        ]
        found.sort(key=lambda entry: entry[0])
    taken = found[:top]
    return [entry for _, entry in taken], taken[-1][0] if len(found) > top else None


def _token(kind: str, since: int, until: int, after: str, names: list[str], top: int) -> tuple[str, str]:
    return kind, pack([since, until, after, names, top])


def _state(token: str) -> tuple[int, int, str, list[str], int]:
    match unpack(token):
        case [int(since), int(until), str(after), list(names), int(top)]:
            return since, until, after, [str(name) for name in names if name in PROPERTIES], top
        case _:
            raise expired_token()


def _delta_page(call: Call, entries: list[dict[str, object]], token: tuple[str, str]) -> Response:
    kind, text = token
    link = "@odata.nextLink" if kind == "$skiptoken" else "@odata.deltaLink"
    return json(
        {
            "@odata.context": call.context("users"),
            link: call.url(f"/users/delta?{kind}={quoted(text)}"),
            "value": entries,
        }
    )


def limited(user: User, names: Iterable[str]) -> dict[str, object]:
    """A person whom the caller may see only as a member: the id, everything else null (graph/permissions-overview)."""
    return {name: user.id if name == "id" else None for name in names}
