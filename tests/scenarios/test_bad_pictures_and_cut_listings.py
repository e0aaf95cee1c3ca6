"""What is wrong at one person, or with one listing, does not spread: the others go on, and nothing is lost."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from tests.sync_bench import SyncBench

PEOPLE = 60
NO_PICTURE_AT_ALL = b"<html>not found</html>" * 40


def portrait(bench: SyncBench, upn: str) -> bytes:
    data = bench.at.control.picture(upn, "exchange")
    assert data is not None
    return data


def of_too_many_pixels() -> bytes:
    """A small file that would fill the memory once it is decoded."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


def bad_pictures(good: bytes) -> dict[str, bytes]:
    return {
        "truncated": good[: len(good) // 2],
        "broken": good[:2] + bytes(1000) + good[1002:],
        "no image": NO_PICTURE_AT_ALL,
        "too large": good + bytes(4_200_000),
        "too many pixels": of_too_many_pixels(),
    }


def test_who_has_a_bad_picture_is_refused_with_why_and_not_fetched_again(bench: SyncBench) -> None:
    people = [p["upn"] for p in bench.at.control.people("never_visited")]
    bad = dict(zip(people, bad_pictures(portrait(bench, people[0])).items(), strict=False))
    for upn, (_, data) in bad.items():
        bench.at.control.put_picture(upn, "exchange", data)
    before = {upn: (bench.thumbs(upn), bench.properties(upn)) for upn in bad}
    done = bench.sync()
    assert done["counts"]["refused"] == len(bad) == 5
    assert done["failed"] == 0
    assert done["written"] >= len(people) - len(bad) > 5
    for upn in people[len(bad) :]:
        bench.assert_whole(upn)
    assert {upn: (bench.thumbs(upn), bench.properties(upn)) for upn in bad} == before
    words = [explained(bench, upn)["detail"] for upn in bad]
    assert len(set(words)) >= 4, words
    bench.at.control.clear_ledger()
    again = bench.sync()
    assert (again["counts"]["refused"], again["written"]) == (len(bad), 0)
    assert bench.at.control.count(operation="photo/$value") == 0
    assert bench.at.control.count(operation="photos/{size}/$value") == 0


def explained(bench: SyncBench, upn: str) -> Any:
    command = bench.run("explain", "--json", upn)
    assert command.code == 0, command.said()
    return command.json()


@pytest.mark.parametrize(("api", "operation"), [("graph", "users"), ("sharepoint", "items")])
def test_a_cut_listing_holds_and_nothing_is_cleared_or_written(bench: SyncBench, api: str, operation: str) -> None:
    bench.configure(extra='when_removed = "mirror"')
    bench.sync()
    somebody = bench.person("plain")
    bench.at.control.put_picture(somebody, "exchange", portrait(bench, bench.person("plain", 1)))
    bench.at.control.clear_ledger()
    shown = bench.shown()
    fault = bench.at.control.post_fault(kind="cut_listing", api=api, operation=operation, share=0.3)
    command = bench.run("sync", "--json")
    assert command.code == 3, command.said()
    kept = bench.at.tenant.faults.get(fault["id"])
    assert kept is not None
    assert kept.met == 1
    held = command.json()["held"]
    assert held["reason"] == "incomplete"
    assert bench.shown() == shown
    assert not bench.uploads()
    assert not bench.properties_set()
    bench.at.control.clear_faults()
    done = bench.sync()
    assert (done["written"], done["cleared"], done["counts"]["changed"]) == (1, 0, 1)


def test_a_host_that_asks_for_more_patience_than_anybody_has_ends_the_run_in_words(bench: SyncBench) -> None:
    shown = bench.shown()
    later = {"Retry-After": "1000"}  # longer than anybody waits
    bench.at.control.post_fault(kind="status", status=503, headers=later, api="sharepoint", operation="items")
    command = bench.run("sync", "--json")
    assert command.code == 1, command.said()
    assert "asked everybody to wait" in command.json()["stopped"]
    assert command.json()["seconds"] < 30  # neither waited out nor sent before the time
    assert bench.shown() == shown
