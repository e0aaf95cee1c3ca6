"""The command line against a running tenant: what it refuses, holds, explains, and the codes it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.command_line import Office, samepic
from tests.conftest import RunningTenant, tenant_of
from tests.everybody_visits import everybody_visits
from tests.pictures import encoded, mosaic

from localtenant.store.records import Case, User

RUN_KEYS = {"run", "plan", "route", "people", "counts", "held", "written", "cleared", "failed", "requests", "seconds"}
DIRECTORY = {'source = "exchange_online"': 'source = "entra_id"'}


@pytest.fixture(scope="module")
def _tenant() -> Iterator[RunningTenant]:
    with tenant_of(people=60) as running:
        yield running


@pytest.fixture
def tenant(_tenant: RunningTenant) -> RunningTenant:
    _tenant.control.reset()
    return _tenant


def of_case(tenant: RunningTenant, case: Case) -> User:
    return next(user for user in tenant.tenant.store.users if user.case is case)


def mixed_up(tenant: RunningTenant, share: float) -> list[User]:
    """Somebody's script has replaced the pictures of some people in Exchange."""
    store = tenant.tenant.store
    shown = [
        u
        for u in store.users
        if u.case is Case.PLAIN and (p := store.profiles.get(u.id)) and p.placeholder_state == "0"
    ]
    chosen = shown[: max(1, round(len(shown) * share))]
    for number, user in enumerate(chosen):
        tenant.control.put_picture(user.id, "exchange", encoded(mosaic(number, 648, 648)))
    return chosen


def test_a_route_from_the_directory_is_refused_unless_opted_in(tenant: RunningTenant, tmp_path: Path) -> None:
    refused = Office(tmp_path / "refused", tenant, instead=DIRECTORY).run("plan")
    assert refused.code == 1
    assert "never from the directory" in refused.err and "allow_directory_to_sharepoint = true" in refused.err
    assert tenant.control.count(api="graph") == 0, "refused before anything is asked"

    office = Office(tmp_path, tenant, "allow_directory_to_sharepoint = true\n", DIRECTORY)
    person = of_case(tenant, Case.DIRECTORY_ONLY)
    done = office.ask("sync", person.upn)
    assert done["written"] == 1, done
    profiles = tenant.tenant.store.profiles
    profile = profiles.get(person.id)
    assert profile is not None
    assert (profile.placeholder_state, profile.exchange_sync_state) == ("0", "0")
    tenant.control.advance(hours=25)
    everybody_visits(tenant)
    assert profiles.get(person.id) == profile, "a pull leaves the person alone"
    explained = office.ask("explain", person.upn)
    assert explained["eligible"] and explained["reason"] == "in_step", "it was us who switched the sync off"


def test_who_takes_part_is_explained(tenant: RunningTenant, tmp_path: Path) -> None:
    plain = [u for u in tenant.tenant.store.users if u.case is Case.PLAIN]
    groups = tenant.tenant.store.groups
    group = next(iter(groups))
    inside, outside = plain[0], plain[1]
    groups.put(group.id, replace(group, members=(inside.id,)))

    office = Office(tmp_path / "defaults", tenant, f'opted_out = ["{plain[2].upn.upper()}"]\n')
    for user, why in (
        (of_case(tenant, Case.GUEST), "guest"),
        (of_case(tenant, Case.DISABLED), "disabled"),
        (plain[2], "opted_out"),
        (of_case(tenant, Case.NO_MAILBOX), "no_mailbox"),
        (of_case(tenant, Case.SYNC_OFF), "sync_switched_off"),
    ):
        told = office.ask("explain", user.id)
        assert (told["eligible"], told["not_eligible"], told["action"]) == (False, why, "nothing"), user.case
        assert told["administrator_can"] or told["person_can"]
    only = Office(tmp_path / "only", tenant, f'only_group = "{group.id}"\n')
    excepted = Office(tmp_path / "except", tenant, f'except_group = "{group.display_name}"\n')
    assert only.ask("explain", inside.upn)["eligible"] is True
    assert only.ask("explain", outside.upn)["not_eligible"] == "outside_group"
    assert excepted.ask("explain", inside.upn)["not_eligible"] == "excepted_group"
    assert excepted.ask("explain", outside.upn)["eligible"] is True


def test_the_directorys_picture_is_not_called_exchanges(tenant: RunningTenant, tmp_path: Path) -> None:
    office, person = Office(tmp_path, tenant), of_case(tenant, Case.NO_MAILBOX)
    tenant.control.put_picture(person.id, "directory", encoded(mosaic(1, 648, 648)))
    tenant.control.put_picture(person.id, "sharepoint-m", encoded(mosaic(2, 200, 200)))
    source, target = office.ask("explain", person.upn)["systems"]
    assert (source["picture"], source["same_as_source"], target["same_as_source"]) == (None, None, None)
    assert "no mailbox" in source["words"] and "directory's" in source["words"]

    other = office.ask("explain", of_case(tenant, Case.PLAIN).upn)["systems"][0]
    assert (other["picture"], other["words"]) == (True, "a picture")


def test_a_plan_that_replaces_a_fifth_is_held_until_approved(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    planned = office.ask("sync", "--dry-run", ends_with=2)
    assert planned["pending"] > 0 and planned["written"] == 0
    few = office.ask("sync", "--limit", "3")
    assert few["written"] == 3 and few["pending"] == planned["pending"] - 3
    done = office.ask("sync", "--report", str(tmp_path / "report.html"))
    assert set(done) >= RUN_KEYS and done["held"] is None and (tmp_path / "report.html").is_file()
    assert office.run("plan").code == 0

    changed = mixed_up(tenant, 0.5)
    tenant.control.clear_ledger()
    held = office.ask("plan", ends_with=3)
    assert held["held"]["overwrites"] == len(changed) > held["held"]["limit"]
    assert str(len(changed)) in held["held"]["words"]
    assert office.ask("sync", ends_with=3)["written"] == 0
    assert "Held" in office.run("sync").out
    assert tenant.control.count(operation="Files/add") == 0
    status = office.ask("status")["routes"][0]
    assert status["held"]["overwrites"] == len(changed)

    assert office.ask("sync", changed[0].upn)["written"] == 1, "a person's own request is never held"
    stale = office.ask("sync", "--approve", held["plan"], ends_with=3)
    assert stale["held"]["reason"] == "changed" and stale["plan"] != held["plan"] and stale["written"] == 0
    approved = office.ask("sync", "--approve", stale["plan"])
    assert approved["written"] == len(changed) - 1
    assert office.ask("plan")["pending"] == 0

    kinds = [run["kind"] for run in office.ask("runs", "--limit", "4")["runs"]]
    assert kinds == ["plan", "sync", "sync", "request"]
    nobody = office.run("sync", "nobody@nowhere.example")
    assert nobody.code == 1 and "nobody@nowhere.example" in nobody.err
    assert office.run("sync", "--no-such-option").code == 1


def test_check_and_sign_in_where_the_tenant_denies_profile_writes(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    well = office.ask("check")
    assert well["works"] and {one["system"] for one in well["systems"]} == {
        "entra_id",
        "exchange_online",
        "sharepoint_online",
        "portal",
    }
    tenant.control.set_behaviours(app_only_profile_writes="denied")
    denied = office.ask("check", ends_with=1)
    sharepoint = next(one for one in denied["systems"] if one["system"] == "sharepoint_online")
    assert sharepoint["can_write"] is False
    assert [grant["permission"] for grant in sharepoint["missing"]] == ["samepic sign-in"]
    stopped = office.run("sync", "--log-format", "json")
    assert stopped.code == 1 and "samepic sign-in" in stopped.out


def test_what_is_logged_comes_in_the_chosen_format(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    for log_format in ("json", "text"):
        tenant.control.post_fault(kind="status", api="graph", status=503, headers={"Retry-After": "1"})
        ended = office.run("sync", of_case(tenant, Case.PLAIN).upn, "--log-format", log_format)
        assert ended.code == 0, ended.err
        [line] = ended.err.splitlines()
        if log_format == "json":
            told = json.loads(line)
            assert told["logger"] == "samepic.transport" and told["level"] == "info"
            line = told["event"]
        assert "waiting" in line


def test_init_finds_out_the_rest_and_replaces_nothing(tenant: RunningTenant, tmp_path: Path) -> None:
    config = tmp_path / "new" / "samepic.toml"
    given = ["init", "--config", str(config), "--url", tenant.url, "--tenant", tenant.said.domain]
    given += ["--client-id", tenant.said.client_id, "--certificate", tenant.said.client_certificate]
    made = samepic(*given)
    assert made.code == 0, made.err
    assert f'tenant_id = "{tenant.said.tenant_id}"' in config.read_text(encoding="utf-8")
    assert samepic("check", "--config", str(config)).code == 0
    again = samepic(*given)
    assert again.code == 1 and "--force" in again.err
    assert samepic(*given, "--force").code == 0
    odd = tmp_path / "odd" / "samepic.toml"
    odd.parent.mkdir()
    odd.with_suffix(".pem").write_text("no certificate")
    refused = samepic("init", "--config", str(odd), "--url", tenant.url, "--tenant", tenant.said.domain)
    assert refused.code == 1 and "samepic.pem holds no certificate" in refused.err and not odd.exists()
    unknown = samepic("init", "--config", str(tmp_path / "x.toml"), "--url", tenant.url, "--tenant", "nobody.example")
    assert unknown.code == 1 and "nobody.example" in unknown.err and not (tmp_path / "x.toml").exists()


def test_everything_wrong_with_a_configuration_is_told_at_once(tenant: RunningTenant, tmp_path: Path) -> None:
    wrong = {"share = 0.10": 'share = "much"', '# when_removed = "keep"': 'when_remove = "mirror"'}
    told = Office(tmp_path, tenant, instead=wrong).run("plan")
    assert told.code == 1
    assert "share" in told.err and "when_remove" in told.err
    assert samepic("plan", "--config", str(tmp_path / "missing.toml")).code == 1
