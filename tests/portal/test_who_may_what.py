"""Every route with every role. A route that is new fails until it stands here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from litestar import get
from tests.portal.running import Guest, Portal

from samepic.portal import app
from samepic.portal.roles import Role, least_role

LEAST: dict[tuple[str, str], Role] = {
    ("GET", "/static/{digest:str}/{name:path}"): Role.ANYBODY,
    ("GET", "/sign-in"): Role.ANYBODY,
    ("GET", "/sign-in/done"): Role.ANYBODY,
    ("GET", "/signed-out"): Role.ANYBODY,
    ("POST", "/sign-out"): Role.PERSON,
    ("GET", "/"): Role.PERSON,
    ("GET", "/tiles/{route:str}"): Role.PERSON,
    ("POST", "/tiles/{route:str}"): Role.PERSON,
    ("GET", "/my/pictures/{route:str}/{side:str}/{version:str}"): Role.PERSON,
}
LEAST |= {
    ("GET", "/my"): Role.PERSON,
    ("GET", "/my/now"): Role.PERSON,
    ("POST", "/my/everywhere"): Role.PERSON,
    ("GET", "/my/going-on"): Role.PERSON,
    ("GET", "/my/past"): Role.PERSON,
    ("GET", "/my/past/{route:str}/{name:str}"): Role.PERSON,
    ("POST", "/my/back"): Role.PERSON,
    ("POST", "/my/undo"): Role.PERSON,
    ("GET", "/my/upload"): Role.PERSON,
    ("POST", "/my/upload"): Role.PERSON,
    ("GET", "/admin"): Role.HELPDESK,
    ("GET", "/admin/runs"): Role.HELPDESK,
    ("GET", "/admin/runs/{run:str}"): Role.HELPDESK,
    ("GET", "/admin/runs/{run:str}/live"): Role.HELPDESK,
    ("POST", "/admin/runs/{run:str}/cancel"): Role.ADMINISTRATOR,
    ("GET", "/admin/plans"): Role.HELPDESK,
    ("GET", "/admin/plans/{route:str}/{plan:str}"): Role.HELPDESK,
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces/{number:int}/{side:str}"): Role.HELPDESK,
    ("POST", "/admin/plans/{route:str}/{plan:str}/{word:str}"): Role.ADMINISTRATOR,
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces.png"): Role.ADMINISTRATOR,
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces.csv"): Role.ADMINISTRATOR,
    ("GET", "/admin/people"): Role.HELPDESK,
    ("GET", "/admin/people/{key:str}"): Role.HELPDESK,
    ("GET", "/admin/people/{key:str}/face"): Role.HELPDESK,
    ("GET", "/admin/people/{key:str}/pictures/{route:str}/{side:str}"): Role.HELPDESK,
    ("GET", "/admin/people/{key:str}/routes/{route:str}"): Role.HELPDESK,
    ("POST", "/admin/people/{key:str}/routes/{route:str}"): Role.HELPDESK,
    ("POST", "/admin/people/{key:str}/sessions"): Role.ADMINISTRATOR,
    ("POST", "/admin/bulk/{route:str}"): Role.ADMINISTRATOR,
    ("GET", "/admin/systems"): Role.HELPDESK,
    ("POST", "/admin/systems/{system:str}"): Role.HELPDESK,
    ("GET", "/admin/audit"): Role.ADMINISTRATOR,
    ("GET", "/admin/audit.csv"): Role.ADMINISTRATOR,
    ("GET", "/help"): Role.ANYBODY,
    ("GET", "/help/add-your-picture"): Role.ANYBODY,
    ("GET", "/help/my-data"): Role.ANYBODY,
    ("GET", "/my/looks"): Role.PERSON,
    ("GET", "/my/takeaway.zip"): Role.PERSON,
    ("GET", "/my/why"): Role.PERSON,
    ("GET", "/my/why/{route:str}"): Role.PERSON,
}
LEAST |= {
    ("GET", "/api/v1/routes"): Role.HELPDESK,
    ("GET", "/api/v1/systems"): Role.HELPDESK,
    ("POST", "/api/v1/systems/{system:str}/try"): Role.HELPDESK,
    ("GET", "/api/v1/budgets"): Role.HELPDESK,
    ("GET", "/api/v1/audit"): Role.ADMINISTRATOR,
    ("GET", "/api/v1/runs"): Role.HELPDESK,
    ("GET", "/api/v1/runs/{run:str}"): Role.HELPDESK,
    ("POST", "/api/v1/runs/{run:str}/cancel"): Role.ADMINISTRATOR,
    ("GET", "/api/v1/plans"): Role.HELPDESK,
    ("GET", "/api/v1/plans/{plan:str}"): Role.HELPDESK,
    ("GET", "/api/v1/plans/{plan:str}/faces/{number:int}/{side:str}"): Role.HELPDESK,
    ("POST", "/api/v1/plans/{plan:str}/approve"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/plans/{plan:str}/reject"): Role.ADMINISTRATOR,
    ("GET", "/api/v1/people"): Role.HELPDESK,
    ("GET", "/api/v1/people/{person:str}"): Role.HELPDESK,
    ("POST", "/api/v1/people/{person:str}/bring"): Role.HELPDESK,
    ("GET", "/api/v1/people/{person:str}/way"): Role.HELPDESK,
    ("GET", "/api/v1/people/{person:str}/shown/{route:str}/{side:str}"): Role.HELPDESK,
    ("GET", "/api/v1/people/{person:str}/history"): Role.HELPDESK,
    ("GET", "/api/v1/people/{person:str}/kept/{picture:str}"): Role.ADMINISTRATOR,
    ("GET", "/api/v1/people/{person:str}/takeaway"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/people/{person:str}/picture"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/people/{person:str}/back"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/people/{person:str}/undo"): Role.ADMINISTRATOR,
    ("GET", "/api/v1/people/{person:str}/going-on"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/people/{person:str}/end-sessions"): Role.ADMINISTRATOR,
    ("POST", "/api/v1/bulk/{route:str}"): Role.ADMINISTRATOR,
}
FILLED = {"{route:str}": "exchange-to-sharepoint", "{side:str}": "source", "{version:str}": "0"}
FILLED |= {"{run:str}": "no-run", "{plan:str}": "no-plan", "{word:str}": "approve", "{number:int}": "0"}
FILLED |= {"{key:str}": "nobody", "{system:str}": "no-system", "{picture:str}": "0" * 64}


def filled(path: str) -> str:
    """An address that a route answers at, with nothing behind it."""
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def routes() -> Iterator[tuple[str, str, Role | None]]:
    for route in app.ROUTES:
        for path in route.paths:
            for method in route.http_methods:
                yield str(method), path, least_role(route)


def test_the_table_has_every_route_and_no_other() -> None:
    assert {(method, path): role for method, path, role in routes()} == LEAST


def test_a_route_that_says_nothing_lets_no_portal_open() -> None:
    @get("/silent")
    async def silent() -> str:
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "ROUTES", (*app.ROUTES, silent))
        with pytest.raises(LookupError, match="silent"):
            app.build_app(None, "")  # type: ignore[arg-type]  # it looks at the routes first


@pytest.fixture(scope="module")
def guests(portal: Portal) -> dict[Role, Guest]:
    """One of each role, signed in."""
    people: dict[Role, str | None] = {role: portal.somebody(role) for role in Role if role is not Role.ANYBODY}
    return {role: portal.visit(person) for role, person in ({Role.ANYBODY: None} | people).items()}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("method", "path"),
    [key for key, least in LEAST.items() if least is not Role.ANYBODY and not key[1].startswith("/api/")],
)
def test_each_role_at_each_route(guests: dict[Role, Guest], role: Role, method: str, path: str) -> None:
    address = filled(path)
    guest, least = guests[role], LEAST[method, path]
    if method == "POST" and path == "/sign-out" and role is not Role.ANYBODY:
        return  # would end the session that the others of this test use; test_signing_in has it
    seen = guest.post(address) if method == "POST" else guest.ask(address)
    if role is Role.ANYBODY:
        assert (seen.status, (seen.location or "")[:8]) in ((302, "/sign-in"), (303, "/sign-in")), seen.text
    elif role < least:
        assert seen.status == 403, seen.text
    elif path == "/my/going-on":
        # Which of them depends on what this person changed before, and these tests may be split.
        assert seen.status in (200, 202) or (seen.status, seen.location) == (302, "/my"), seen.text
    else:
        assert seen.status in (200, 400, 404, 409), seen.text  # let in; the addresses and forms have nothing in them
