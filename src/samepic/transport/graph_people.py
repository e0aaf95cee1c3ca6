"""Who a person is, as Graph tells it; Entra ID and Exchange Online both answer through it.

Source: learn.microsoft.com/graph/api/user-list, /user-get, /resources/assignedplan
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from samepic.model.person import Keys, Person
from samepic.model.sayings import saying
from samepic.model.text import one_line
from samepic.transport.api import Api

SELECT = "id,userPrincipalName,mail,displayName,userType,accountEnabled,assignedPlans,preferredDataLocation"
_PLAN_WORKS = ("Enabled", "Warning")  # Warning: a grace period, in which the mailbox is still served


_PLAIN_KEY = re.compile(r"[^\W_][^/\\\\]*@[^/\\\\]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def user_path(key: str) -> str:
    """The address of one person, below the version: `/users/{key}`, or `/users('{key}')` where that would say more.

    `.` and `..` climb in an address, encoded or not; `delta` and `$count` are operations. The second form is the one
    that Graph asks for where a UPN begins with `$` (learn.microsoft.com/graph/api/user-get).
    """
    if _PLAIN_KEY.fullmatch(key):
        return f"/users/{quote(key, safe='@')}"
    return f"/users('{quote(key.replace(chr(39), chr(39) * 2), safe='@')}')"


def person_of(user: dict[str, Any]) -> Person:
    """One row of the census. Raises KeyError, TypeError or AttributeError where it is no user."""
    return Person(
        keys=Keys(object_id=str(user["id"]), upn=user.get("userPrincipalName"), mail=user.get("mail") or None),
        display_name=one_line(user.get("displayName") or ""),
        guest=(user.get("userType") or "").casefold() == "guest",
        enabled=user.get("accountEnabled") is not False,
        has_mailbox_plan=any(
            plan.get("service", "").casefold() == "exchange" and plan.get("capabilityStatus") in _PLAN_WORKS
            for plan in user.get("assignedPlans") or ()
        ),
        geography=user.get("preferredDataLocation") or None,
    )


async def find_person(api: Api, key: str) -> Person | None:
    """One person by object id, UPN or mail; None where there is nobody, or mail does not tell who."""
    answer = await api.send("GET", f"/v1.0{user_path(key)}?$select={SELECT}", doing="users", parse_json=True)
    try:
        if answer.ok:
            return _asked_for(api, key, person_of(answer.json()))
        if answer.status not in (400, 404):
            raise api.fault(answer, "users")
        if "@" not in key:
            return None
        wanted = quote(f"mail eq '{key.replace(chr(39), chr(39) * 2)}'", safe="")
        found = await api.get_json(f"/v1.0/users?$filter={wanted}&$select={SELECT}", doing="users")
        rows = found["value"]
        return _asked_for(api, key, person_of(rows[0])) if len(rows) == 1 else None
    except (KeyError, TypeError, AttributeError, IndexError):
        raise api.out_of_contract("users", saying("other_shape")) from None


def _asked_for(api: Api, key: str, person: Person) -> Person:
    """Nobody is taken for somebody else because an answer went astray."""
    if not any(told == key.casefold() for _, told in person.keys):
        raise api.out_of_contract("users", saying("of_somebody_else"))
    return person
