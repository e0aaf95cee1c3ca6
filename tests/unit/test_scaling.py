"""Renditions as the vendor's servers make them, of good and of hostile bytes."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.ExifTags import Base

from localtenant.store.scaling import GRAPH_EDGES_PX, NotAPicture, dimensions, graph_size, library_thumbnail


def picture(width: int, height: int, file_type: str = "JPEG", orientation: int = 1) -> bytes:
    """Red on the left, green in the middle, blue on the right."""
    image = Image.new("RGB", (width, height), (0, 200, 0))
    third = width // 3
    image.paste((220, 0, 0), (0, 0, third, height))
    image.paste((0, 0, 220), (width - third, 0, width, height))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    out = io.BytesIO()
    image.save(out, file_type, **({"exif": exif} if file_type == "JPEG" else {}))
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.format == "JPEG" and image.mode == "RGB"
    assert not image.getexif()
    return image.size


@pytest.mark.parametrize("edge_px", GRAPH_EDGES_PX)
def test_graphs_sizes_are_square_and_never_larger_than_what_was_uploaded(edge_px: int) -> None:
    assert size_of(graph_size(picture(600, 504), edge_px)) == (min(edge_px, 504),) * 2


def test_graph_keeps_the_middle() -> None:
    image = Image.open(io.BytesIO(graph_size(picture(900, 300), 96)))
    assert all(
        green > 150 and red < 60 and blue < 60 for red, green, blue in (image.getpixel((x, 48)) for x in (6, 90))
    )


@pytest.mark.parametrize(
    ("original", "edge_px", "expected"),
    [((200, 100), 144, (144, 72)), ((200, 100), 96, (96, 48)), ((200, 100), 32, (32, 16)), ((40, 40), 96, (40, 40))],
)
def test_sharepoint_2010s_rule(original: tuple[int, int], edge_px: int, expected: tuple[int, int]) -> None:
    """The examples of facts §2.2."""
    assert size_of(library_thumbnail(picture(*original), edge_px, enlarge=False)) == expected


@pytest.mark.parametrize("original", [(48, 48), (648, 648), (900, 300), (3, 1)])
def test_sharepoint_2013s_code_fills_the_square_from_however_little(original: tuple[int, int]) -> None:
    assert size_of(library_thumbnail(picture(*original), 300, enlarge=True)) == (300, 300)


def test_a_sideways_picture_is_turned_upright() -> None:
    turned = picture(300, 300, orientation=6)
    image = Image.open(io.BytesIO(graph_size(turned, 96)))
    top, bottom = image.getpixel((48, 5)), image.getpixel((48, 90))
    assert top[0] > 150 and bottom[2] > 150
    assert dimensions(picture(300, 100, orientation=6)) == (100, 300)


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(out, "PNG")
    image = Image.open(io.BytesIO(graph_size(out.getvalue(), 48)))
    assert min(image.getpixel((20, 20))) > 245


@pytest.mark.parametrize("file_type", ["PNG", "GIF", "BMP"])
def test_other_types_become_jpeg(file_type: str) -> None:
    assert size_of(graph_size(picture(120, 120, file_type), 48)) == (48, 48)


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff\xd8\xff\xe0" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture(400, 400)[:600],
        png_claiming(60_000, 60_000),
        png_claiming(20_000, 100),
    ],
    ids=["nothing", "text", "only a start", "svg", "cut short", "too many pixels", "fewer pixels than claimed"],
)
def test_hostile_bytes_are_refused_by_one_error(data: bytes) -> None:
    for scale in (lambda: graph_size(data, 96), lambda: library_thumbnail(data, 96, enlarge=True)):
        with pytest.raises(NotAPicture):
            scale()


def test_every_cut_of_a_good_picture_is_a_picture_or_refused() -> None:
    whole = picture(64, 64, orientation=6)
    for length in range(0, len(whole), 7):
        try:
            size_of(graph_size(whole[:length], 48))
            dimensions(whole[:length])
        except NotAPicture:
            pass
