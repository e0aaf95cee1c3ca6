"""Who may call what: each route's need, as the vendor's page for that operation lists it."""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.authority.principal import Principal
from localtenant.graph.errors import GraphError
from localtenant.store.records import User

ADMIN_TEMPLATES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "People Administrator": "024906de-61e5-49c8-8572-40335f1e0e10",
}
"""Directory roles by name, with the template ids that `allowedRoles` holds."""


@dataclass(frozen=True, slots=True)
class Need:
    """Any one of `roles` lets an app in, any one of `scopes` a user; `own` scopes reach the caller's own things only.

    admin: directory roles of which a user needs one as well when the thing is not their own.
    also: what has to be met as well, where the vendor's table says "this and that".
    denied: the code and the words of the 403.
    """

    roles: frozenset[str]
    scopes: frozenset[str]
    own: frozenset[str] = frozenset()
    admin: frozenset[str] = frozenset()
    also: Need | None = None
    denied: tuple[str, str] = (
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )

    def allows(self, principal: Principal, caller: User | None, is_own: bool) -> bool:
        """Whether this caller may; `caller` is the signed-in person, None for an app."""
        if self.also is not None and not self.also.allows(principal, caller, is_own):
            return False
        if principal.is_app:
            return bool(self.roles & principal.roles)
        if is_own and (self.own | self.scopes) & principal.scopes:
            return True
        has_role = not self.admin or (caller is not None and bool(self.admin & set(caller.roles)))
        return has_role and bool(self.scopes & principal.scopes)

    def refusal(self) -> GraphError:
        """The 403."""
        return GraphError(403, *self.denied)
