"""Faces that differ, and files that are none: what people send to the portal."""

from __future__ import annotations

import io
import uuid

import numpy as np
from PIL import Image, ImageOps
from tests.portal.running import Guest
from tests.visitor import Seen


def face(number: int, edge_px: int = 400, kind: str = "JPEG") -> bytes:
    """A picture that is like no other."""
    chance = np.random.default_rng(number)
    coarse = Image.fromarray(chance.integers(0, 255, (9, 9, 3), dtype=np.uint8))
    out = io.BytesIO()
    coarse.resize((edge_px, edge_px), Image.Resampling.BICUBIC).save(out, kind)
    return out.getvalue()


def send(
    guest: Guest, data: bytes, name: str = "me.jpg", kind: str = "image/jpeg", word: str | None = None, **box: str
) -> Seen:
    """As the page's form sends it. box: left, top, width, height. word: another than the session's own."""
    mark = uuid.uuid4().hex
    fields = {"form_word": guest.word() if word is None else word} | box
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    body = b"".join([*parts, head.encode(), data, f"\r\n--{mark}--\r\n".encode()])
    return guest.ask("/my/upload", body=body, Content_Type=f"multipart/form-data; boundary={mark}", Origin=guest.url)


def same(one: bytes | None, other: bytes | None) -> bool:
    """Whether two files show the same: in whatever size, whichever way up, cut to a square as Samepic cuts or not."""
    if one is None or other is None:
        return one is other
    upright = [ImageOps.exif_transpose(Image.open(io.BytesIO(data))) for data in (one, other)]
    square = [ImageOps.fit(each.convert("L"), (32, 32), Image.Resampling.BOX, 0, (0.5, 0.25)) for each in upright]
    apart = np.abs(np.subtract(*(np.asarray(each, dtype=float) for each in square)))
    return float(apart.mean()) < 6
