"""Incremental sweeps over a real tenant: what they cost, whom they see, and that nothing is lost on the way."""

from __future__ import annotations

import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from tests import mosaics
from tests.command_line import Office
from tests.conftest import RunningTenant, StartTenant
from tests.pictures import encoded, mosaic
from tests.samepic_commands import until
from tests.sync_bench import SyncBench, sync_bench

from localtenant.directory.people import change_person, remove_person
from localtenant.store.records import Case, Mailbox, User

FEW = 12
"""Requests that may be sent for three people of any number: none of them lists anybody."""

LISTINGS = ("users", "items", "transitiveMembers", "members")


def rename(at: RunningTenant, user: User, **to: Any) -> None:
    """As an administrator would change somebody in the directory."""
    now = at.tenant.store.users.get(user.id)
    assert now is not None
    change_person(at.tenant, replace(now, **{"job_title": "Somebody Else", "display_name": "Somebody Else", **to}))


def redraw(at: RunningTenant, user: User, number: int) -> bytes:
    """Another picture in the mailbox, which the directory does not tell of."""
    data = encoded(mosaic(7_000 + number, 160, 160))
    at.control.put_picture(user.id, "exchange", data)
    return data


def hire(at: RunningTenant, like: User, number: int) -> User:
    """A newcomer with a mailbox and a picture in it."""
    upn = f"newcomer{number}@{at.said.domain}"
    user = replace(like, id=f"{number:08x}-0000-4000-8000-00000000c0de", upn=upn, mail=upn, case=Case.NEVER_VISITED)
    change_person(at.tenant, user)
    at.tenant.store.mailboxes.put(user.id, Mailbox(user.id))
    redraw(at, user, number)
    return user


def only(office: Office, people: int) -> list[User]:
    """All but so many are opted out, so that a first load is short; they are listed and looked through all the same."""
    everybody = list(office.tenant.tenant.store.users)
    taking_part = [user for user in everybody if user.case is Case.NEVER_VISITED][:people]
    inside = {user.id for user in taking_part}
    (office.folder / "out.txt").write_text("".join(f"{user.id}\n" for user in everybody if user.id not in inside))
    return taking_part


def test_three_changed_of_four_thousand_cost_a_handful_of_requests(start_tenant: StartTenant, tmp_path: Path) -> None:
    at = start_tenant(people=4000)
    mosaics.hang(at.tenant)
    office = Office(tmp_path, at, route='opted_out_file = "out.txt"\n')
    people = only(office, 12)
    first, listed = office.counted("sync")
    assert (first["people"], first["full"], first["written"]) == (4000, True, 12)
    assert listed > 3 * FEW

    nobody, cost = office.counted("sync", "--incremental")
    assert (nobody["full"], nobody["people"]) == (False, 0)
    assert cost <= 3, "a token, a question, and whom the last sweep wrote"

    for user in people[:3]:
        rename(at, user)
    told, cost = office.counted("sync", "--incremental")
    assert (told["full"], told["people"], told["counts"], told["written"]) == (False, 3, {"in_step": 3}, 0)
    assert cost == sum(told["requests"].values()) <= FEW
    entries = at.control.ledger()["entries"]
    assert not [entry for entry in entries if entry["operation"] in LISTINGS and not entry["batched"]]

    for number, user in enumerate(people[:3]):
        rename(at, user)
        redraw(at, user, number)
    told, cost = office.counted("sync", "--incremental")
    assert (told["people"], told["written"], told["held"]) == (3, 3, None)
    assert cost <= FEW + 6 * 3


def test_a_file_that_was_edited_and_a_group_that_was_joined_or_left(start_tenant: StartTenant, tmp_path: Path) -> None:
    at = start_tenant(people=40)
    mosaics.hang(at.tenant)
    office = Office(tmp_path, at, route='only_group = "All staff"\n')
    groups = at.tenant.store.groups
    staff = next(group for group in groups if group.display_name == "All staff")
    joins, leaves, *_ = [user for user in at.tenant.store.users if user.case is Case.NEVER_VISITED]
    within = {id: groups.get(id) for id in staff.members}  # a department's group each

    def all_but(user: User) -> None:
        for group in filter(None, within.values()):
            groups.put(group.id, replace(group, members=tuple(one for one in group.members if one != user.id)))

    all_but(joins)
    first = office.ask("sync")
    assert first["full"] and office.ask("sync", "--incremental")["people"] == 0
    all_but(leaves)
    told, cost = office.counted("sync", "--incremental")
    assert (told["full"], told["people"], told["written"], told["counts"]["not_eligible"]) == (False, 2, 1, 1)
    assert cost <= FEW + 6
    office.config.write_text(office.config.read_text().replace('only_group = "All staff"', "guests = true"))
    ended = office.run("sync", "--incremental")
    words = "the route's settings have changed since the last full sweep: guests, only_group"
    assert ended.code == 0 and words in " ".join(ended.out.split()), ended.out
    assert office.ask("sync", "--incremental")["full"] is False


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with sync_bench(tmp_path_factory.mktemp("incremental"), people=24) as made:
        yield made


def on(bench: SyncBench, database: Path | URL) -> None:
    """Keep the state there."""
    bench.fresh()
    if isinstance(database, URL):
        path = bench.folder / "samepic.toml"
        url = f"postgresql://{database.username}@/{database.database}?host={database.query['host']}"
        path.write_text(re.sub(r"(?m)^# url = .postgresql.*$", lambda _: f'url = "{url}"', path.read_text(), count=1))


def incremental(bench: SyncBench) -> Any:
    return bench.sync("--incremental")


def test_whoever_is_new_changed_gone_or_left_over(bench: SyncBench, any_database: Path | URL) -> None:
    on(bench, any_database)
    at = bench.at
    moved, disabled, leaver, asker, unlucky, unseen, *_ = [u for u in bench.people() if u.case is Case.NEVER_VISITED]
    assert bench.sync()["full"]
    newcomer = hire(at, moved, 1)
    elsewhere = f"elsewhere@{at.said.domain}"
    rename(at, moved, upn=elsewhere, mail=elsewhere)
    redraw(at, moved, 2)
    rename(at, disabled, account_enabled=False)
    redraw(at, disabled, 3)
    remove_person(at.tenant, leaver.id)
    redraw(at, unseen, 4)
    bench.sync(asker.upn)
    redraw(at, asker, 5)
    rename(at, unlucky)
    redraw(at, unlucky, 6)
    at.control.post_fault(kind="status", operation="Files/add", person=unlucky.upn, status=403, times=None)
    before = {upn: bench.thumbs(upn) for upn in (disabled.upn, unseen.upn)}

    command = bench.run("sync", "--incremental", "--json")
    told = command.json()
    assert (told["full"], told["people"], told["failed"], command.code) == (False, 5, 1, 1), command.said()
    assert told["written"] == 3 and told["counts"]["not_eligible"] == 1
    for upn in (newcomer.upn, elsewhere, asker.upn):
        bench.assert_whole(upn)
    assert before == {upn: bench.thumbs(upn) for upn in before}, "left alone, and not seen"

    at.control.clear_faults()
    again = incremental(bench)
    assert (again["people"], again["written"]) == (1, 1), "who failed is tried again, and nobody else"
    bench.assert_whole(unlucky.upn)
    assert incremental(bench)["people"] == 0
    full = bench.sync()
    assert (full["full"], full["written"]) == (True, 1)
    bench.assert_whole(unseen.upn)
    kinds = [run["kind"] for run in bench.run("runs", "--json").json()["runs"]]
    assert kinds == ["sync", "incremental", "incremental", "incremental", "request", "sync"]


@pytest.mark.parametrize("operation", ["$batch", "Files/add"])
def test_killed_anywhere_the_next_finds_the_same_people(bench: SyncBench, operation: str) -> None:
    bench.fresh()
    people = [user for user in bench.people() if user.case is Case.NEVER_VISITED][:4]
    assert bench.sync()["full"]
    for number, user in enumerate(people):
        rename(bench.at, user)
        redraw(bench.at, user, number)
    fault = bench.at.control.post_fault(kind="hold_after", operation=operation, times=None)
    command = bench.start("sync", "--incremental")
    assert bench.held_or_ended(fault, command), command.said()
    assert command.kill() == -signal.SIGKILL
    bench.at.control.clear_faults()
    told = incremental(bench)
    assert (told["full"], told["failed"]) == (False, 0)
    for user in people:
        bench.assert_whole(user.upn)
    assert incremental(bench)["people"] == 0
    assert bench.sync()["written"] == 0


def in_shards_of_three(bench: SyncBench) -> None:
    path = bench.folder / "samepic.toml"
    workers = "[workers]\nlease_seconds = 5\npeople_per_shard = 3\nshards_at_once = 1"
    path.write_text(path.read_text().replace("[workers]", workers, 1))


def test_who_is_left_over_by_a_cancelled_sweep_is_written_by_an_incremental_one(bench: SyncBench) -> None:
    bench.fresh()
    in_shards_of_three(bench)
    assert bench.sync()["full"]
    like = next(user for user in bench.people() if user.case is Case.NEVER_VISITED)
    newcomers = [hire(bench.at, like, number) for number in range(1, 9)]
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", nth=2, times=None)
    working = bench.start("worker", "--json")
    bench.at.control.clear_ledger()
    run = bench.run("sweep", "--json").json()["runs"][0]["run"]
    assert bench.held_or_ended(fault, working), working.said()
    assert bench.run("cancel", run).code == 0
    bench.at.control.clear_faults()
    until(lambda: bench.run("runs", run, "--json").json()["going"] == "over", "it is over", every_s=0.5)
    told = bench.run("runs", run, "--json").json()
    assert sum(told["requests"].values()) == bench.at.control.count(batched=False), told["requests"]
    assert told["pending"] > 0 and (told["skipped"], told["failed"], told["missing"]) == (0, 0, [])
    assert working.kill(signal.SIGTERM) == 0
    lacking = [user for user in newcomers if not bench.shows_whole(user.upn)]
    assert lacking
    told = incremental(bench)
    assert (told["full"], told["written"]) == (False, len(lacking))
    for user in newcomers:
        bench.assert_whole(user.upn)


def test_where_the_directory_has_forgotten_it_is_everybody_and_said(bench: SyncBench) -> None:
    bench.fresh()
    assert bench.sync()["full"]
    like = next(user for user in bench.people() if user.case is Case.NEVER_VISITED)
    newcomer = hire(bench.at, like, 1)
    fault = bench.at.control.post_fault(kind="expired_cursor", api="graph", operation="users/delta")
    command = bench.run("sync", "--incremental")
    assert command.code == 0 and "Everybody was looked at" in command.said(), command.said()
    assert next(one["met"] for one in bench.at.control.faults() if one["id"] == fault["id"]) == 1
    bench.assert_whole(newcomer.upn)
    [latest, _] = bench.run("runs", "--json").json()["runs"]
    assert latest["kind"] == "sync" and "syncStateNotFound" in latest["words"]
    assert "Last full sweep that ended well" in bench.run("status").said()
    assert incremental(bench)["full"] is False


def test_workers_carry_one_out_and_another_goes_on_where_one_was_killed(bench: SyncBench) -> None:
    bench.fresh()
    in_shards_of_three(bench)
    assert bench.sync()["full"]
    like, unseen, *_ = [user for user in bench.people() if user.case is Case.NEVER_VISITED]
    newcomers = [hire(bench.at, like, number) for number in range(1, 6)]
    data = redraw(bench.at, unseen, 99)
    fault = bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=4, times=None)
    run = bench.run("sweep", "--incremental", "--json").json()["runs"][0]["run"]
    killed = bench.start("worker", "--json")
    assert bench.held_or_ended(fault, killed), killed.said()
    assert killed.kill() == -signal.SIGKILL
    bench.at.control.clear_faults()
    other = bench.start("worker", "--json")

    def over() -> Any:
        told = bench.run("runs", run, "--json").json()
        return told if told["going"] == "over" else None

    until(lambda: over() or other.ended(), "it is over", every_s=0.5)  # a command each time
    told = over()
    assert (told["kind"], told["state"], told["people"], told["full"]) == ("incremental", "done", 5, False), told
    assert other.kill(signal.SIGTERM) == 0
    for user in newcomers:
        bench.assert_whole(user.upn)
    assert bench.at.control.picture(unseen.upn, "exchange") == data and not bench.shows_whole(unseen.upn)
    assert incremental(bench)["people"] == 0, "its cursor was kept"

    bench.at.control.post_fault(kind="status", operation="users/delta", status=403, times=None)
    refusing = bench.start("worker", "--json")
    [refused] = bench.run("sweep", "--incremental", "--wait", "--json").json()["runs"]
    assert refused["state"] == "failed" and "User.Read.All" in refused["missing"][0]["permission"], refused
    assert refusing.kill(signal.SIGTERM) == 0
    bench.at.control.clear_faults()
    assert bench.sync()["written"] == 1
