"""What Graph answers about changes: links that are good no longer, rows of every kind, pages that lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from tests.vendor import Vendor, in_turn, says

from samepic.model.system import Cursor
from samepic.ports.errors import AccessDenied, Busy, Expired, OutOfContract
from samepic.systems.entra_id import EntraId

PATH = "/v1.0/users/delta"
BEFORE = Cursor(f"{PATH}?$deltatoken=before")


def page(*rows: dict[str, Any], **link: str) -> dict[str, Any]:
    return {"value": list(rows)} | {f"@odata.{name}": to for name, to in link.items()}


def refusal(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "The sync state generation is not found."}}


async def told(vendor: Vendor, since: Cursor | None = BEFORE) -> tuple[list[str], Cursor | None]:
    system = EntraId(vendor.connection())
    try:
        pages = [one async for one in system.changed(since)]
    finally:
        await system.aclose()
    assert [one.cursor for one in pages[:-1]] == [None] * (len(pages) - 1)
    return [str(person) for one in pages for person in one.people], pages[-1].cursor


async def test_rows_may_be_sparse_come_twice_or_be_of_leavers(vendor: Vendor) -> None:
    first = page(
        {"id": "a"}, {"id": "b", "@removed": {"reason": "changed"}}, nextLink=vendor.url(f"{PATH}?$skiptoken=x")
    )
    last = page(
        {"id": "c", "mail": None}, {"id": "a"}, {"id": "d", "@removed": {}}, deltaLink=vendor.url(f"{PATH}?t=y")
    )
    vendor.answers[PATH] = in_turn(says(first), says(page(nextLink=vendor.url(f"{PATH}?s=z"))), says(last))
    assert await told(vendor) == (["a", "c", "a"], f"{PATH}?t=y"), "the cursor has no host in it"
    assert vendor.seen[0].query_string == "$deltatoken=before"


async def test_from_now_on_nobody_is_told_and_a_change_is_what_the_listing_tells(vendor: Vendor) -> None:
    vendor.answers[PATH] = says(page(deltaLink=vendor.url(f"{PATH}?$deltatoken=now")))
    assert await told(vendor, None) == ([], f"{PATH}?$deltatoken=now")
    query = vendor.seen[0].query
    assert query["$deltatoken"] == "latest" and "accountEnabled" in query["$select"] and "$top" not in query


@pytest.mark.parametrize(
    ("status", "code"),
    [(410, "syncStateNotFound"), (410, "resyncRequired"), (410, ""), (400, "syncStateNotFound"), (400, "BadRequest")],
)
async def test_a_link_that_is_good_no_longer_is_expired(vendor: Vendor, status: int, code: str) -> None:
    vendor.answers[PATH] = says(refusal(code), status)
    with pytest.raises(Expired):
        await told(vendor)
    with pytest.raises(OutOfContract):
        await told(vendor, None)  # there is nothing that could have expired


@pytest.mark.parametrize(("status", "error"), [(403, AccessDenied), (503, Busy), (404, OutOfContract)])
async def test_other_refusals_are_what_they_always_are(vendor: Vendor, status: int, error: type[Exception]) -> None:
    vendor.answers[PATH] = says(refusal("no"), status)
    with pytest.raises(error):
        await told(vendor)


@pytest.mark.parametrize(
    "odd",
    [
        page({"id": "a"}),
        page({"name": "no id"}, deltaLink="DELTA"),
        {"value": None, "@odata.deltaLink": "DELTA"},
        {"value": [], "@odata.deltaLink": 5},
        {"value": [], "@odata.nextLink": ["x"]},
        [],
        page(deltaLink="https://elsewhere.example/steal?x=1"),
        page(nextLink="https://elsewhere.example/v1.0/users/delta?x=1"),
        page(nextLink="SAME"),
    ],
)
async def test_a_page_of_another_shape_or_that_leads_nowhere_is_out_of_contract(vendor: Vendor, odd: Any) -> None:
    links = {"DELTA": vendor.url(f"{PATH}?$deltatoken=y"), "SAME": vendor.url(f"{PATH}?again")}
    if isinstance(odd, dict):
        odd = {name: links.get(value, value) if isinstance(value, str) else value for name, value in odd.items()}
    vendor.answers[PATH] = says(odd)
    with pytest.raises(OutOfContract):
        await told(vendor)
