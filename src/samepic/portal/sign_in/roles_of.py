"""From what the provider says of somebody to what they may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from samepic.portal.roles import Role

IsMember = Callable[[str, str], Awaitable[bool]]
"""Whether a person (object id) is in a group, directly or by another, as the census tells."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Whose members have which role: object ids of groups, or names of app roles."""

    administrators: tuple[str, ...] = ()
    helpdesk: tuple[str, ...] = ()


async def role_of(claims: Mapping[str, Any], object_id: str, groups: Groups, is_member: IsMember) -> Role:
    """By the claims `groups` and `roles`; where a token names no groups, as of somebody in too many, by the census."""
    told = {str(one).casefold() for name in ("groups", "roles") for one in _list(claims.get(name))}
    for role, named in ((Role.ADMINISTRATOR, groups.administrators), (Role.HELPDESK, groups.helpdesk)):
        if told & {one.casefold() for one in named}:
            return role
        if "groups" not in claims:
            for group in named:
                if await is_member(object_id, group):
                    return role
    return Role.PERSON


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
