"""Two processes draw on one budget of a real tenant; and a tenant lets less than it publishes, and does not say so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.command_line import Office
from tests.conftest import RunningTenant, StartTenant
from tests.tenant_process import SAMEPIC

SCALE, NAME = 20, "sharepoint_app_minute"


def office_of(folder: Path, tenant: RunningTenant, limit: int) -> Office:
    own = f"licences = 0\ntime_scale = {SCALE}\nbudgets = {{ {NAME} = {limit} }}\n"
    return Office(folder, tenant, instead={"\n[sharepoint_online]": f"\n{own}\n[sharepoint_online]"})


def conduct_of(tenant: RunningTenant) -> tuple[int, int, int]:
    """Calls to SharePoint, how many of them were throttled, how many sent too early."""
    judged: Any = tenant.control.json("GET", "/judgement")["callers"]
    rows = [row for row in judged if row["app"] == tenant.said.client_id and row["family"].startswith("sharepoint")]
    calls, throttled, early = (sum(row[name] for row in rows) for name in ("calls", "throttled", "too_early"))
    return calls, throttled, early


def most_in_a_window(tenant: RunningTenant) -> float:
    spans = tenant.control.json("GET", "/judgement")["spans"]
    return max(float(span["used"]) for span in spans if span["budget"] == NAME)


def test_a_sweep_and_requests_of_another_process_stay_within_one_budget(
    start_tenant: StartTenant, tmp_path: Path
) -> None:
    limit = 70
    tenant = start_tenant(people=30, budgets={NAME: str(limit)}, time_scale=SCALE)
    office = office_of(tmp_path, tenant, limit)
    office.ask("plan", ends_with=2)  # makes the state that both share
    tenant.control.advance(seconds=60)
    tenant.control.clear_ledger()
    sweep = [SAMEPIC, "sync", "--json", "--config", str(office.config)]
    asking = tenant.control.people("never_visited")[-3:]
    with subprocess.Popen(sweep, stdout=subprocess.PIPE, text=True) as running:
        for person in asking:
            office.ask("sync", person["upn"])
        out, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    assert json.loads(out)["failed"] == 0
    calls, throttled, early = conduct_of(tenant)
    assert calls > 50
    assert (throttled, early) == (0, 0)
    assert most_in_a_window(tenant) <= limit


def test_a_tenant_that_lets_less_than_we_know_of(start_tenant: StartTenant, tmp_path: Path) -> None:
    """Everybody is written to all the same, nobody is asked too early, and what is refused stays little."""
    silent = {"ratelimit_headers": "none"}  # what such headers teach is test_a_budget_over_many_windows
    tenant = start_tenant(people=30, budgets={NAME: "50"}, time_scale=SCALE, behaviours=silent)
    office = office_of(tmp_path, tenant, 80)
    done = office.ask("sync")
    assert done["failed"] == 0 and done["did_not_take"] == 0
    calls, throttled, early = conduct_of(tenant)
    assert early == 0
    assert throttled <= 0.1 * calls, (throttled, calls)
    assert most_in_a_window(tenant) <= 50
