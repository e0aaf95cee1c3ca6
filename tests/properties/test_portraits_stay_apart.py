"""No two people of a world look alike to a fingerprint, and an old picture of somebody is another picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pytest
from numpy.typing import NDArray

from localtenant.store.scaling import library_thumbnail
from localtenant.worlds import portraits, recipes
from localtenant.worlds.portraits import drawing
from localtenant.worlds.portraits.files import Form
from samepic.imaging import fingerprint, same_picture
from samepic.imaging.comparing import NEAR_BITS
from samepic.model.picture import FINGERPRINT_BITS, Fingerprint, Picture

PEOPLE = 2000
NEAREST = 10
KEPT_PX = (48, 72, 96, 240, 300)
"""What systems keep of a picture."""

STRANGERS_AT_LEAST = 4.0
"""Whoever shares nothing with anybody is apart by the hashes alone, which say so from 120 of 28 bits on, about 4.3."""

SHARING_AT_LEAST = 1.25
"""Who shares pose, light and backdrop with another is as near to them as the world has it, on purpose: it is what the
same-picture test is to be tried on. Up to 1 is the same picture, and in whatever size a system keeps one of the two the
distance of such a pair moves by less than this leaves: by 0.12 at most, as measured, and the least is 1.52."""


def of(data: bytes) -> Fingerprint:
    return fingerprint(Picture(data))


def standard(recipe: str) -> bytes:
    """At 648 px, whatever the form: what differs shall be the picture."""
    return portraits.draw(7, recipe.partition("~")[0])


@contextmanager
def drawn_at_half_the_size() -> Iterator[None]:
    """In half the time, and the same picture to a fingerprint, which scales it down to less."""
    with mock.patch.multiple(drawing, _CANVAS_PX=162, form_of=lambda *_: Form(324, 324)):
        yield


def bits_apart(fingerprints: list[Fingerprint]) -> NDArray[np.float32]:
    """Of everybody from everybody; from oneself, as far as can be."""
    rows = [np.frombuffer(each.centre.to_bytes(FINGERPRINT_BITS // 8), np.uint8) for each in fingerprints]
    signs = np.unpackbits(np.stack(rows), axis=1).astype(np.float32) * np.float32(2) - np.float32(1)
    apart: NDArray[np.float32] = (FINGERPRINT_BITS - signs @ signs.T) / np.float32(2)
    np.fill_diagonal(apart, FINGERPRINT_BITS)
    return apart


@pytest.mark.timeout(600)
def test_nearest_neighbours_of_2000_people_are_far_apart(capsys: pytest.CaptureFixture[str]) -> None:
    with drawn_at_half_the_size():
        prints = [of(standard(recipes.recipe(number))) for number in range(PEOPLE)]
    bits = bits_apart(prints)
    twins = [(number, number - 1) for number in range(9, PEOPLE, 10)]
    sharing_bits = np.asarray([bits[pair] for pair in twins])
    for one, other in twins:
        bits[one, other] = bits[other, one] = FINGERPRINT_BITS
    nearest_bits = bits.min(axis=1)
    likeliest = [(int(number), int(bits[number].argmin())) for number in np.argsort(nearest_bits)[:200]]
    strangers = [same_picture(prints[one], prints[other]).distance for one, other in likeliest]
    sharing = sorted((same_picture(prints[one], prints[other]).distance, (one, other)) for one, other in twins)
    at_full_size = [told for _, pair in sharing[:NEAREST] for told in distances_in_every_size(*pair)]
    with capsys.disabled():
        print(
            f"\nnearest neighbour among {PEOPLE} portraits, of {FINGERPRINT_BITS} bits: least {nearest_bits.min():.0f},"
            f" 1 % below {np.percentile(nearest_bits, 1):.0f}, median {np.median(nearest_bits):.0f};"
            f" sharing pose and backdrop: least {sharing_bits.min():.0f}, median {np.median(sharing_bits):.0f};"
            f" distance of the nearest pairs, of which 1 is the same picture: least {min(strangers):.1f};"
            f" sharing pose and backdrop: least {min(at_full_size):.2f} in every size"
        )
    assert nearest_bits.min() >= 10 * FINGERPRINT_BITS / 64
    assert sharing_bits.min() >= 6 * FINGERPRINT_BITS / 64
    assert min(strangers) > STRANGERS_AT_LEAST
    assert min(at_full_size) > SHARING_AT_LEAST


def distances_in_every_size(one: int, other: int) -> list[float]:
    """Between two people's portraits as they are drawn, and between one's and every size of the other's."""
    first, second = (standard(recipes.recipe(number)) for number in (one, other))
    known = of(first)
    shown = [second, *(library_thumbnail(second, edge_px, enlarge=True) for edge_px in KEPT_PX)]
    return [same_picture(known, of(each)).distance for each in shown]


def test_an_older_picture_of_a_person_is_another_picture_and_a_thumbnail_is_the_same() -> None:
    for number in range(60):
        portrait = standard(recipes.recipe(number))
        now = of(portrait)
        for other in (recipes.older(number), recipes.local(number)):
            assert same_picture(now, of(standard(other))).distance > STRANGERS_AT_LEAST
        for edge_px in (48, 300):
            thumbnail = of(library_thumbnail(portrait, edge_px, enlarge=True))
            assert (now.centre ^ thumbnail.centre).bit_count() <= NEAR_BITS
            assert same_picture(now, thumbnail)
