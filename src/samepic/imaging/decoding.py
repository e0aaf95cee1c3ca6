"""From bytes to pixels, bounded before anything is decoded. Everything that Pillow raises is caught here."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from samepic.imaging.faults import TOO_MUCH_MEMORY_WORDS, Fault, PictureFault, Unreadable, too_many_bytes
from samepic.imaging.header import Header, read_header
from samepic.imaging.header_jpeg import jpeg_kept_bytes, jpeg_scans
from samepic.imaging.limits import MAX_BYTES, MAX_KEPT_BYTES, MAX_KEPT_EACH, MAX_PIXELS, MAX_WHOLE_PIXELS
from samepic.imaging.polyglots import refuse_polyglot
from samepic.model.picture import Picture, PictureFormat

MAX_SCANS = 30
"""Of a progressive JPEG; encoders make about ten, the most thorough ones less than twenty."""

# Pillow remarks on other people's EXIF; nobody who reads our log can mend that.
warnings.filterwarnings("ignore", module=r"PIL\.")

READERS = (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
"""Named, because Pillow would load its sixty others too when it meets a format that it has not loaded."""

AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# The names under which Pillow knows them; MPO is a JPEG of several pictures, which it tells by itself.
_PILLOW_NAMES = {format_: format_.name for format_ in PictureFormat} | {PictureFormat.HEIC: "HEIF"}
_ENDED_EARLY = ("truncated", "unexpected end", "end of file", "not enough", "eof")


def check(data: bytes, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read a picture through once, so that whoever holds the result knows that it can be decoded.

    The format is told by content alone. Sizes are as stored, before EXIF turns them. Raises Unreadable.
    """
    header = bounded(data, max_bytes, max_pixels)
    with opened(data, header) as image:
        # A JPEG decoded at an eighth reads every byte of the file and keeps few pixels in memory.
        image.draft(None, (1, 1))
        loaded(image)
    return Picture(data, header.format, header.width_px, header.height_px)


@contextmanager
def opened(data: bytes, header: Header) -> Iterator[Image.Image]:
    """An image that is open and not yet decoded; its first frame where it has several.

    Whatever is raised inside leaves as Unreadable.
    """
    if header.format is PictureFormat.HEIC:
        _read_heic_too()
    with translated(), Image.open(io.BytesIO(data), formats=[_PILLOW_NAMES[header.format]]) as image:
        # As sets: some formats' readers have turned the picture already.
        if set(image.size) != {header.width_px, header.height_px}:
            raise Unreadable(Fault.BROKEN, "The picture tells two different sizes of itself.")
        yield image


def loaded(image: Image.Image) -> Image.Image:
    """Decode an image that is open. A WebP is another object afterwards; its `info` is the same.

    Pillow's WebP decoder holds two canvases as long as it lives, which is until the pixels have been copied twice
    more: 256 MB for 16 million pixels, of which half is spared by taking the frame out of it and letting it go.
    """
    decoder: Any = getattr(image, "_decoder", None)
    if not isinstance(image, WebPImagePlugin.WebPImageFile) or decoder is None:
        image.load()
        return image
    frame = decoder.get_next()
    if frame is None:
        raise EOFError("no frame of the WebP can be decoded")
    del decoder
    image._decoder = None  # frees the canvases; the file is not read again
    pixels = Image.frombuffer(image.mode, image.size, frame[0], "raw", image.rawmode, 0, 1)
    pixels.info = image.info
    return pixels


def _read_heic_too() -> None:
    try:
        import pillow_heif
    except ImportError:
        words = "This is HEIC, which needs more than Samepic alone: install samepic[heic] where Samepic runs."
        raise Unreadable(Fault.UNSUPPORTED_FORMAT, words) from None
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


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
    most = MAX_PIXELS if header.is_scaled or _is_kept_at_large(header, data) else MAX_WHOLE_PIXELS
    max_pixels = min(max_pixels, most)
    if pixels == 0:
        raise Unreadable(Fault.BROKEN, "The picture says that it has no width or no height.")
    if pixels > max_pixels:
        size = f"{header.width_px:,} x {header.height_px:,} pixels"
        words = f"The picture has {size}; at most {max_pixels:,} in all are read."
        if max_pixels == MAX_WHOLE_PIXELS:
            words += f" Saved as a JPEG that is not progressive, it may have {MAX_PIXELS:,}."
        raise Unreadable(Fault.TOO_MANY_PIXELS, words)
    if header.format is PictureFormat.JPEG and not header.is_scaled and jpeg_scans(data, MAX_SCANS) > MAX_SCANS:
        raise Unreadable(Fault.BROKEN, f"This JPEG has more than {MAX_SCANS} scans, which only slow its reader down.")
    refuse_polyglot(data)
    return header


def _is_kept_at_large(header: Header, data: bytes) -> bool:
    """Whether it is a progressive JPEG that may be as large as the others: a photograph, by its bytes, and no bomb."""
    if header.format is PictureFormat.JPEG:
        with suppress(struct.error, IndexError):
            return jpeg_kept_bytes(data) <= min(MAX_KEPT_BYTES, MAX_KEPT_EACH * len(data))
    return False
