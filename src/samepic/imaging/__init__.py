"""Bytes in, bytes out: check, turn, crop, scale, encode, fingerprint. The only importer of Pillow.

A run asks `workers()`, which import neither Pillow nor NumPy here; `check`, `draw`, `fingerprint` and `render` do the
same in this process, for whoever trusts the bytes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from samepic.imaging.comparing import APART_BITS, NEAR_BITS, same_picture, scaled_alike
from samepic.imaging.drawn import MOST_CELLS, Cell, Drawn
from samepic.imaging.faults import DoesNotFit, Fault, PictureFault, Unreadable
from samepic.imaging.limits import MAX_BYTES, MAX_PIXELS
from samepic.imaging.worker import NoWorker
from samepic.imaging.worker_pool import Workers, workers
from samepic.model.picture import distance

if TYPE_CHECKING:
    from samepic.imaging.decoding import check
    from samepic.imaging.drawing import draw
    from samepic.imaging.fingerprinting import fingerprint
    from samepic.imaging.rendering import render

_HERE = {"check": "decoding", "draw": "drawing", "fingerprint": "fingerprinting", "render": "rendering"}

__all__ = [
    "APART_BITS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MOST_CELLS",
    "NEAR_BITS",
    "Cell",
    "DoesNotFit",
    "Drawn",
    "Fault",
    "NoWorker",
    "PictureFault",
    "Unreadable",
    "Workers",
    "check",
    "distance",
    "draw",
    "fingerprint",
    "render",
    "same_picture",
    "scaled_alike",
    "workers",
]


def __getattr__(name: str) -> Any:
    """Import what needs Pillow when it is asked for."""
    if name not in _HERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HERE[name]}"), name)
