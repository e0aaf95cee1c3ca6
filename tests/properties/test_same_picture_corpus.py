"""Over a small labelled corpus every pair is told rightly, and far enough from the threshold to notice when it moves.

`make bench` does the same over the large one: docs/reference/same-picture.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from tests.look_alikes import Pair, pairs_of
from tests.nobody import everything
from tests.picture_changes import DIFFERENT, RECOLOURED, SAME
from tests.pictures import encoded

from samepic.imaging import fingerprint, same_picture
from samepic.model.comparison import Comparison, ToldBy
from samepic.model.picture import Fingerprint, Picture

SEED = 31
PEOPLE = (4, 8, 9, 11, 20)
"""A PNG, a tall one, one who shares pose and background, a turned one and a wide one."""


@cache
def of(data: bytes) -> Fingerprint:
    return fingerprint(Picture(data))


@cache
def compared() -> list[tuple[Pair, Comparison]]:
    return [(pair, same_picture(of(pair.one), of(pair.other))) for number in PEOPLE for pair in pairs_of(SEED, number)]


def those(*, same: bool) -> Iterator[tuple[Pair, Comparison]]:
    return ((pair, told) for pair, told in compared() if pair.same is same)


def test_the_corpus_has_everything_in_it() -> None:
    changes = {pair.change for pair, _ in compared()}
    assert {*SAME, *DIFFERENT, *RECOLOURED} <= changes
    assert len([*those(same=True)]) > 200
    assert len([*those(same=False)]) > 100


def test_the_same_picture_is_never_called_another() -> None:
    wrong = [(pair.subject, pair.change, told) for pair, told in those(same=True) if not told.same]
    assert wrong == []


def test_another_picture_is_never_called_the_same() -> None:
    wrong = [(pair.subject, pair.change, told) for pair, told in those(same=False) if told.same]
    assert wrong == []


def test_there_is_room_between_them() -> None:
    """A threshold a quarter wider would still be right. Where this fails, the threshold or the pictures have moved."""
    nearest = min(those(same=False), key=lambda each: each[1].distance)
    assert nearest[1].distance > 1.25, nearest
    aligned = [told.distance for _, told in those(same=True) if told.told_by is ToldBy.ALIGNED]
    assert sorted(aligned)[len(aligned) * 9 // 10] < 0.6


def test_every_way_to_tell_is_needed() -> None:
    ways = {told.told_by for _, told in compared()}
    assert {ToldBy.NEAR, ToldBy.ALIGNED, ToldBy.MIRRORED, ToldBy.COLOURS, ToldBy.UNLIKE, ToldBy.APART} <= ways


@pytest.mark.parametrize("edge_px", [48, 240])
def test_nobodys_picture_is_nobody_elses(edge_px: int) -> None:
    """Placeholders are no portrait and not each other."""
    nobodies = [of(encoded(image, quality=90)) for _, image in everything(edge_px)]
    people = [of(pair.one) for pair, _ in compared()[::60]]
    for nobody in nobodies:
        assert not any(same_picture(nobody, person) for person in people)
        assert sum(bool(same_picture(nobody, other)) for other in nobodies) == 1, "itself"
