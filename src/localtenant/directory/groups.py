"""Groups and who is in them.

Pages: api-reference/v1.0/api/group-list, group-get, group-list-members, group-list-transitivemembers,
directoryobject-checkmembergroups.
"""

from __future__ import annotations

import json as json_text
import re
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from localtenant.directory import group_properties, user_properties
from localtenant.directory.needs import LIST_USERS
from localtenant.directory.users import fragment, limited, unasked
from localtenant.graph.door import Call, json
from localtenant.graph.errors import bad_request, no_such_resource, unsupported_query
from localtenant.graph.paging import count, page
from localtenant.graph.query import next_link, read_query, read_select
from localtenant.store.records import Group, User
from localtenant.store.store import Store

Member = User | Group

MOST_CHECKED = 20
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_CASTS: dict[str, type[User] | type[Group]] = {
    "microsoft.graph.user": User,
    "graph.user": User,
    "microsoft.graph.group": Group,
    "graph.group": Group,
}


async def list_groups(call: Call) -> Response:
    """`GET /groups`."""
    query = read_query(call.request, group_properties.NAMES, group_properties.TYPE)
    groups = call.tenant.store.groups
    taken, last = page(groups.in_order("" if query.order else query.after[1]), query, group_properties.value)
    body: dict[str, object] = {"@odata.context": call.context(fragment("groups", query.select))}
    if query.counted:
        body["@odata.count"] = count(groups, query, group_properties.value)
    if last is not None:
        body["@odata.nextLink"] = next_link(call, "/groups", last)
    body["value"] = [group_properties.as_json(g, query.select or group_properties.DEFAULT) for g in taken]
    return json(body)


async def get_group(call: Call) -> Response:
    """`GET /groups/{id}`."""
    group = _group(call)
    select = read_select(call.request, group_properties.NAMES, group_properties.TYPE)
    body: dict[str, object] = {"@odata.context": call.context(f"{fragment('groups', select)}/$entity")}
    return json(body | group_properties.as_json(group, select or group_properties.DEFAULT))


async def list_members(call: Call) -> Response:
    """`GET /groups/{id}/members`: the direct ones, people and groups."""
    group = _group(call)
    return _members(call, group, "members", _records(call.tenant.store, group.members))


async def list_transitive_members(call: Call) -> Response:
    """`GET /groups/{id}/transitiveMembers`: a flat list through all nested groups, each once."""
    group = _group(call)
    return _members(call, group, "transitiveMembers", _through(call.tenant.store, group))


async def check_member_groups(call: Call) -> Response:
    """`POST /users/{id}/checkMemberGroups`: which of at most 20 groups a person is in, by way of groups too.

    A malformed id fails the whole request. Of a group that is not there the page says nothing: it is in no answer.
    """
    person = call.person
    if person is None:
        raise no_such_resource("me" if call.is_me else call.named("user"))
    store = call.tenant.store
    asked = [store.groups.get(id.lower()) for id in await _group_ids(call.request)]
    found = [group.id for group in asked if group is not None and person in _through(store, group)]
    return json({"@odata.context": call.context("Collection(Edm.String)"), "value": found})


async def _group_ids(request: Request) -> list[str]:
    """As the body names them; the codes and words of the refusals are those that Graph has for other such bodies."""
    try:
        body = json_text.loads(await request.body())
    except (ValueError, RecursionError):
        raise bad_request("Unable to read JSON request payload.", "Request_BadRequest") from None
    ids = body.get("groupIds") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise bad_request("The groupIds parameter must be a collection of strings.", "Request_BadRequest")
    if len(ids) > MOST_CHECKED:
        raise bad_request(f"At most {MOST_CHECKED} groups can be checked in a request.", "Request_BadRequest")
    for id in ids:
        if _ID.fullmatch(id) is None:
            raise bad_request(f"Invalid object identifier '{id}'.", "Request_BadRequest")
    return list(dict.fromkeys(ids))


def _group(call: Call) -> Group:
    key = call.named("group")
    group = call.tenant.store.groups.get(key.lower()) or call.tenant.store.groups.get(key)
    if group is None:
        raise no_such_resource(key)
    return group


def _records(store: Store, ids: tuple[str, ...]) -> Iterator[Member]:
    for id in ids:
        member = store.users.get(id) or store.groups.get(id)
        if member is not None:
            yield member


def _through(store: Store, group: Group) -> list[Member]:
    found: dict[str, Member] = {}
    ahead = [group]
    while ahead:
        for member in _records(store, ahead.pop().members):
            if member.id not in found:
                found[member.id] = member
                if isinstance(member, Group):
                    ahead.append(member)
    return list(found.values())


def _value(member: Member, name: str) -> object:
    if isinstance(member, User):
        return user_properties.value(member, name)
    return group_properties.value(member, name)


def _members(call: Call, group: Group, relation: str, members: Iterator[Member] | list[Member]) -> Response:
    """A page of members, by ascending id; through a cast of one kind only."""
    cast = call.request.path_params.get("cast", "")
    wanted = _CASTS.get(cast)
    if cast and wanted is None:
        raise unsupported_query("The specified OData cast is not supported for this relationship.")
    query = read_query(call.request, user_properties.NAMES | group_properties.NAMES, "microsoft.graph.directoryObject")
    every = sorted((m for m in members if wanted is None or isinstance(m, wanted)), key=lambda member: member.id)
    behind = every if query.order else [m for m in every if m.id > query.after[1]]
    taken, last = page(behind, query, _value)
    kind = {User: "users", Group: "groups"}.get(wanted, "directoryObjects") if wanted else "directoryObjects"
    body: dict[str, object] = {"@odata.context": call.context(fragment(kind, query.select))}
    if query.counted:
        body["@odata.count"] = count(every, query, _value)
    if last is not None:
        path = f"/groups/{group.id}/{relation}{f'/{cast}' if cast else ''}"
        body["@odata.nextLink"] = next_link(call, path, last)
    body["value"] = [_as_json(call, member, query.select, typed=wanted is None) for member in taken]
    return json(body)


def _as_json(call: Call, member: Member, select: tuple[str, ...] | None, *, typed: bool) -> dict[str, object]:
    if isinstance(member, User):
        names = [n for n in select or unasked(call.version) if n in user_properties.NAMES]
        may_read = bool(LIST_USERS.roles & call.principal.roles or LIST_USERS.scopes & call.principal.scopes)
        printed = user_properties.as_json(member, names) if may_read else limited(member, names)
        return ({"@odata.type": "#microsoft.graph.user"} if typed else {}) | printed
    names = [n for n in select or group_properties.DEFAULT if n in group_properties.NAMES]
    return ({"@odata.type": "#microsoft.graph.group"} if typed else {}) | group_properties.as_json(member, names)
