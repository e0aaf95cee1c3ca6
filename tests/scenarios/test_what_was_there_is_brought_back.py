"""A bad script in Exchange, carried over to SharePoint, is undone; what the vault keeps is shown, mended, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command_line import Office
from tests.conftest import RunningTenant, tenant_of
from tests.pictures import encoded, mosaic
from tests.sync_bench import difference

from localtenant.store.records import Case, User

SPOILT = 6


@pytest.fixture(scope="module")
def tenant() -> Iterator[RunningTenant]:
    with tenant_of(people=30) as running:
        yield running


def shown(tenant: RunningTenant, user: User) -> bytes:
    data = tenant.control.picture(user.id, "sharepoint-l")
    assert data is not None
    return data


def vault_files(office: Office) -> list[Path]:
    return [path for path in (office.state_file.parent / "vault").rglob("*") if path.is_file()]


def test_a_bad_run_is_taken_back_and_stays_taken_back(tenant: RunningTenant, tmp_path: Path) -> None:
    office = Office(tmp_path, tenant)
    office.ask("sync")
    people = [u for u in tenant.tenant.store.users if u.case is Case.NEVER_VISITED][:SPOILT]
    good = {user.id: tenant.control.picture(user.id, "exchange") or b"" for user in people}
    for number, user in enumerate(people):
        tenant.control.put_picture(user.id, "exchange", encoded(mosaic(number, 648, 648)))
    held = office.ask("sync", ends_with=3)
    bad = office.ask("sync", "--approve", held["plan"])
    assert bad["written"] == SPOILT
    assert all(difference(shown(tenant, user), good[user.id]) > 20 for user in people)

    assert bad["run"] in office.run("runs").out, "where somebody finds what to type"
    report = tmp_path / "undo.html"
    planned = office.run("restore", "--run", bad["run"], "--dry-run", "--report", str(report))
    words = " ".join(planned.out.split())
    assert planned.code == 3 and "Held" in words and f"samepic restore --run {bad['run']} --approve" in words
    assert "Back to the picture that was there before" in words
    page = report.read_text(encoding="utf-8")
    assert "What would be put back" in page and page.count("data:image/") >= 2 * SPOILT
    waiting = office.ask("restore", "--run", bad["run"], ends_with=3)
    assert waiting["written"] == 0 and waiting["held"]["overwrites"] == SPOILT
    refused = office.run("restore", "--run", bad["run"], "--why", "a bad script")
    assert refused.code == 1 and "go with --approve PLAN" in refused.err
    word = ("--why", "a bad script", "--as", "Ola")
    done = office.ask("restore", "--run", bad["run"], "--approve", waiting["plan"], *word)
    told = office.ask("plans", waiting["plan"])
    assert (told["standing"], told["who"], told["why"]) == ("done", "Ola", "a bad script")
    assert (done["written"], done["failed"], done["counts"]) == (SPOILT, 0, {"restored": SPOILT})
    assert all(difference(shown(tenant, user), good[user.id]) < 12 for user in people)

    person = people[0]
    assert office.ask("sync")["written"] == 0
    explained = office.ask("explain", person.upn)
    assert explained["reason"] == "restored" and done["run"] in explained["detail"]
    tenant.control.put_picture(person.id, "exchange", good[person.id])
    tenant.control.put_picture(people[1].id, "exchange", encoded(mosaic(99, 648, 648)))
    again = office.ask("sync")
    assert again["written"] == 1 and again["counts"]["restored"] == SPOILT - 2, "until the source changes"

    history = office.ask("history", person.upn)
    assert [change["reason"] for change in history["changes"]] == ["restored", "changed", "new"]
    assert [change["run"] for change in history["changes"]][:2] == [done["run"], bad["run"]]
    original = history["changes"][0]["after"]["sha256"]
    assert original == hashlib.sha256(good[person.id]).hexdigest(), "what Exchange had, not what SharePoint made of it"
    [told] = [picture for picture in history["pictures"] if picture["sha256"] == original]
    assert (told["system"], told["width_px"], told["in_vault"]) == ("exchange_online", 648, True)
    assert "restored" in office.run("history", person.upn).out

    file = tmp_path / "was.jpg"
    assert office.ask("show", person.upn, "--out", str(file))["picture"]["sha256"] == original
    assert file.read_bytes() == good[person.id]
    told = office.ask("show", person.upn, "--at", history["changes"][1]["at"])
    assert told["picture"]["sha256"] == history["changes"][1]["after"]["sha256"]
    before = office.run("show", person.upn, "--at", "2001-01-01")
    assert before.code == 1 and "no picture" in before.out
    assert office.run("show", "nobody@nowhere.example").code == 1


def test_the_vault_is_verified_mended_and_forgets(tenant: RunningTenant, tmp_path: Path) -> None:
    tenant.control.reset()
    office = Office(tmp_path, tenant)
    office.ask("sync")
    well = office.ask("vault", "verify")
    assert well["pictures"] == well["whole"] == len(vault_files(office)) > 10
    assert well["size_bytes"] == sum(path.stat().st_size for path in vault_files(office))

    damaged, missing, gone = vault_files(office)[:3]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    missing.unlink()
    (damaged.parent / ".new-rest").write_bytes(b"half")
    found = office.ask("vault", "verify", ends_with=1)
    assert (found["damaged"], found["missing"], found["orphans"]) == (1, 1, 1)
    told = office.run("vault", "verify")
    assert damaged.name in told.out and missing.name in told.out and "--repair" in told.out
    mended = office.ask("vault", "verify", "--repair")
    assert (mended["repaired"], mended["damaged"], mended["missing"]) == (2, 0, 0)
    assert damaged.read_bytes() == whole and missing.exists()
    assert office.ask("vault", "verify")["whole"] == well["whole"]

    [person] = [
        user
        for user in tenant.tenant.store.users
        if (data := tenant.control.picture(user.id, "exchange")) and hashlib.sha256(data).hexdigest() == gone.name
    ]
    asked = office.run("vault", "forget", person.upn)
    assert asked.code == 1 and "--yes" in asked.err
    assert gone.exists()
    erased = office.ask("vault", "forget", person.upn, "--yes")
    assert (erased["pictures"], erased["files"], gone.exists()) == (1, 1, False)
    state = b"".join(path.read_bytes() for path in office.state_file.parent.glob("state.sqlite*") if path.is_file())
    other = next(user for user in tenant.tenant.store.users if user.case is Case.PLAIN and user != person)
    assert other.id.encode() in state and other.upn.encode() in state
    assert person.id.encode() not in state and person.upn.encode() not in state
    assert office.ask("history", person.upn)["changes"] == []
    assert office.ask("sync")["written"] == 0, "met anew, and in step"
