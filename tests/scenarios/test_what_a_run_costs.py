"""How many requests a run costs: bounds that grow with those written, and hardly with those who are in step."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.command_line import Office
from tests.conftest import StartTenant

from samepic.engine import verify
from samepic.systems.sharepoint_online import wire
from samepic.systems.sharepoint_online.profiles import Profiles

PICTURES = ("photo/$value", "photos/{size}/$value", "$value", "userphoto.aspx", "User Photos", "GetUserPhoto")


def second_run_may_cost(people: int) -> float:
    return people / 900 + people / 18 + people / 500 + 40


def first_run_may_cost(people: int, written: int) -> float:
    return 6.3 * written + people / 18 + people / 500 + 60


def profiles(office: Office) -> list[object]:
    store = office.tenant.tenant.store
    return [store.profiles.get(user.id) for user in store.users]


@pytest.mark.parametrize("people", [200])
def test_a_first_run_and_one_with_nothing_to_do(people: int, start_tenant: StartTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, start_tenant(people=people))
    control = office.tenant.control
    first, cost = office.counted("sync")
    assert first["written"] > people / 4
    assert cost <= first_run_may_cost(people, first["written"])
    assert sum(first["requests"].values()) == cost, "the run tells its own requests, and all of them"

    after_first = profiles(office)
    for command in ("sync", "plan"):
        told, cost = office.counted(command)
        assert cost <= second_run_may_cost(people) / 2
        assert sum(told["requests"].values()) == cost
        assert (told["written"], told["cleared"], told["failed"], told["pending"]) == (0, 0, 0, 0)
        assert profiles(office) == after_first
        entries = control.ledger()["entries"]
        assert not [entry for entry in entries if entry["operation"] in PICTURES], "pictures were fetched for nothing"
        sent = {entry["operation"] for entry in entries if entry["method"] != "GET" and not entry["batched"]}
        assert sent <= {"token", "$batch", "ProcessQuery"}, "something was written"


async def _shows_nothing(self: Profiles, upn: str, properties: list[tuple[str, str]]) -> wire.Profile | None:
    """A target that says that it took a person's properties and did not."""
    return None if upn.startswith(_FORGOTTEN) else await _write(self, upn, properties)


_write = Profiles.write
_FORGOTTEN = "b"


def test_looking_back_at_many_lists_the_library_and_asks_for_nobodys_files(
    start_tenant: StartTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that lies there is not enough: whoever is not shown it is still found."""
    monkeypatch.setattr(verify, "lists_again", lambda changed, people: changed >= 10)
    monkeypatch.setattr(Profiles, "write", _shows_nothing)
    office = Office(tmp_path, start_tenant(people=60))
    office.ask("plan", ends_with=2)  # what comparing costs is paid
    first, _ = office.counted("sync", ends_with=1)
    assert first["did_not_take"] >= 1, "somebody's name begins so"
    assert first["verified"] == first["written"] - first["did_not_take"] >= 10
    looks = office.tenant.control.count(operation="GetFileByServerRelativeUrl", method="GET")
    assert looks < 3 * first["written"], "their files were asked for one by one"
    assert looks >= 3 * first["did_not_take"]
