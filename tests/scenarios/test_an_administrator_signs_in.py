"""Where a tenant denies apps to write profiles: an administrator signs in by device code, and pictures arrive."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Office, samepic
from tests.conftest import RunningTenant, StartTenant
from tests.tenant_process import SAMEPIC
from tests.visitor import Seen, Visitor

from localtenant.authority import device
from localtenant.authority.passwords import password_of
from localtenant.authority.registered import client_app
from localtenant.store.records import Case, User

ENDS_WITHIN_S = 60


@pytest.fixture
def tenant(start_tenant: StartTenant, monkeypatch: pytest.MonkeyPatch) -> RunningTenant:
    """One that denies what an app needs, and asks devices to come back sooner than the vendor does."""
    monkeypatch.setattr(device, "DEVICE_INTERVAL_SECONDS", 1)
    return start_tenant(people=60, behaviours={"app_only_profile_writes": "denied"})


@pytest.fixture
def office(tenant: RunningTenant, tmp_path: Path) -> Office:
    return Office(tmp_path / "office", tenant)


@contextlib.contextmanager
def signing_in(office: Office, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`samepic sign-in` as a process of its own."""
    command = [SAMEPIC, "sign-in", "--config", str(office.config), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str]) -> dict[str, object]:
    """The first line: what to type, and where."""
    assert process.stdout is not None
    line = process.stdout.readline()
    return dict(json.loads(line or "{}"))


def with_role(tenant: RunningTenant, role: str | None) -> User:
    """Somebody with this role, or with none at all."""
    users = tenant.tenant.store.users
    return next(user for user in users if (role in user.roles if role else user.case == Case.PLAIN and not user.roles))


def type_code(tenant: RunningTenant, code: object, who: User, decision: str) -> Seen:
    """On another device, in a browser: the code, name and password, and a word."""
    browser = Visitor(tenant.url)
    asked = browser.submit(browser.ask("/devicelogin"), user_code=str(code))
    asked = browser.submit(asked, name=who.upn, password=password_of(tenant.tenant, who.id))
    assert who.upn in asked.soup.get_text() and "Samepic" in asked.soup.get_text()
    return browser.submit(asked, decision=decision)


def token_file(office: Office) -> Path:
    return office.state_file.parent / "administrator.token"


def test_pictures_arrive_in_an_administrators_name(tenant: RunningTenant, office: Office) -> None:
    never = next(user.upn for user in tenant.tenant.store.users if user.case == Case.NEVER_VISITED)
    denied = office.ask("check", ends_with=1)
    sharepoint = sharepoint_of(denied)
    assert sharepoint["can_write"] is False and "denies" in sharepoint["words"]
    [grant] = sharepoint["missing"]
    assert grant["permission"] == "samepic sign-in" and grant["why"]
    stopped = office.run("sync", never)
    assert stopped.code == 1 and "samepic sign-in" in stopped.out + stopped.err
    assert tenant.control.picture(never, "sharepoint-l") is None, "half a picture was left"

    administrator = with_role(tenant, "SharePoint Administrator")
    with signing_in(office, "--json", "--log-format", "json") as process:
        code = told(process)
        assert code["verification_uri"] == f"{tenant.url}/devicelogin" and code["expires_in"] == 900
        assert type_code(tenant, code["user_code"], administrator, "allowed").status == 200
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, json.loads(out)) == (0, {"signed_in": True}), err
    kept = token_file(office)
    assert kept.stat().st_mode & 0o777 == 0o600
    token = kept.read_text()

    well = office.run("check")
    assert well.code == 0, well.out
    done = office.run("sync", never, "--log-format", "json")
    assert done.code == 0 and "1 written" in done.out, done
    assert tenant.control.picture(never, "sharepoint-l") is not None
    shown = Visitor(tenant.url)
    shown.sign_in(administrator.upn, password_of(tenant.tenant, administrator.id))
    served = shown.follow(shown.ask(f"/_layouts/15/userphoto.aspx?size=L&accountname={never}"))
    assert served.body == tenant.control.picture(never, "sharepoint-l"), "SharePoint does not show it"

    newer = kept.read_text()
    assert newer != token, "each use gives the next token"
    said = tenant.said
    secrets = (token, newer, said.client_secret, password_of(tenant.tenant, administrator.id), "eyJ", "PRIVATE KEY")
    words = "".join((out, err, json.dumps(denied), stopped.out, stopped.err, well.out, well.err, done.out, done.err))
    files = [file for file in office.folder.rglob("*") if file.is_file() and file != kept]
    assert [secret for secret in secrets if secret in words] == []
    assert [file for file in files for secret in secrets if secret.encode() in file.read_bytes()] == []


def test_declined_expired_and_no_administrator_are_told_in_words(tenant: RunningTenant, tmp_path: Path) -> None:
    offices = [Office(tmp_path / name, tenant) for name in ("declines", "no-administrator", "expires")]
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(signing_in(office, "--json")) for office in offices]
        codes = [told(process)["user_code"] for process in processes]
        somebody = with_role(tenant, None)
        type_code(tenant, codes[0], somebody, "declined")
        type_code(tenant, codes[1], somebody, "allowed")
        ends = [process.communicate(timeout=ENDS_WITHIN_S) for process in processes[:2]]
        tenant.control.advance(seconds=901)
        ends.append(processes[2].communicate(timeout=ENDS_WITHIN_S))
    words = ("declined", "a SharePoint administrator may", "the code expired before anybody used it")
    for office, process, (out, err), expected in zip(offices, processes, ends, words, strict=True):
        assert process.returncode == 1
        assert expected in err and "Traceback" not in err, err
        assert out == "", "nobody has signed in"
        assert not token_file(office).exists()


def sharepoint_of(checked: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in checked["systems"] if one["system"] == "sharepoint_online")


def test_who_may_no_longer_and_what_has_expired_is_told_by_check(tenant: RunningTenant, office: Office) -> None:
    administrator = with_role(tenant, "SharePoint Administrator")
    with signing_in(office) as process:
        assert process.stdout is not None
        code = process.stdout.readline().split()[-1].rstrip(".")
        type_code(tenant, code, administrator, "allowed")
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 0 and "Signed in." in out, err
    tenant.tenant.store.users.put(administrator.id, replace(administrator, roles=()))
    no_longer = sharepoint_of(office.ask("check", ends_with=1))
    tenant.control.advance(hours=91 * 24)
    expired = sharepoint_of(office.ask("check", ends_with=1))
    assert "whoever signed in may not" in no_longer["words"]
    assert "expired" in expired["words"]
    for found in (no_longer, expired):
        assert [grant["permission"] for grant in found["missing"]] == ["samepic sign-in"]


def test_an_application_that_allows_no_public_flows_is_told_where_to_allow_them(
    tenant: RunningTenant, office: Office
) -> None:
    tenant.tenant.authority.apps.add(replace(client_app(tenant.tenant), allows_public_flows=False))
    refused = samepic("sign-in", "--config", str(office.config))
    assert refused.code == 1
    assert "Allow public client flows" in refused.err
