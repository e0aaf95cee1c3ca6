"""Exchange's paths: pictures of people and groups by Graph, and EWS's plain request."""

from __future__ import annotations

from starlette.routing import Route

from localtenant.endpoint import endpoint
from localtenant.exchange import needs, photos, subjects
from localtenant.exchange.ews import get_user_photo
from localtenant.exchange.subjects import FindSubject
from localtenant.graph.access import Need
from localtenant.graph.door import GraphHandler, graph_routes, keyed, people_paths
from localtenant.tenant import Tenant

EWS_PATH = "/ews/Exchange.asmx/s/GetUserPhoto"


def routes(tenant: Tenant) -> list[Route]:
    """`…/photo`, `…/photos` and their `$value`, and `GetUserPhoto`."""
    ews = endpoint(tenant, EWS_PATH, get_user_photo(tenant), api="ews", operation="GetUserPhoto")
    return [*_of_people(tenant), *_of_groups(tenant), ews]


def _of_people(tenant: Tenant) -> list[Route]:
    base = people_paths()
    return _pictures(tenant, base, subjects.person, needs.READ_PERSON, needs.WRITE_PERSON)


def _of_groups(tenant: Tenant) -> list[Route]:
    base = keyed("groups", "group")
    return _pictures(tenant, base, subjects.group, needs.READ_GROUP, needs.WRITE_GROUP)


def _pictures(tenant: Tenant, base: list[str], find: FindSubject, read: Need, write: Need) -> list[Route]:
    def at(rest: str, handler: GraphHandler, need: Need, *methods: str) -> list[Route]:
        paths = [
            f"{start}/{form}"
            for start in base
            for form in ([rest] if "/{size}" not in rest else [rest, rest.replace("/{size}", "('{size}')")])
        ]
        return graph_routes(tenant, paths, handler, operation=rest, need=need, methods=methods)

    return [
        *at("photo", photos.describe(find), read, "GET"),
        *at("photo", photos.delete(find), write, "DELETE"),
        *at("photo/$value", photos.read(find), read, "GET"),
        *at("photo/$value", photos.replace(find), write, "PUT", "PATCH"),
        *at("photo/$value", photos.delete(find), write, "DELETE"),
        *at("photos", photos.describe_all(find), read, "GET"),
        *at("photos/{size}", photos.describe_one(find), read, "GET"),
        *at("photos/{size}/$value", photos.read_one(find), read, "GET"),
    ]
