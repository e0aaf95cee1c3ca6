"""From bytes to pixels, bounded before anything is decoded. Everything that Pillow raises is caught here."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from samepic.imaging.faults import TOO_MUCH_MEMORY_WORDS, Fault, PictureFault, Unreadable, too_many_bytes
from samepic.imaging.header import Header, jpeg_scans, read_header
from samepic.imaging.limits import MAX_BYTES, MAX_PIXELS
from samepic.model.picture import Picture, PictureFormat

MAX_SCANS = 30
"""Of a progressive JPEG; encoders make about ten, the most thorough ones less than twenty."""

# Pillow remarks on other people's EXIF; nobody who reads our log can mend that.
warnings.filterwarnings("ignore", module=r"PIL\.")

_PILLOW_NAMES = {PictureFormat.JPEG: "JPEG", PictureFormat.PNG: "PNG", PictureFormat.WEBP: "WEBP"}
_ENDED_EARLY = ("truncated", "unexpected end", "end of file", "not enough", "eof")


def check(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read a picture through once, so that whoever holds the result knows that it can be decoded.

    The format is told by content alone. Sizes are as stored, before EXIF turns them. Raises Unreadable.
    """
    header = bounded(data, max_bytes, max_pixels)
    with opened(data, header) as image:
        # A JPEG decoded at an eighth reads every byte of the file and keeps few pixels in memory.
        image.draft(None, (1, 1))
        image.load()
    return Picture(data, header.format, header.width_px, header.height_px)


@contextmanager
def opened(data: bytes, header: Header) -> Iterator[Image.Image]:
    """An image that is open and not yet decoded; its first frame where it has several.

    Whatever is raised inside leaves as Unreadable.
    """
    with translated(), Image.open(io.BytesIO(data), formats=[_PILLOW_NAMES[header.format]]) as image:
        if image.size != (header.width_px, header.height_px):
            raise Unreadable(Fault.BROKEN, "The picture tells two different sizes of itself.")
        yield image


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever a decoder raises on hostile bytes into Unreadable.

    Pillow's plugins raise OSError, SyntaxError, ValueError, struct.error, IndexError and more; a list of them would
    be a list of the ones met so far.
    """
    try:
        yield
    except PictureFault:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise Unreadable(Fault.TOO_MUCH_MEMORY, TOO_MUCH_MEMORY_WORDS) from None
    except Exception as error:
        if any(sign in str(error).casefold() for sign in _ENDED_EARLY):
            raise Unreadable(Fault.TRUNCATED, "The picture is cut short; its end is missing.") from error
        raise Unreadable(Fault.BROKEN, "The picture is broken and cannot be decoded.") from error


def bounded(data: bytes, max_bytes: int, max_pixels: int) -> Header:
    """Refuse by what the header tells. Raises Unreadable."""
    if len(data) > max_bytes:
        raise too_many_bytes(len(data), max_bytes)
    header = read_header(data)
    pixels = header.width_px * header.height_px
    if pixels == 0:
        raise Unreadable(Fault.BROKEN, "The picture says that it has no width or no height.")
    if pixels > max_pixels:
        size = f"{header.width_px:,} x {header.height_px:,} pixels"
        raise Unreadable(Fault.TOO_MANY_PIXELS, f"The picture has {size}; at most {max_pixels:,} in all are read.")
    if header.format is PictureFormat.JPEG and jpeg_scans(data, MAX_SCANS) > MAX_SCANS:
        raise Unreadable(Fault.BROKEN, f"This JPEG has more than {MAX_SCANS} scans, which only slow its reader down.")
    return header
