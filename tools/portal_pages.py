"""Every address that a browser or a program can look at in the portal, and how it is measured; a test counts them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from samepic.portal import app
from samepic.portal.roles import Role, least_role


class Kind(StrEnum):
    """What is asked of it."""

    PAGE = "page"  # judged: it waits for nobody
    PART = "part"  # comes after its page, which does not wait for it: systems are asked
    PICTURE = "picture"
    PROGRAM = "program"  # the API, where no system is asked
    DOWNLOAD = "download"  # everything at once, streamed


@dataclass(frozen=True, slots=True)
class Looked:
    """An address, as the portal's routes have it. queries: which of it. least: for whom it is."""

    path: str
    kind: Kind
    least: Role
    queries: tuple[str, ...] = ("",)

    @property
    def seen_by(self) -> tuple[Role, ...]:
        """Each role that is shown another page."""
        if self.kind is not Kind.PAGE or self.least in (Role.ANYBODY, Role.PERSON):
            return (max(self.least, Role.PERSON),)
        return tuple(role for role in (Role.HELPDESK, Role.ADMINISTRATOR) if role >= self.least)

    def filled(self, values: Mapping[str, str]) -> list[str]:
        """With what its gaps stand for, by their names."""
        found = []
        for query in self.queries:
            address = self.path + query
            for name, value in values.items():
                address = address.replace(name, value)
            found.append(address)
        return found


_PAGES = (
    "/",
    "/my",
    "/my/upload",
    "/my/why",
    "/help",
    "/help/add-your-picture",
    "/signed-out",
    "/admin",
    "/admin/plans",
)
_PAGES += ("/admin/plans/{route:str}/{plan:str}", "/admin/runs/{run:str}", "/admin/systems", "/admin/people/{key:str}")
_PARTS = ("/tiles/{route:str}", "/my/now", "/my/why/{route:str}", "/admin/people/{key:str}/routes/{route:str}")
_PICTURES = (
    "/my/pictures/{route:str}/{side:str}/{version:str}",
    "/my/past/{route:str}/{name:str}",
    "/admin/people/{key:str}/face",
    "/admin/people/{key:str}/pictures/{route:str}/{side:str}",
    "/admin/plans/{route:str}/{plan:str}/faces/{number:int}/{side:str}",
)
_OF_THE_API = ("routes", "runs", "runs/{run:str}", "plans", "plans/{plan:str}", "people", "systems", "budgets", "audit")
_OF_A_PERSON = "/api/v1/people/{person:str}"
_LATER = ("/help/my-data", "/my/looks")
_KINDS = (
    dict.fromkeys(
        (*_PAGES, *_LATER, "/my/past", "/my/going-on", "/admin/people", "/admin/runs", "/admin/audit"), Kind.PAGE
    )
    | dict.fromkeys((*_PARTS, _OF_A_PERSON, f"{_OF_A_PERSON}/way", f"{_OF_A_PERSON}/history"), Kind.PART)
    | dict.fromkeys((*_PICTURES, f"{_OF_A_PERSON}/shown/{{route:str}}/{{side:str}}"), Kind.PICTURE)
    | dict.fromkeys((f"{_OF_A_PERSON}/kept/{{picture:str}}",), Kind.PICTURE)
    | dict.fromkeys(("/api/v1/plans/{plan:str}/faces/{number:int}/{side:str}",), Kind.PICTURE)
    | {f"/api/v1/{path}": Kind.PROGRAM for path in _OF_THE_API}
    | dict.fromkeys(
        (*(f"/admin/plans/{{route:str}}/{{plan:str}}/faces.{kind}" for kind in ("png", "csv")),), Kind.DOWNLOAD
    )
    | dict.fromkeys(("/my/takeaway.zip", "/admin/audit.csv", f"{_OF_A_PERSON}/takeaway"), Kind.DOWNLOAD)
)
_QUERIES = {
    "/admin/people": ("", "?q=kari+17", "?q=nobody", "?state=behind", "?state=new&q=a", "?state=failed", "{after}"),
    "/admin/runs": ("", "?before={run:str}"),
    "/admin/audit": ("", "?before=20000"),
}
NOT_LOOKED_AT = {
    "/static/{digest:str}/{name:path}": "a file; measured beside nginx",
    "/sign-in": "leads to the provider; measured by the rush",
    "/sign-in/done": "the provider's answer; measured by the rush",
    "/admin/runs/{run:str}/live": "answers for as long as a run goes on",
    "/api/v1/people/{person:str}/going-on": "tells of what was begun; nothing was",
}
"""By what keeps each from being asked for a thousand times."""


def looked_at() -> Iterator[Looked]:
    """In the order of the portal's routes. Raises LookupError for one that nobody has thought of."""
    for handler in app.ROUTES:
        for path in sorted(handler.paths):
            if "GET" not in handler.http_methods or path in NOT_LOOKED_AT:
                continue
            if path not in _KINDS:
                raise LookupError(f"{path} is a new page: say in tools/portal_pages.py how it is measured")
            least = least_role(handler)
            assert least is not None
            yield Looked(path, _KINDS[path], least, _QUERIES.get(path, ("",)))


def forgotten() -> set[str]:
    """What stands here and is no address of the portal any more."""
    there = {path for handler in app.ROUTES for path in handler.paths}
    return {*_KINDS, *_QUERIES, *NOT_LOOKED_AT} - there
