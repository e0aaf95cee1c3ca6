"""What one request takes of which budget.

Graph's directory: graph/throttling-limits, “base request costs” and “other factors”: documented. SharePoint: its page
has costs for Graph's own operations (1 for a single item and for a download, 2 for a query of several and for create,
update, delete, upload) and says of REST and CSOM only that they have none and usually take more. The tenant takes the
figures of Graph's like operations: assumed, and the least that the page lets one expect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from localtenant.budgets.ask import PEOPLE_MANAGER, Ask

GRAPH_PAGE = "graph/throttling-limits, “base request costs”"
SHAREPOINT_PAGE = "sp-dev-docs, “resource units per request”, of Graph's like operation"


@dataclass(frozen=True, slots=True)
class Cost:
    """Resource units of an operation by a method; `*` for any other."""

    api: str
    operation: str
    method: str
    units: int
    standing: str  # documented or assumed
    source: str


def _graph(operation: str, units: int) -> Cost:
    return Cost("graph", operation, "GET", units, "documented", GRAPH_PAGE)


def _sharepoint(operation: str, method: str, units: int, like: str) -> Cost:
    return Cost("sharepoint", operation, method, units, "assumed", f"{SHAREPOINT_PAGE}: {like}")


COSTS: tuple[Cost, ...] = (
    _graph("users", 2),
    _graph("members", 3),
    _graph("transitiveMembers", 5),
    Cost("graph", "*", "*", 1, "documented", f"{GRAPH_PAGE}: any identity path not listed"),
    _sharepoint("items", "GET", 2, "a query of several items; one item of a list the same"),
    _sharepoint("items", "DELETE", 2, "delete"),
    _sharepoint("items", "POST", 2, "delete by X-HTTP-Method"),
    _sharepoint("lists", "GET", 2, "a query of several items"),
    _sharepoint("Folders", "GET", 2, "a query of several items"),
    _sharepoint("Folders", "POST", 2, "create"),
    _sharepoint("Folders/add", "POST", 2, "create"),
    _sharepoint("Files", "GET", 2, "a query of several items"),
    _sharepoint("Files/add", "POST", 2, "upload"),
    _sharepoint("GetFileByServerRelativeUrl", "GET", 1, "a query of a single item"),
    _sharepoint("GetFileByServerRelativeUrl", "DELETE", 2, "delete"),
    _sharepoint("GetFileByServerRelativeUrl", "POST", 2, "delete by X-HTTP-Method"),
    _sharepoint("GetFolderByServerRelativeUrl", "DELETE", 2, "delete"),
    _sharepoint("$value", "GET", 1, "a download"),
    _sharepoint("$value", "PUT", 2, "update"),
    _sharepoint("$value", "POST", 2, "update by X-HTTP-Method"),
    _sharepoint("User Photos", "GET", 1, "a download"),
    _sharepoint("ProcessQuery", "POST", 2, "an update, however many methods it holds"),
    _sharepoint("SetSingleValueProfileProperty", "POST", 2, "update"),
    _sharepoint("SetMultiValuedProfileProperty", "POST", 2, "update"),
    _sharepoint("SetMyProfilePicture", "POST", 2, "upload"),
    Cost("sharepoint", "$batch", "*", 0, "documented", "sp-dev-docs: requests in a batch are evaluated one by one"),
    Cost("sharepoint", "userphoto.aspx", "*", 0, "assumed", "a page for people, no call of an app"),
    Cost("sharepoint", "PersonPlaceholder", "*", 0, "assumed", "a page for people, no call of an app"),
    _sharepoint("*", "*", 1, "a query of a single item"),
)
_UNITS = {(cost.api, cost.operation, cost.method): cost.units for cost in COSTS}
READING = frozenset({"GET", "HEAD"})


def units_of(ask: Ask) -> int:
    """The resource units of a request."""
    method = "GET" if ask.method == "HEAD" else ask.method
    for operation, by in ((ask.operation, method), (ask.operation, "*"), ("*", "*")):
        base = _UNITS.get((ask.api, operation, by))
        if base is not None:
            break
    else:
        return 0
    return _adjusted(base, ask.query) if ask.api == "graph" else base


def _adjusted(base: int, query: str) -> int:
    """$select and a $top below 20 take one off each, $expand adds one; a request takes 1 at least."""
    if not query:
        return base
    options = parse_qs(query)
    top = options.get("$top", [""])[0]
    less = ("$select" in options) + (top.isdecimal() and int(top[:9]) < 20)
    return max(1, base - less + ("$expand" in options))


def charges(ask: Ask) -> Iterator[tuple[str, str, float]]:
    """The budgets that a request draws on: name, whose share of it, how much."""
    if not ask.is_known:
        return
    if ask.api == "graph":
        yield from _of_graph(ask)
    elif ask.api == "sharepoint":
        yield from _of_sharepoint(ask)


def _of_graph(ask: Ask) -> Iterator[tuple[str, str, float]]:
    yield "graph_app", ask.app, 1
    if ask.family == "graph pictures":
        if ask.mailbox:
            whose = f"{ask.app} {ask.mailbox}"
            yield "pictures_of_a_mailbox", whose, 1
            if ask.method not in READING:
                yield "uploads_of_a_mailbox", whose, ask.length
    elif ask.family == "graph directory":
        yield "directory", ask.app, units_of(ask)
        if ask.method not in READING:
            yield "directory_writes", ask.app, 1


def _of_sharepoint(ask: Ask) -> Iterator[tuple[str, str, float]]:
    if ask.app:
        units = units_of(ask)
        yield "sharepoint_app_minute", ask.app, units
        yield "sharepoint_app_day", ask.app, units
        yield "sharepoint_tenant", "", units
    if ask.person is not None and not ask.batched:
        yield "sharepoint_person", ask.person, 1
    if ask.operation in PEOPLE_MANAGER:
        yield "people_manager", "", 1
        if ask.app:
            yield "people_manager_app", ask.app, 1
