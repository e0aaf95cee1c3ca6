"""No two people of a world look alike to a fingerprint, and an old picture of somebody is another picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from localtenant.store.scaling import library_thumbnail
from localtenant.worlds import portraits, recipes
from samepic.imaging import fingerprint, same_picture
from samepic.imaging.comparing import NEAR_BITS
from samepic.model.picture import FINGERPRINT_BITS, Fingerprint, Picture

PEOPLE = 2000


def of(data: bytes) -> Fingerprint:
    return fingerprint(Picture(data))


def standard(recipe: str) -> bytes:
    """At 648 px, whatever the form: what differs shall be the picture."""
    return portraits.draw(7, recipe.partition("~")[0])


def signs(fingerprints: list[int]) -> NDArray[np.float32]:
    rows = [[1 if bit == "1" else -1 for bit in f"{value:0{FINGERPRINT_BITS}b}"] for value in fingerprints]
    return np.asarray(rows, dtype=np.float32)


@pytest.mark.timeout(600)
def test_nearest_neighbours_of_2000_people_are_far_apart(capsys: pytest.CaptureFixture[str]) -> None:
    prints = [of(standard(recipes.recipe(number))) for number in range(PEOPLE)]
    vectors = signs([each.centre for each in prints])
    distances = (FINGERPRINT_BITS - vectors @ vectors.T) / 2
    np.fill_diagonal(distances, FINGERPRINT_BITS)
    twins = [(number, number - 1) for number in range(9, PEOPLE, 10)]
    sharing = np.asarray([distances[pair] for pair in twins])
    nearest_200 = np.argsort(distances.min(axis=1))[:200]
    likeliest = [*twins, *((number, int(distances[number].argmin())) for number in nearest_200)]
    for one, other in twins:
        distances[one, other] = distances[other, one] = FINGERPRINT_BITS
    nearest = distances.min(axis=1)
    compared = [same_picture(prints[one], prints[other]) for one, other in likeliest]
    with capsys.disabled():
        print(
            f"\nnearest neighbour among {PEOPLE} portraits, of {FINGERPRINT_BITS} bits: least {nearest.min():.0f},"
            f" 1 % below {np.percentile(nearest, 1):.0f}, median {np.median(nearest):.0f};"
            f" sharing pose and backdrop: least {sharing.min():.0f}, median {np.median(sharing):.0f};"
            f" distance of the {len(compared)} nearest pairs, of which 1 is the same picture:"
            f" least {min(each.distance for each in compared):.1f}"
        )
    assert nearest.min() >= 10 * FINGERPRINT_BITS / 64
    assert sharing.min() >= 6 * FINGERPRINT_BITS / 64
    assert not any(compared)
    assert min(each.distance for each in compared) > 1.5, "half as far again as the same picture may be"


def test_an_older_picture_of_a_person_is_another_picture_and_a_thumbnail_is_the_same() -> None:
    for number in range(60):
        now = of(standard(recipes.recipe(number)))
        for other in (recipes.older(number), recipes.local(number)):
            assert same_picture(now, of(standard(other))).distance > 2
        for edge_px in (48, 300):
            thumbnail = of(library_thumbnail(standard(recipes.recipe(number)), edge_px, enlarge=True))
            assert (now.centre ^ thumbnail.centre).bit_count() <= NEAR_BITS
            assert same_picture(now, thumbnail)
