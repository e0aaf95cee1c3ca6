"""The before and after pictures of a run, kept on disk until the report is written."""

from __future__ import annotations

import json
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field

from samepic.imaging import Unreadable, workers
from samepic.model.picture import Picture
from samepic.model.system import Rendition

FACE_PX = 96
MOST_FACES = 2000
"""A page with more pictures than this is one that no browser scrolls and nobody reads."""


@dataclass(frozen=True, slots=True)
class Face:
    """One person's line: small JPEGs of the target's picture before and after; None where there was none."""

    name: str
    address: str
    reason: str
    words: str
    before: bytes | None = field(default=None, repr=False)
    after: bytes | None = field(default=None, repr=False)


class Faces:
    """Faces in the order of their arrival. Memory does not grow with them; beyond MOST_FACES they are only counted."""

    def __init__(self) -> None:
        self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (lives as long as this object)
        self.count = 0

    def add(self, face: Face) -> None:
        """Keep one more."""
        self.count += 1
        if self.count <= MOST_FACES:
            row = [face.name, face.address, face.reason, face.words, _text(face.before), _text(face.after)]
            self._spool.write(json.dumps(row) + "\n")

    def __len__(self) -> int:
        return self.count

    @property
    def left_out(self) -> int:
        """How many were counted and not kept."""
        return max(0, self.count - MOST_FACES)

    def __iter__(self) -> Iterator[Face]:
        self._spool.flush()
        self._spool.seek(0)
        while line := self._spool.readline():
            place = self._spool.tell()
            name, address, reason, words, before, after = json.loads(line)
            yield Face(name, address, reason, words, _bytes(before), _bytes(after))
            self._spool.seek(place)
        self._spool.seek(0, 2)

    def close(self) -> None:
        """Let go of the disk's space."""
        self._spool.close()


def _text(data: bytes | None) -> str | None:
    return None if data is None else b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)


def small(picture: Picture | None) -> bytes | None:
    """A picture as small as the report shows it; None where there is none or where it cannot be read."""
    if picture is None:
        return None
    try:
        return workers().draw(picture.data, (Rendition("face", FACE_PX),)).renditions[0].data
    except Unreadable:
        return None
