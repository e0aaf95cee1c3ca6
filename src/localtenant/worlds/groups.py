"""The groups of a world: departments, all of them together, two that routes choose by, two of people with a duty."""

from __future__ import annotations

from hashlib import blake2b
from itertools import islice

from localtenant.store.records import Group, User

ALL_STAFF = "All staff"
LEADERSHIP = "Leadership"
PILOT = "Picture pilot"
OPTED_OUT = "No profile pictures"
PARTNERS = "Partners"
ADMINISTRATORS = "Picture administrators"
HELPDESK = "Service desk"


def _id(seed: int, name: str) -> str:
    d = blake2b(f"{seed}/group/{name}".encode(), digest_size=16).hexdigest()
    return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-8{d[17:20]}-{d[20:]}"


def group_of(seed: int, name: str) -> str:
    """The id of one of them."""
    return _id(seed, name)


def groups(seed: int, users: list[User]) -> dict[str, Group]:
    """By id. "All staff" has the departments' groups as members, and one of them holds a group in its turn."""
    members = [user for user in users if user.user_type == "Member"]
    departments: dict[str, list[str]] = {}
    for user in members:
        departments.setdefault(user.department or "", []).append(user.id)
    pilot = _id(seed, PILOT)
    made = [Group(_id(seed, name), name, tuple(ids)) for name, ids in sorted(departments.items())]
    leaders = tuple(user.id for user in islice(members, 0, None, 17))
    all_staff = Group(_id(seed, ALL_STAFF), ALL_STAFF, tuple(group.id for group in made))
    made += [
        all_staff,
        Group(_id(seed, LEADERSHIP), LEADERSHIP, leaders),
        Group(pilot, PILOT, (_id(seed, LEADERSHIP), *(user.id for user in islice(members, 2, None, 10)))),
        Group(_id(seed, OPTED_OUT), OPTED_OUT, tuple(user.id for user in islice(members, 11, None, 40))),
        Group(_id(seed, ADMINISTRATORS), ADMINISTRATORS, tuple(user.id for user in islice(members, 3, 40, 17))),
        Group(_id(seed, HELPDESK), HELPDESK, tuple(user.id for user in islice(members, 5, 40, 13))),
        Group(_id(seed, PARTNERS), PARTNERS, tuple(user.id for user in users if user.user_type == "Guest")),
    ]
    return {group.id: group for group in made}
