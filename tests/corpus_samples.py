"""What each file of tests/corpus is, for the tests that read them."""

from __future__ import annotations

from pathlib import Path

from samepic.imaging import Fault
from samepic.model.picture import PictureFormat

CORPUS = Path(__file__).parent / "corpus"

READ = {
    "baseline.jpg": PictureFormat.JPEG,
    "progressive.jpg": PictureFormat.JPEG,
    "grey.jpg": PictureFormat.JPEG,
    "restarts-444.jpg": PictureFormat.JPEG,
    "rgb.jpg": PictureFormat.JPEG,
    "one-colour-after-another.jpg": PictureFormat.JPEG,
    "cmyk-adobe-inverted.jpg": PictureFormat.JPEG,
    "colour.png": PictureFormat.PNG,
    "interlaced.png": PictureFormat.PNG,
    "sixteen-bit.png": PictureFormat.PNG,
    "sixteen-bit-grey.png": PictureFormat.PNG,
    "palette.png": PictureFormat.PNG,
    "palette-see-through.png": PictureFormat.PNG,
    "see-through.png": PictureFormat.PNG,
    "black-and-white.png": PictureFormat.PNG,
    "lossy.webp": PictureFormat.WEBP,
    "lossless.webp": PictureFormat.WEBP,
    "see-through.webp": PictureFormat.WEBP,
    "moving.webp": PictureFormat.WEBP,
    "eight-bit.avif": PictureFormat.AVIF,
    "ten-bit-444.avif": PictureFormat.AVIF,
    "see-through.avif": PictureFormat.AVIF,
    "turned.avif": PictureFormat.AVIF,
    "still.heic": PictureFormat.HEIC,
    "still.gif": PictureFormat.GIF,
    "moving.gif": PictureFormat.GIF,
    "windows.bmp": PictureFormat.BMP,
    "run-length.bmp": PictureFormat.BMP,
    "old.bmp": PictureFormat.BMP,
    "none.tif": PictureFormat.TIFF,
    "lzw.tif": PictureFormat.TIFF,
    "zip.tif": PictureFormat.TIFF,
    "rle.tif": PictureFormat.TIFF,
    "jpeg.tif": PictureFormat.TIFF,
    "sixteen-bit-other-order.tif": PictureFormat.TIFF,
    "cmyk.tif": PictureFormat.TIFF,
    "lab.tif": PictureFormat.TIFF,
    "turned.tif": PictureFormat.TIFF,
    "two-pages.tif": PictureFormat.TIFF,
}
"""Samples that are read, and as what."""

REFUSED = {
    "arithmetic.jpg": (Fault.UNSUPPORTED_FORMAT, "a JPEG with arithmetic coding"),
    "icon.ico": (Fault.UNSUPPORTED_FORMAT, "an icon"),
    "photoshop.psd": (Fault.UNSUPPORTED_FORMAT, "a Photoshop document"),
    "drawing.svg": (Fault.UNSUPPORTED_FORMAT, "SVG"),
    "document.pdf": (Fault.UNSUPPORTED_FORMAT, "a PDF"),
    "archive-too.gif": (Fault.POLYGLOT, "a ZIP archive"),
    "README.md": (Fault.NOT_AN_IMAGE, "no picture"),
}
"""Samples that are not, why, and what they are called."""


def sample(name: str) -> bytes:
    """One file's bytes."""
    return (CORPUS / name).read_bytes()
