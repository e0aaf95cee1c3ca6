"""The directory's paths. Each handler cites its page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from localtenant.directory import groups, needs, organization, users
from localtenant.graph.access import Need
from localtenant.graph.door import VERSIONS, GraphHandler, graph_routes, keyed, people_paths
from localtenant.tenant import Tenant


def routes(tenant: Tenant) -> list[Route]:
    """`/users`, `/me`, `/groups`, `/organization` and the picture settings; the more special path first."""

    def at(
        paths: Sequence[str],
        handler: GraphHandler,
        operation: str,
        need: Need,
        method: str = "GET",
        versions: Sequence[str] = VERSIONS,
    ) -> list[Route]:
        return graph_routes(
            tenant, paths, handler, operation=operation, need=need, methods=(method,), versions=versions
        )

    delta = ["/users/delta", "/users/delta()", "/users/microsoft.graph.delta()", "/users/microsoft.graph.delta"]
    members = [*keyed("groups", "group", "/members"), *keyed("groups", "group", "/members/{cast}")]
    through = [
        *keyed("groups", "group", "/transitiveMembers"),
        *keyed("groups", "group", "/transitiveMembers/{cast}"),
    ]
    settings, beta = ["/admin/people/photoUpdateSettings"], ["beta"]
    read, write = needs.READ_PHOTO_SETTINGS, needs.WRITE_PHOTO_SETTINGS
    return [
        *at(["/users"], users.list_users, "users", needs.LIST_USERS),
        *at(["/users/$count"], users.count_users, "users/$count", needs.LIST_USERS),
        *at(delta, users.users_delta, "users/delta", needs.LIST_USERS),
        *at([*keyed("users", "user"), "/me"], users.get_user, "users/{id}", needs.GET_USER),
        *at(["/groups"], groups.list_groups, "groups", needs.READ_GROUPS),
        *at(keyed("groups", "group"), groups.get_group, "groups/{id}", needs.READ_GROUPS),
        *at(members, groups.list_members, "members", needs.READ_GROUPS),
        *at(through, groups.list_transitive_members, "transitiveMembers", needs.READ_GROUPS),
        *at(people_paths("/checkMemberGroups"), groups.check_member_groups, "checkMemberGroups",
            needs.CHECK_MEMBER_GROUPS, "POST"),
        *at(["/organization"], organization.list_organization, "organization", needs.READ_ORGANIZATION),
        *at(keyed("organization", "organization"), organization.get_organization, "organization/{id}",
            needs.READ_ORGANIZATION),
        *at(settings, organization.get_photo_settings, "photoUpdateSettings", read, versions=beta),
        *at(settings, organization.update_photo_settings, "photoUpdateSettings", write, "PATCH", beta),
        *at(settings, organization.delete_photo_settings, "photoUpdateSettings", write, "DELETE", beta),
    ]  # fmt: skip
