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


def peaks_in_bytes(people: int, folder: Path) -> tuple[int, int]:
    """Of a first plan, which compares pictures, and of one that has nothing left to compare."""
    folder.mkdir()
    with tenant_of(people=people) as at:
        mosaics.hang(at.tenant)
        config = Office(folder, at).config
        plan = (SAMEPIC, "plan", "--config", str(config))
        return peak_of(*plan, ends_with=CHANGES_PENDING), peak_of(*plan, ends_with=CHANGES_PENDING)


@pytest.mark.timeout(1800)
def test_4000_people_take_no_more_than_four_megabytes_above_500(tmp_path: Path) -> None:
    few, many = peaks_in_bytes(FEW, tmp_path / "few"), peaks_in_bytes(MANY, tmp_path / "many")
    for which, fewer, more in zip(("first", "second"), few, many, strict=True):
        words = f"{which} plan: {fewer:,} bytes for {FEW} people, {more:,} for {MANY:,}"
        print(words)
        assert more - fewer <= ALLOWED_BYTES, words
