"""What a look shows of a write: it took, it did not, it may yet, or nobody can tell."""

from __future__ import annotations

import itertools

import pytest

from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, PictureState, Stamp
from samepic.model.remembered import Settled
from samepic.planning import verified

LEFT, BEFORE, OTHER = Stamp("left"), Stamp("before"), Stamp("other")


@pytest.mark.parametrize(
    ("left", "before", "shown", "at_once", "later"),
    [
        (LEFT, NO_PICTURE, LEFT, Settled.VERIFIED, Settled.VERIFIED),
        (LEFT, NO_PICTURE, NO_PICTURE, Settled.WAITING, Settled.DID_NOT_TAKE),
        (LEFT, BEFORE, BEFORE, Settled.WAITING, Settled.DID_NOT_TAKE),
        (LEFT, BEFORE, NO_PICTURE, Settled.WAITING, Settled.DID_NOT_TAKE),
        (LEFT, BEFORE, OTHER, None, None),
        (LEFT, LEFT, LEFT, Settled.VERIFIED, Settled.VERIFIED),  # the very bytes were there
        (NOT_TOLD, BEFORE, OTHER, None, None),  # the answer gave no stamp
        (NOT_TOLD, BEFORE, BEFORE, Settled.WAITING, Settled.DID_NOT_TAKE),
        (NO_PICTURE, BEFORE, NO_PICTURE, Settled.VERIFIED, Settled.VERIFIED),  # cleared
        (NO_PICTURE, BEFORE, BEFORE, Settled.WAITING, Settled.DID_NOT_TAKE),
        (NO_PICTURE, BEFORE, OTHER, Settled.WAITING, Settled.DID_NOT_TAKE),
    ],
)
def test_table(
    left: PictureState, before: PictureState, shown: PictureState, at_once: Settled | None, later: Settled | None
) -> None:
    assert verified(left, before, shown, settling=True) is at_once
    assert verified(left, before, shown, settling=False) is later


def test_whoever_is_gone_or_not_told_of_is_no_failure() -> None:
    states = (LEFT, BEFORE, NO_PICTURE, NOT_TOLD)
    for left, before, settling in itertools.product(states, states, (True, False)):
        assert verified(left, before, GONE, settling=settling) is Settled.SUPERSEDED
        assert verified(left, before, NOT_TOLD, settling=settling) is Settled.UNVERIFIED


def test_time_only_turns_waiting_into_a_failure() -> None:
    states = (LEFT, BEFORE, OTHER, NO_PICTURE, NOT_TOLD, GONE)
    for left, before, shown in itertools.product(states, repeat=3):
        early, late = (verified(left, before, shown, settling=settling) for settling in (True, False))
        assert late is (Settled.DID_NOT_TAKE if early is Settled.WAITING else early)
