"""A first load against a tenant whose budget binds: rehearsed, kept to, and never too early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Office
from tests.conftest import StartTenant

LIMIT, SCALE = 110, 20  # three seconds' worth
OWN = f"""licences = 0
time_scale = {SCALE}
budgets = {{ sharepoint_app_minute = {LIMIT}, pictures_at_once = 4 }}
"""


def spans(office: Office, budget: str) -> list[Any]:
    told = office.tenant.control.json("GET", "/judgement")["spans"]
    return [span for span in told if span["budget"] == budget]


@pytest.mark.parametrize("people", [70])
def test_a_first_load_keeps_to_what_binds_it_and_is_what_was_rehearsed(
    people: int, start_tenant: StartTenant, tmp_path: Path
) -> None:
    tenant = start_tenant(
        people=people,
        budgets={"sharepoint_app_minute": str(LIMIT), "pictures_at_once": "4"},
        behaviours={"picture_concurrency": "per_app"},
        time_scale=SCALE,
    )
    office = Office(tmp_path, tenant, instead={"\n[sharepoint_online]": f"\n{OWN}\n[sharepoint_online]"})
    rehearsed = office.ask("rehearse")
    assert rehearsed["sync"]["binds"] == "sharepoint_app_minute"
    done, cost = office.counted("sync")
    assert done["written"] >= people / 4
    assert done["failed"] == 0

    judgement = tenant.control.json("GET", "/judgement")
    callers = [caller for caller in judgement["callers"] if caller["app"] == tenant.said.client_id]
    assert sum(caller["too_early"] for caller in callers) == 0
    calls, throttled = (sum(caller[name] for caller in callers) for name in ("calls", "throttled"))
    assert throttled <= 0.005 * calls, f"{throttled} of {calls} were throttled"
    of_minute = spans(office, "sharepoint_app_minute")
    assert len(of_minute) >= 3, "three windows at least"
    assert max(span["used"] for span in of_minute) <= LIMIT

    units = sum(span["used"] for span in of_minute)
    foretold = rehearsed["sync"]["budgets"]["sharepoint_app_minute"]["units"]
    assert foretold == pytest.approx(units, rel=0.15)
    assert rehearsed["sync"]["requests"] == pytest.approx(cost, rel=0.15)
    assert rehearsed["written"] == pytest.approx(done["written"], rel=0.15)
