"""Write a report: the page, and the contact sheet as a picture beside it."""

from __future__ import annotations

import errno
import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterable
from itertools import chain, islice
from pathlib import Path

from samepic.imaging import MOST_CELLS, Cell, workers
from samepic.report.document import Document
from samepic.report.faces import Face


def save(document: Document, page: Path) -> tuple[Path, Path | None]:
    """Write `page` (one self-contained HTML file) and, where there are faces, the same name with .png.

    Each file appears whole or not at all, readable by its owner only: there are faces in it. Returns both paths.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # nobody without a report waits for it

    page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = Environment(
        loader=PackageLoader("samepic.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["data_uri"] = _data_uri
    stream = environment.get_template("report.html").generate(document=document)
    _whole(page, lambda: (part.encode(errors="replace") for part in stream))
    all_faces = [section.faces for section in document.sections if section.faces]
    if not all_faces:
        return page, None
    cells = [_cell(face) for face in islice(chain.from_iterable(all_faces), MOST_CELLS)]
    people = sum(len(faces) for faces in all_faces)
    sheet = page.with_suffix(".png")
    _whole(sheet, lambda: [workers().contact_sheet(document.title, cells, people)])
    return page, sheet


def may_save(page: Path) -> None:
    """Raise the OSError that `save` would, as far as it can be known before; nothing is made or left behind."""
    for path in (page, page.with_suffix(".png")) if page.name else (page,):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    folder = page.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None  # it names a file that nobody knows


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + b64encode(jpeg).decode()


def _cell(face: Face) -> Cell:
    return Cell(face.name, face.address, face.reason.replace("_", " "), face.before, face.after)


def _whole(path: Path, parts: Callable[[], Iterable[bytes]]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts():
                file.write(part)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
