"""What makes a run wait for a person's word, at a running tenant; and what a look shows of what was written."""

from __future__ import annotations

import contextlib
from typing import Any

from PIL import Image
from tests.pictures import encoded, mosaic
from tests.samepic_commands import Command, until
from tests.sync_bench import SIZES, SyncBench
from tests.tenant_control import ControlError

PEOPLE = 30


def without_one(bench: SyncBench) -> list[str]:
    """People who have a picture in Exchange and none in SharePoint yet."""
    found = bench.upns("never_visited")
    assert len(found) > 6
    return found


def give(bench: SyncBench, upns: list[str], data: bytes | None = None) -> None:
    for number, upn in enumerate(upns):
        bench.at.control.put_picture(upn, "exchange", data or encoded(mosaic(4000 + number, 400, 400)))


def held(bench: SyncBench, reason: str) -> Any:
    """A sync that has to be held for this reason, with nothing sent to SharePoint that changes anything."""
    bench.at.control.clear_ledger()
    command = bench.run("sync", "--json")
    assert command.code == 3, command.said()
    told = command.json()
    assert told["held"]["reason"] == reason, told["held"]
    assert (told["written"], told["cleared"]) == (0, 0)
    assert bench.at.control.count(operation="Files/add") == 0
    assert not bench.at.control.changes("ProcessQuery") or all(
        not change["changed"] for change in bench.at.control.changes("ProcessQuery")
    )
    return told


def test_a_source_that_lost_its_pictures_is_held_and_a_rejection_says_why(bench: SyncBench) -> None:
    bench.sync()
    for upn in (*bench.upns("plain"), *without_one(bench)):
        with contextlib.suppress(ControlError):  # who has none cannot lose it
            bench.at.control.delete_picture(upn, "exchange")

    told = held(bench, "source_lost")
    assert told["held"]["source_pictures"] * 2 < told["held"]["source_pictures_before"]
    command = bench.run("reject", told["plan"], "--why", "Exchange was being moved", "--as", "Kari", "--json")
    assert command.code == 0 and command.json()["standing"] == "rejected"
    again = held(bench, "rejected")
    assert again["plan"] == told["plan"]
    assert "rejected by Kari" in again["held"]["words"] and "Exchange was being moved" in again["held"]["words"]
    [listed] = bench.run("plans", "--json").json()["plans"]
    assert (listed["standing"], listed["who"], listed["why"]) == ("rejected", "Kari", "Exchange was being moved")
    refused = bench.run("approve", told["plan"])
    assert refused.code == 1 and "rejected by Kari" in refused.said()


def test_one_picture_for_many_is_held_shown_approved_and_then_written(bench: SyncBench) -> None:
    same = without_one(bench)[:7]
    give(bench, same, encoded(mosaic(7, 500, 500)))

    told = held(bench, "same")
    assert told["held"]["same"] == 7
    command = bench.run("plans", told["plan"], "--report", "held.html", "--json")
    assert command.code == 0, command.said()
    assert {one["person"] for one in command.json()["examples"][:7]} == set(same)
    sheet = Image.open(bench.folder / "held.png")
    assert sheet.width > 1000 and sheet.height > 100
    assert (bench.folder / "held.html").read_text().count("data:image/jpeg;base64,") >= 7

    assert bench.run("approve", told["plan"], "--why", "our Santa", "--as", "Ola").code == 0
    done = bench.sync()
    assert done["plan"] == told["plan"] and done["held"] is None
    assert done["written"] >= told["pending"] - len(bench.at.control.people("not_editable"))
    assert (done["verified"], done["did_not_take"]) == (done["written"], 0)
    assert all(bench.shows_whole(upn) for upn in same)
    [record] = bench.run("plans", "--json").json()["plans"]
    assert [event["what"] for event in record["events"]] == ["held", "approved", "begun", "done"]
    assert (record["standing"], record["who"], record["why"]) == ("done", "Ola", "our Santa")
    assert [(e["who"], e["why"]) for e in record["events"] if e["who"]] == [("Ola", "our Santa")]


def test_a_wave_in_small_runs_is_held_when_it_has_become_a_large_one(bench: SyncBench) -> None:
    first = bench.sync()
    lost = first["counts"].get("first_meeting", 0) + first["counts"].get("changed", 0)
    upns = bench.upns("plain")
    for number in range(0, 12, 2):
        give(bench, upns[number : number + 2])
        command = bench.run("sync", "--json")
        if command.code == 3:
            break
        assert command.code == 0 and command.json()["written"] == 2, command.said()
        lost += 2
    told = held(bench, "wave")
    assert told["held"]["overwrites"] == 2
    assert told["held"]["lost_before"] == lost >= 3
    assert bench.run("sync", "--approve", told["plan"], "--json").json()["written"] == 2
    give(bench, upns[-2:])
    assert bench.run("plan", "--json").json()["held"] is not None, "what nobody approved is still of today"


def test_what_another_hand_replaces_in_the_moment_of_the_write_did_not_take(bench: SyncBench) -> None:
    bench.sync(bench.upns("plain")[0])
    upn, other = bench.upns("plain")[:2]
    give(bench, [upn, other])
    control, stranger = bench.at.control, encoded(mosaic(99, 300, 300))
    fault = control.post_fault(kind="hold_after", operation="ProcessQuery", person=upn, times=None)
    command = bench.start("sync", upn, other, "--json")
    while not command.ended():
        if bench.held(fault):
            if bench.properties_set()[upn]:
                for size in SIZES:
                    control.put_picture(upn, f"sharepoint-{size}", stranger)
                control.delete_fault(fault["id"])
                break
            control.release(fault["id"])  # a look before the write
    assert command.wait() == 1, command.said()
    told = command.json()
    assert (told["written"], told["failed"], told["verified"], told["did_not_take"]) == (2, 0, 1, 1)
    words = "sharepoint_online: took the picture and does not show it"
    assert told["failures"] == [{"person": upn, "words": words}]
    assert f"failed: {upn}: {words}" not in command.said()
    assert bench.run("explain", upn, "--json").json()["reason"] == "drifted"


def test_two_who_approve_at_once_approve_once(bench: SyncBench) -> None:
    give(bench, without_one(bench)[:7], encoded(mosaic(7, 500, 500)))
    told = held(bench, "same")
    both = [bench.start("approve", told["plan"], "--as", who, "--json") for who in ("Ola", "Kari")]
    assert [command.wait() for command in both] == [0, 0], [command.said() for command in both]
    events = bench.run("plans", "--json").json()["plans"][0]["events"]
    assert [event["what"] for event in events] == ["held", "approved"]
    assert events[1]["who"] in ("Ola", "Kari")
    assert {command.json()["who"] for command in both} == {events[1]["who"]}, "both are told whose word it was"


def test_one_who_approves_and_one_who_rejects_at_once_leave_one_word_last(bench: SyncBench) -> None:
    give(bench, without_one(bench)[:7], encoded(mosaic(7, 500, 500)))
    told = held(bench, "same")
    yes = bench.start("approve", told["plan"], "--as", "Ola")
    no = bench.start("reject", told["plan"], "--why", "strangers", "--as", "Kari")
    until(lambda: yes.ended() and no.ended(), "both have spoken")
    whats = [event["what"] for event in bench.run("plans", "--json").json()["plans"][0]["events"]]
    assert no.code == 0, no.said()
    assert (yes.code, whats) in [(0, ["held", "approved", "rejected"]), (1, ["held", "rejected"])]
    held(bench, "rejected")


def test_two_syncs_that_approve_at_once_write_once(bench: SyncBench) -> None:
    give(bench, without_one(bench)[:7], encoded(mosaic(7, 500, 500)))
    told = held(bench, "same")
    both: list[Command] = [bench.start("sync", "--approve", told["plan"], "--json") for _ in range(2)]
    codes = sorted(command.wait() for command in both)
    assert codes in ([0, 1], [0, 0], [0, 3]), [command.said() for command in both]
    assert max(bench.uploads().values()) == 1, "no file was stored twice"
    whats = [event["what"] for event in bench.run("plans", "--json").json()["plans"][0]["events"]]
    assert whats == ["held", "approved", "begun", "done"]


def test_a_plan_that_never_was_and_a_word_without_a_reason_are_refused(bench: SyncBench) -> None:
    for command in (("approve", "nonsense"), ("reject", "nonsense", "--why", "x"), ("plans", "nonsense")):
        ended = bench.run(*command)
        assert ended.code == 1 and "no such plan: nonsense" in ended.said()
    ended = bench.run("sync", "--approve", "nonsense")
    assert ended.code == 1 and "no such plan: nonsense" in ended.said()
    assert bench.at.control.count(operation="Files/add") == 0
    assert bench.run("reject", "nonsense", "--why", " ").code == 1
    assert bench.run("plans").said().startswith("No plan was ever held.")
