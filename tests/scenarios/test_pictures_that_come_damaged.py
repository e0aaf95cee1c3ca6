"""A body of the right length with other bytes in it decodes to a picture mostly: nobody is ever to be shown that.

Sixteen bytes of a portrait that are others turn its lower part into noise; other ones each time, as on a bad line.
"""

from __future__ import annotations

import pytest
from tests.sync_bench import SyncBench

PEOPLE = 60
SHARES = (0.02, 0.2, 0.35, 0.5, 0.65, 0.8)
ORIGINAL, SMALL = "photo/$value", "photos/{size}/$value"
MANY, FEW = 12, 3


def writable(bench: SyncBench) -> list[str]:
    return [p["upn"] for p in bench.at.control.people("never_visited")]


@pytest.mark.parametrize("share", SHARES)
def test_a_damaged_answer_is_neither_written_nor_refused(bench: SyncBench, share: float) -> None:
    somebody = writable(bench)[0]
    fault = bench.at.control.post_fault(kind="corrupt_body", operation=ORIGINAL, share=share)
    assert bench.sync(somebody)["written"] == 1
    bench.assert_whole(somebody)
    kept = bench.at.tenant.faults.get(fault["id"])
    assert kept is not None
    assert kept.met == 1


def test_a_sweep_that_many_come_damaged_to_shows_everybody_their_own(bench: SyncBench) -> None:
    people = writable(bench)
    bench.at.control.post_fault(kind="corrupt_body", operation=ORIGINAL, times=MANY)
    bench.at.control.post_fault(kind="corrupt_body", operation=SMALL, nth=3, times=FEW, share=0.4)
    first = bench.sync()
    bench.at.control.clear_faults()
    second = bench.sync()
    assert first["counts"]["refused"] == second["counts"]["refused"], "nobody but whose picture is blank"
    assert first["failed"] == 0
    for upn in people:
        bench.assert_whole(upn)


def test_small_ones_that_never_come_whole_keep_nobody_from_their_picture(bench: SyncBench) -> None:
    somebody = writable(bench)[0]
    bench.at.control.post_fault(kind="corrupt_body", operation=SMALL, times=None)
    assert bench.sync(somebody)["written"] == 1
    bench.assert_whole(somebody)


def test_where_no_two_answers_agree_nothing_is_written_until_they_do(bench: SyncBench) -> None:
    somebody = writable(bench)[0]
    before = bench.thumbs(somebody)
    bench.at.control.post_fault(kind="corrupt_body", operation=ORIGINAL, times=None)
    command = bench.run("sync", "--json", somebody)
    assert "no two agree" in command.said(), command.said()
    assert bench.thumbs(somebody) == before
    bench.at.control.clear_faults()
    assert bench.sync(somebody)["written"] == 1
    bench.assert_whole(somebody)
