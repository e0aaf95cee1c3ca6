"""The grey figure that SharePoint shows where it has no picture."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw


@lru_cache(maxsize=16)
def image(edge_px: int) -> bytes:
    """JPEG of a head and shoulders, the same bytes for the same size."""
    big = edge_px * 4
    canvas = Image.new("RGB", (big, big), (235, 235, 235))
    draw = ImageDraw.Draw(canvas)
    figure = (161, 159, 157)
    draw.ellipse((big * 0.33, big * 0.18, big * 0.67, big * 0.54), fill=figure)
    draw.ellipse((big * 0.18, big * 0.60, big * 0.82, big * 1.30), fill=figure)
    out = io.BytesIO()
    canvas.resize((edge_px, edge_px), Image.Resampling.LANCZOS).save(out, "JPEG", quality=85)
    return out.getvalue()
