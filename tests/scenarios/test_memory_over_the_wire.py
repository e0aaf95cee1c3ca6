"""The memory of a plan over real systems does not grow with the number of people.

The real command, over HTTP, with the workers that read its pictures: what is measured is the largest of all processes
of a run. The tenant is none of them, and its pictures are mosaics: portraits would take a minute to draw.
`make bench-scale` measures up to a hundred thousand people.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import mosaics
from tests.command_line import Office
from tests.conftest import tenant_of
from tests.peak_memory import peak_of
from tests.tenant_process import SAMEPIC

ALLOWED_BYTES = 4 * 1024 * 1024
FEW, MANY = 500, 4000
CHANGES_PENDING = 2
TIMES = 3


def peaks_in_bytes(people: int, folder: Path, enough: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Of a first plan, which compares pictures, and of one that has nothing left to compare.

    enough: where one took more than that it is made anew, and the least counts: on a busy machine answers that come
    together leave holes in the heap, which are nobody's.
    """
    folder.mkdir()
    with tenant_of(people=people) as at:
        mosaics.hang(at.tenant)
        office = Office(folder, at)
        plan = (SAMEPIC, "plan", "--config", str(office.config))
        first = [peak_of(*plan, ends_with=CHANGES_PENDING)]
        second = [peak_of(*plan, ends_with=CHANGES_PENDING)]
        while min(second) > enough[1] > 0 and len(second) < TIMES:
            second.append(peak_of(*plan, ends_with=CHANGES_PENDING))
        while min(first) > enough[0] > 0 and len(first) < TIMES:
            office.forget()
            first.append(peak_of(*plan, ends_with=CHANGES_PENDING))
        return min(first), min(second)


@pytest.mark.timeout(1800)
def test_4000_people_take_no_more_than_four_megabytes_above_500(tmp_path: Path) -> None:
    few = peaks_in_bytes(FEW, tmp_path / "few")
    allowed = tuple(peak + ALLOWED_BYTES for peak in few)
    many = peaks_in_bytes(MANY, tmp_path / "many", (allowed[0], allowed[1]))
    for which, fewer, more, most in zip(("first", "second"), few, many, allowed, strict=True):
        words = f"{which} plan: {fewer:,} bytes for {FEW} people, {more:,} for {MANY:,}"
        print(words)
        assert more <= most, words
