"""Bytes in, bytes out: check, turn, crop, scale, encode, fingerprint. The only importer of Pillow."""

from samepic.imaging.decoding import MAX_BYTES, MAX_PIXELS, check
from samepic.imaging.drawing import Drawn, draw
from samepic.imaging.faults import DoesNotFit, Fault, PictureFault, Unreadable
from samepic.imaging.fingerprinting import fingerprint
from samepic.imaging.rendering import render
from samepic.model.picture import distance, same_picture

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "DoesNotFit",
    "Drawn",
    "Fault",
    "PictureFault",
    "Unreadable",
    "check",
    "distance",
    "draw",
    "fingerprint",
    "render",
    "same_picture",
]
