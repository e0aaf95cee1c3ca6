"""The report: whole, self-contained, readable by its owner only, and safe with hostile names."""

from __future__ import annotations

import io
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from PIL import Image

from samepic.imaging.contact_sheet import MOST_CELLS, Cell, contact_sheet
from samepic.model.picture import Picture
from samepic.report import Document, Face, Faces, Figure, Section, save
from samepic.report.faces import MOST_FACES, small

MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def jpeg(colour: str, edge: int = 200) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (edge, edge), colour)
    image.paste("white", (0, 0, edge // 3, edge // 2))
    image.save(out, "JPEG")
    return out.getvalue()


def faces(count: int, name: str = "Ada Lovelace") -> Faces:
    gathered = Faces()
    for number in range(count):
        before = None if number % 2 else small(Picture(jpeg("red")))
        gathered.add(Face(name, f"p{number}@x.example", "first_meeting", "words", before, small(Picture(jpeg("blue")))))
    return gathered


def test_the_page_shows_each_person_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    section = Section("Done", "All of it.", [Figure("3", "written", 0.5)], [("new", 3, "no picture yet")], faces(3))
    page, sheet = save(Document("A run", MADE, [section]), tmp_path / "deep" / "report.html")
    html = page.read_text(encoding="utf-8")
    assert [html.count(f"p{n}@x.example") for n in range(3)] == [1, 1, 1]
    assert html.count("data:image/jpeg;base64,") == 5  # three after, two before
    assert not re.findall(r'(?:src|href)="(?!data:)', html)
    assert "default-src 'none'" in html
    assert sheet is not None
    assert Image.open(sheet).format == "PNG"
    for file in (page, sheet):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert sorted(p.name for p in page.parent.iterdir()) == ["report.html", "report.png"]


def test_a_name_with_markup_in_it_is_text(tmp_path: Path) -> None:
    section = Section("Done", faces=faces(1, name="<script>alert(1)</script>"))
    page, _ = save(Document("<b>A run</b>", MADE, [section]), tmp_path / "report.html")
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>A run" not in html


def test_without_faces_there_is_a_page_and_no_sheet(tmp_path: Path) -> None:
    page, sheet = save(Document("A run", MADE, [Section("Nothing", faces=Faces())]), tmp_path / "report.html")
    assert page.exists()
    assert sheet is None
    assert '<ul class="faces">' not in page.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_finished_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")

    class Broken(Faces):
        def __iter__(self) -> NoReturn:
            raise OSError("disk full")

    broken = Broken()
    broken.add(Face("a", "a", "new", ""))
    with pytest.raises(OSError, match="disk full"):
        save(Document("A run", MADE, [Section("Done", faces=broken)]), page)
    assert page.read_text() == "old"
    assert list(tmp_path.iterdir()) == [page]


def test_more_people_than_anybody_looks_through_are_counted(tmp_path: Path) -> None:
    gathered = Faces()
    for number in range(MOST_FACES + 7):
        gathered.add(Face(f"n{number}", f"p{number}@x.example", "new", ""))
    assert gathered.left_out == 7
    assert sum(1 for _ in gathered) == MOST_FACES
    assert [face.name for face in gathered][-1] == f"n{MOST_FACES - 1}"  # a second reading is as good
    page, _ = save(Document("A run", MADE, [Section("Done", faces=gathered)]), tmp_path / "report.html")
    assert "And 7 more people" in page.read_text(encoding="utf-8")


def test_the_sheet_says_how_many_it_does_not_show() -> None:
    few = Image.open(io.BytesIO(contact_sheet("t", [Cell("A", "a", "new", None, None)] * 6, 6)))
    more = Image.open(io.BytesIO(contact_sheet("t", [Cell("A", "a", "new", None, None)] * 6, MOST_CELLS + 9)))
    assert more.height > few.height


def test_the_sheet_has_the_pictures_where_people_look() -> None:
    cell = Cell("Zoë", "zoe@x.example", "new", jpeg("red", 96), jpeg("blue", 96))
    sheet = Image.open(io.BytesIO(contact_sheet("t", [cell], 1))).convert("RGB")
    found = {colour for _, colour in sheet.getcolors(1 << 20) or []}
    assert any(r > 200 and g < 60 and b < 60 for r, g, b in found), "before"
    assert any(b > 200 and r < 60 and g < 60 for r, g, b in found), "after"


def test_what_is_no_picture_has_no_face() -> None:
    assert small(None) is None
    assert small(Picture(b"not a picture")) is None
    shown = small(Picture(jpeg("green", 640)))
    assert shown is not None
    assert Image.open(io.BytesIO(shown)).size == (96, 96)


def test_a_name_that_no_typeface_can_draw_is_shown_by_its_address() -> None:
    def sheet(name: str, address: str) -> bytes:
        return contact_sheet("t", [Cell(name, address, "new", None, None)], 1)

    assert sheet("Kari Berg", "kari@x.example") != sheet("Ola Berg", "kari@x.example")
    assert sheet("فاطمة", "fatima@x.example") == sheet("fatima", "other@x.example")
    assert sheet("\U0010fffd", "private@x.example") == sheet("private", "other@x.example")
