"""Requests and answers of Entra ID through Graph, as documented.

Sources: learn.microsoft.com/graph/api/user-list, /group-list, /group-get, /group-list-transitivemembers,
/directoryobject-checkmembergroups (User.Read.All and GroupMember.Read.All, which a listing of the group asks for too),
/graph/aad-advanced-queries (`$count` needs `ConsistencyLevel: eventual`), /graph/api/user-delta and
/graph/delta-query-overview (what a round tells, "sync from now", "synchronization reset").
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from samepic.model.person import Keys, PersonId
from samepic.model.system import Cursor
from samepic.transport.answer import Answer
from samepic.transport.graph_people import SELECT, user_path

EVENTUAL = {"ConsistencyLevel": "eventual"}
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def first_page(page_size: int) -> str:
    """The listing's start; it also asks how many there are."""
    return f"/v1.0/users?$select={SELECT}&$top={page_size}&$count=true"


def is_id(group: str) -> bool:
    """Whether a group is named by its object id."""
    return _GUID.fullmatch(group) is not None


def groups_named(name: str) -> str:
    """Groups of a display name; names need not be unique."""
    wanted = quote("displayName eq '" + name.replace("'", "''") + "'", safe="")
    return f"/v1.0/groups?$filter={wanted}&$select=id,displayName"


def members_of(group_id: str) -> str:
    """Everybody in a group and in the groups within it; groups and devices come along."""
    return f"/v1.0/groups/{quote(group_id, safe='')}/transitiveMembers?$select=id&$top=999"


def user_ids(page: dict[str, Any]) -> list[PersonId]:
    """The people among a group's members; a row without a type is taken for one, as `$select=id` may drop it."""
    return [
        PersonId(row["id"])
        for row in page["value"]
        if row.get("@odata.type", "#microsoft.graph.user") == "#microsoft.graph.user"
    ]


def check_member_groups(person: PersonId) -> str:
    """Which of some groups one person is in, groups within groups included; the body names the groups."""
    return f"/v1.0{user_path(person)}/checkMemberGroups"


def group(group_id: str) -> str:
    """Whether there is such a group: of one that is not there nobody is told to be a member."""
    return f"/v1.0/groups/{quote(group_id, safe='')}?$select=id"


def one_user(person: PersonId) -> str:
    """One person as the listing tells them; below the version, for a batch."""
    return f"{user_path(person)}?$select={SELECT}"


def changes_from_now() -> str:
    """Asks for no change, only for a link to those to come. `$select` names what a change is: pictures are none."""
    return f"/v1.0/users/delta?$select={SELECT}&$deltatoken=latest"


def changed_people(page: dict[str, Any]) -> tuple[PersonId, ...]:
    """Who is new or changed, anybody several times; a row may hold no more than the id and what changed.

    `@removed` marks whoever was deleted, for good or not. Raises KeyError, TypeError.
    """
    return tuple(PersonId(str(row["id"])) for row in page["value"] if "@removed" not in row)


def delta_link(page: dict[str, Any]) -> str | None:
    """Where the next round begins, of its last page. Raises TypeError where that is no link."""
    link = page.get("@odata.deltaLink")
    if link is not None and not isinstance(link, str):
        raise TypeError("a link that is no text")
    return link or None


def cursor_of(link: str) -> Cursor:
    """A link as it is remembered: without its host, which whoever asks puts before it."""
    parts = urlsplit(link)
    return Cursor(f"{parts.path}?{parts.query}")


def is_cursor(cursor: Cursor) -> bool:
    """Whether it is one that was made here."""
    return re.match(r"/(v1\.0|beta)/users/[\w.()]*delta[()]*\?", cursor) is not None


def is_expired(answer: Answer) -> bool:
    """Whether a link to changes is good no longer: 410, or 400 after seven days, by whichever code.

    Source: devblogs.microsoft.com, "Duration of change tracking tokens for identity and education resources" (2020).
    """
    code = answer.error[0].casefold()
    return answer.status in (400, 410) or code.startswith("resync") or code == "syncstatenotfound"


def sharing(keys: Keys) -> str | None:
    """Everybody with a UPN or a mail address, None where there is neither."""
    asked = (("userPrincipalName", keys.upn), ("mail", keys.mail))
    parts = [f"{name} eq '{value.replace(chr(39), chr(39) * 2)}'" for name, value in asked if value]
    return f"/v1.0/users?$filter={quote(' or '.join(parts), safe='')}&$select={SELECT}" if parts else None


def next_link(page: dict[str, Any]) -> str | None:
    """Where the listing goes on, None at its end. Raises TypeError where that is no link."""
    link = page.get("@odata.nextLink")
    if link is not None and not isinstance(link, str):
        raise TypeError("a link that is no text")
    return link or None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing stands: the next link, how many rows came, and how many there should be."""

    link: str
    rows: int = 0
    expected: int | None = None

    def cursor(self) -> Cursor:
        """The same as something to remember."""
        return Cursor(json.dumps([self.link, self.rows, self.expected]))

    @classmethod
    def of(cls, cursor: Cursor) -> Position:
        """Back from what was remembered; ValueError where it never was one."""
        link, rows, expected = json.loads(cursor)
        return cls(str(link), int(rows), None if expected is None else int(expected))
