"""A picture and its small rendition are told from one that lost something on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.look_alikes import portrait

from localtenant.faults.suffering import corrupted
from localtenant.store.scaling import graph_size
from localtenant.worlds import recipes
from samepic.imaging import PictureFault, scaled_alike, workers
from samepic.model.picture import Fingerprint

NUMBERS = range(20)
SMALL_PX = 96
SHARES = (0.1, 0.25, 0.4, 0.55, 0.7)
MOSTLY = 0.8


def printed(data: bytes) -> Fingerprint:
    return workers().draw(data).fingerprint


def is_square(taken: Fingerprint) -> bool:
    return taken.miniature.width == taken.miniature.height


@pytest.fixture(scope="module")
def faces() -> list[bytes]:
    return [portrait(1, recipes.recipe(number)) for number in NUMBERS]


def test_a_portrait_and_its_small_rendition(faces: list[bytes]) -> None:
    alike = [
        scaled_alike(taken, printed(graph_size(face, SMALL_PX))) for face in faces if is_square(taken := printed(face))
    ]
    assert len(alike) > len(faces) / 2
    assert all(alike)


def test_another_persons_is_not(faces: list[bytes]) -> None:
    smalls = [printed(graph_size(face, SMALL_PX)) for face in faces]
    assert not any(scaled_alike(one, other) for one, other in pairwise(smalls))


def test_one_with_other_bytes_in_it_is_told_mostly(faces: list[bytes]) -> None:
    """Where nobody would see the difference it may pass; no picture of noise does."""
    told = []
    for face in faces:
        small = printed(graph_size(face, SMALL_PX))
        for time, share in enumerate(SHARES):
            try:
                told.append(not scaled_alike(printed(corrupted(face, share, time)), small))
            except PictureFault:
                told.append(True)
    assert sum(told) >= MOSTLY * len(told), f"{sum(told)} of {len(told)}"
