"""What a look at somebody shows of a change that we made: whether it took."""

from __future__ import annotations

from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, PictureState
from samepic.model.remembered import Settled


def verified(left: PictureState, before: PictureState, shown: PictureState, *, settling: bool) -> Settled | None:
    """Hold what shows against what we left and what was there before; None where only the pictures can tell.

    settling: the target has time left in which it may still show what was there before.
    """
    if shown is GONE:
        return Settled.SUPERSEDED  # the person has left; there is nothing to put right
    if shown is NOT_TOLD:
        return Settled.UNVERIFIED
    if shown == left:
        return Settled.VERIFIED
    if shown == before or NO_PICTURE in (shown, left):
        return Settled.WAITING if settling else Settled.DID_NOT_TAKE
    return None
