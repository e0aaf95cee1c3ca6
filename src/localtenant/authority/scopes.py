"""What a request's `scope` asks for: one API, and permissions there, beside OpenID's own words.

Source: "Scopes and permissions in the Microsoft identity platform".
"""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.authority.apps import App
from localtenant.authority.refusals import refuse
from localtenant.authority.resources import OPENID_SCOPES, Resource, resource_of, resources
from localtenant.tenant import Tenant

DEFAULT = ".default"
LONGEST = 4_000  # characters; it is kept until whoever asked comes back


@dataclass(frozen=True, slots=True)
class Wanted:
    """An understood scope. `audience` is as the client wrote it, so that its token says the same."""

    resource: Resource
    audience: str
    names: frozenset[str]
    openid: frozenset[str]

    @property
    def scp(self) -> frozenset[str]:
        """What the token says; Graph's also names OpenID's words, since Graph answers for those."""
        words = self.openid - {"offline_access"} if self.resource.name == "graph" else frozenset()
        return self.names | words

    @property
    def spelled(self) -> str:
        """For the answer's `scope`: Graph's names bare, others with their API's address."""
        prefix = "" if self.resource.name == "graph" else f"{self.audience}/"
        return " ".join([*sorted(prefix + name for name in self.names), *sorted(self.openid)])


def understood(tenant: Tenant, scope: str) -> Wanted:
    """One API's permissions out of a space-separated scope; refused where it names several APIs or an unknown one."""
    if len(scope) > LONGEST:
        raise refuse(9002313)
    graph = resources(tenant)[0]
    openid: set[str] = set()
    names: set[str] = set()
    audiences: dict[str, Resource] = {}
    for word in scope.split():
        if word in OPENID_SCOPES:
            openid.add(word)
            continue
        audience, _, name = word.rpartition("/")
        audience = audience.rstrip("/") or graph.audiences[0]
        resource = resource_of(tenant, audience)
        if resource is None:
            raise refuse(500011, resource=audience, tenant=tenant.domain)
        names.add(name)
        audiences[audience] = resource
    if len({resource.name for resource in audiences.values()}) > 1:
        raise refuse(28000, scope=scope)
    audience, resource = next(iter(audiences.items()), (graph.audiences[0], graph))
    return Wanted(resource, audience, frozenset(names), frozenset(openid))


def for_the_app(tenant: Tenant, app: App, scope: str) -> tuple[Wanted, frozenset[str]]:
    """What an application asks for itself, and the roles it has there; only `/.default` may be asked."""
    wanted = understood(tenant, scope)
    if wanted.names != {DEFAULT}:
        raise refuse(1002012, scope=scope)
    return wanted, app.granted(app.roles, wanted.resource.name)


def for_a_person(tenant: Tenant, app: App, scope: str) -> Wanted:
    """What an application asks on a person's behalf, `.default` spelled out; all of it must be granted to it."""
    wanted = understood(tenant, scope)
    granted = app.granted(app.scopes, wanted.resource.name)
    names = (wanted.names - {DEFAULT}) | (granted if DEFAULT in wanted.names else frozenset())
    if not names <= granted:
        raise refuse(65001, app=app.app_id, name=app.name)
    return Wanted(wanted.resource, wanted.audience, names, wanted.openid)
