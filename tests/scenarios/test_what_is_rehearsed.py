"""What `samepic rehearse` foretells of each kind of call, held against the tenant's own ledger of the sync after it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Office
from tests.conftest import RunningTenant, StartTenant
from tests.pictures import encoded, mosaic

from samepic.engine import verify
from samepic.transport import rehearsing

KIND_OF = {
    ("graph", "users"): "users",
    ("graph", "photo"): "pictures",
    ("graph", "photo/$value"): "pictures",
    ("graph", "photos/{size}/$value"): "pictures",
    ("graph", "$batch"): "batches at Graph",
    ("sharepoint", "items"): "items",
    ("sharepoint", "getbytitle"): "GetList",
    ("sharepoint", "Folders"): "Folders",
    ("sharepoint", "$batch"): "batches at SharePoint",
    ("sharepoint", "ProcessQuery"): "ProcessQuery",
    ("sharepoint", "Files/add"): "Files/add",
    ("sharepoint", "$value"): "file/$value",
}
UNITS = {"items": 2, "GetList": 1, "Folders": 2, "file": 1, "file/delete": 2, "file/$value": 1} | {
    "Files/add": 2,
    "ProcessQuery": 2,
}
INNER = ("pictures", "file", "people")
"""Kinds that travel within batches."""

PEOPLE = ("users", "users/{id}")

MORE_OR_LESS = 4
"""Calls that one pass may have beside what is told: who is asked about together, in a batch or a query, is whoever is
ready at that moment, so that two people cost one call or two. Of 3 who changed it is one call in six; a kind of call
that each of them needs, and that was forgotten, is more."""


def called(tenant: RunningTenant) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for entry in tenant.control.ledger()["entries"]:
        if entry["api"] in ("graph", "sharepoint"):
            kind = KIND_OF.get((entry["api"], entry["operation"]), entry["operation"])
            if entry["batched"] and entry["operation"] in PEOPLE:
                kind = "people"
            if kind == "GetFileByServerRelativeUrl":
                kind = "file" if entry["method"] == "GET" else "file/delete"
            kinds[kind] += entry["count"]
    return kinds


def foretold(rehearsed: dict[str, Any]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for operation, told in rehearsed["calls"].items():
        inner = operation.removeprefix("$batch of ")
        if inner == operation:
            kinds[operation.partition(" of ")[0]] += told["requests"]
            continue
        graph = {"photo": "pictures", "photo/$value": "pictures", "users": "people"}.get(inner)
        kinds["batches at Graph" if graph else "batches at SharePoint"] += told["requests"]
        kinds[graph or inner] += told["parts"]
    return kinds


def requests_of(kinds: Counter[str]) -> int:
    return sum(count for kind, count in kinds.items() if kind not in INNER)


def units_of(kinds: Counter[str]) -> int:
    return sum(count * UNITS.get(kind, 0) for kind, count in kinds.items())


def is_as_foretold(rehearsed: dict[str, Any], tenant: RunningTenant) -> None:
    """Within 15 %, or a few calls where that is less than one of them: each kind, and all together."""
    told, did = foretold(rehearsed), called(tenant)
    assert requests_of(told) == pytest.approx(requests_of(did), rel=0.15, abs=MORE_OR_LESS), (told, did)
    assert units_of(told) == pytest.approx(units_of(did), rel=0.15, abs=2 * 3), (told, did)  # three queries
    for kind in told | did:
        assert told[kind] == pytest.approx(did[kind], rel=0.15, abs=MORE_OR_LESS), (kind, told, did)


def groups_are_foretold(rehearsed: dict[str, Any], tenant: RunningTenant, *, listed: int, named: int) -> None:
    told, did = foretold(rehearsed), called(tenant)
    assert told["transitiveMembers"] == did["transitiveMembers"] == listed
    assert told["groups"] == did["groups"] == named


def change(office: Office, people: int) -> None:
    """So many people who were in step get a new picture, and one loses theirs."""
    control = office.tenant.control
    plain = [person["id"] for person in control.people("plain")]
    for number, person in enumerate(plain[:people]):
        other = control.picture(control.people("never_visited")[number]["id"], "exchange")
        assert other is not None
        control.put_picture(person, "exchange", other)
    for store in ("exchange", "directory"):
        control.delete_picture(plain[-1], store)


def test_a_world_it_was_not_fitted_to_in_all_its_passes(start_tenant: StartTenant, tmp_path: Path) -> None:
    """A first load beside many pictures that are there, nothing to do, then few changes and a picture taken away."""
    tenant = start_tenant(people=60, seed=11, latency_ms=20)
    nobody_else = next(group.id for group in tenant.tenant.store.groups if group.display_name == "Partners")
    office = Office(tmp_path, tenant, route=f'when_removed = "mirror"\nexcept_group = "{nobody_else}"\n')
    rehearsed = office.ask("rehearse")
    first, _ = office.counted("sync")
    assert first["written"] >= 15
    is_as_foretold(rehearsed["sync"], tenant)
    office.counted("sync")
    is_as_foretold(rehearsed["nothing_to_do"], tenant)
    groups_are_foretold(rehearsed["nothing_to_do"], tenant, listed=1, named=0)
    change(office, 2)
    rehearsed = office.ask("rehearse")
    few, _ = office.counted("sync")
    assert (few["written"], few["cleared"]) == (2, 1)
    is_as_foretold(rehearsed["sync"], tenant)
    assert called(tenant)["file/delete"] == foretold(rehearsed["sync"])["file/delete"] == 3


@pytest.mark.parametrize("changed", [3, 14])
def test_an_incremental_sweep_and_a_day_of_both_kinds(start_tenant: StartTenant, tmp_path: Path, changed: int) -> None:
    """Of two sweeps a day one is a full one, so that the other one has all who changed."""
    tenant = start_tenant(people=60, seed=11, latency_ms=20)
    tenant.control.set_behaviours(delta_pictures="told")
    schedule = 'runs = "both"\nschedule = "0 */12 * * *"\nonly_group = "All staff"\nexcept_group = "Partners"\n'
    office = Office(tmp_path, tenant, route=schedule, instead={"at_least = 5": "at_least = 1000"})
    assert office.ask("sync")["written"] >= 15
    told = office.ask("rehearse", "--changed", f"{changed}")
    assert {name: told["day"][name] for name in ("sweeps", "full", "changed")} == {
        "sweeps": 2,
        "full": 1,
        "changed": changed,
    }
    plain = [one["id"] for case in ("never_visited", "plain") for one in tenant.control.people(case)]
    for number, person in enumerate(plain[:changed]):
        tenant.control.put_picture(person, "exchange", encoded(mosaic(7_000 + number, 200, 200)))
    done, _ = office.counted("sync", "--incremental")
    assert (done["full"], done["written"], done["people"]) == (False, changed, changed)
    is_as_foretold(told["incremental"], tenant)
    groups_are_foretold(told["incremental"], tenant, listed=2, named=2)
    sent = requests_of(called(tenant))
    nothing, _ = office.counted("sync")
    assert nothing["written"] == 0
    whole = sent + requests_of(called(tenant))
    assert told["day"]["requests"] == pytest.approx(whole, rel=0.15, abs=2 * MORE_OR_LESS), "of each of the two"


def test_a_load_after_which_the_library_is_listed_again(
    start_tenant: StartTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (verify, rehearsing):
        monkeypatch.setattr(module, "lists_again", lambda changed, people: changed >= 10)
    tenant = start_tenant(people=50, seed=4)
    office = Office(tmp_path, tenant)
    rehearsed = office.ask("rehearse")
    office.counted("sync")
    is_as_foretold(rehearsed["sync"], tenant)
    told = rehearsed["sync"]["calls"]["$batch of file"]["parts"]
    assert told < 3 * rehearsed["written"], "nobody's files are asked for one by one afterwards"
