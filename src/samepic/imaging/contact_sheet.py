"""Many people's pictures before and after, as one PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from unicodedata import bidirectional

from PIL import Image, ImageDraw, ImageFont

from samepic.imaging.drawn import MOST_CELLS, Cell
from samepic.model.text import one_line

_COLUMNS = 6
_FACE = 84
_CELL_WIDTH, _CELL_HEIGHT = 208, 142
_MARGIN, _HEADER = 24, 64
_PAPER, _CARD, _INK, _FAINT, _NONE = "#f4f2ee", "#ffffff", "#1f2a37", "#6b7280", "#e5e2dc"
_ARROW = "#0f766e"
_MOST_LETTERS = 80  # more than fit; a name of thousands is not measured letter by letter
_TYPEFACES = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "Helvetica.ttc", "Arial.ttf")


def contact_sheet(title: str, cells: Sequence[Cell], people: int) -> bytes:
    """A PNG with up to MOST_CELLS cells; a last line says how many of the `people` are not shown.

    The pictures are small JPEGs that imaging has rendered itself.
    """
    shown = cells[:MOST_CELLS]
    rows = -(-len(shown) // _COLUMNS)
    more = people - len(shown)
    size = (2 * _MARGIN + _COLUMNS * _CELL_WIDTH, _HEADER + rows * _CELL_HEIGHT + _MARGIN + (28 if more else 0))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, 20), one_line(title), fill=_INK, font=_font(24))
    for index, cell in enumerate(shown):
        row, column = divmod(index, _COLUMNS)
        _draw_cell(sheet, draw, cell, _MARGIN + column * _CELL_WIDTH, _HEADER + row * _CELL_HEIGHT)
    if more:
        draw.text((_MARGIN, size[1] - 34), f"and {more} more", fill=_FAINT, font=_font(16))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _draw_cell(sheet: Image.Image, draw: ImageDraw.ImageDraw, cell: Cell, x: int, y: int) -> None:
    draw.rounded_rectangle((x + 4, y + 4, x + _CELL_WIDTH - 4, y + _CELL_HEIGHT - 4), 10, fill=_CARD)
    _draw_face(sheet, draw, cell.before, x + 12, y + 12)
    _draw_face(sheet, draw, cell.after, x + _CELL_WIDTH - 12 - _FACE, y + 12)
    middle, height = x + _CELL_WIDTH // 2, y + 12 + _FACE // 2
    draw.line((middle - 6, height, middle + 4, height), fill=_ARROW, width=2)
    draw.polygon(((middle + 7, height), (middle + 1, height - 4), (middle + 1, height + 4)), fill=_ARROW)
    name = one_line(cell.name)[:_MOST_LETTERS]
    name = name if _drawable(name) else cell.address.split("@")[0]
    _draw_line(draw, name, x + 12, y + 100, 13, _INK)
    _draw_line(draw, cell.reason, x + 12, y + 117, 11, _FAINT)


def _draw_face(sheet: Image.Image, draw: ImageDraw.ImageDraw, jpeg: bytes | None, x: int, y: int) -> None:
    if jpeg is None:
        draw.rectangle((x, y, x + _FACE - 1, y + _FACE - 1), fill=_NONE)
        draw.text((x + _FACE // 2, y + _FACE // 2), "none", fill=_FAINT, anchor="mm", font=_font(12))
        return
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as face:
        sheet.paste(face.convert("RGB").resize((_FACE, _FACE), Image.Resampling.LANCZOS), (x, y))


def _draw_line(draw: ImageDraw.ImageDraw, text: str, x: int, y: int, size: int, fill: str) -> None:
    text = one_line(text)[:_MOST_LETTERS]
    font = _font(size)
    width = _CELL_WIDTH - 24
    if draw.textlength(text, font=font) > width:
        while text and draw.textlength(text + "…", font=font) > width:
            text = text[:-1]
        text += "…"
    draw.text((x, y), text, fill=fill, font=font)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The widest typeface that the machine has, else Pillow's own, which has ASCII only."""
    for name in _TYPEFACES:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _drawable(text: str) -> bool:
    """Whether each letter has a glyph of its own: a missing one comes out as the same box as any other missing one.

    Scripts that run from right to left or join their letters need shaping, which a plain typeface does not give.
    """
    font = _font(13)
    missing = bytes(font.getmask("\U0010fffe"))
    return all(
        letter.isspace() or (bidirectional(letter) not in ("R", "AL") and bytes(font.getmask(letter)) != missing)
        for letter in text
    )
