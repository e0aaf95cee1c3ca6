"""Whether `--report FILE` can be written is known before the first request, and finding out leaves nothing behind."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import samepic

from samepic.report import may_save

CONFIGURED = """
[microsoft365]
cloud = "custom"
url = "http://127.0.0.1:9"
tenant_id = "t"
client_id = "c"
secret = { env = "SAMEPIC_TEST_SECRET" }
"""
ROUTE = """
[[routes]]
name = "{name}"
source = "exchange_online"
target = "sharepoint_online"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMEPIC_TEST_SECRET", "s")
    file = tmp_path / "samepic.toml"
    file.write_text(CONFIGURED + ROUTE.format(name="main"))
    return file


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("command", [["plan"], ["sync"], ["sync", "--dry-run"], ["sync", "ola@contoso.example"]])
@pytest.mark.parametrize(
    ("report", "words"),
    [
        ("folder", "Is a directory"),
        ("beside.html", "Is a directory"),  # its contact sheet's name is taken
        ("file/report.html", "Not a directory"),
        ("page.PNG", "the page is HTML"),
    ],
)
def test_what_cannot_be_written_is_told_before_anything_begins(
    config: Path, tmp_path: Path, command: list[str], report: str, words: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "beside.png").mkdir()
    (tmp_path / "file").touch()
    before = everything(tmp_path)
    ended = samepic(*command, "--report", str(tmp_path / report), "--config", str(config))
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err and str(tmp_path / report) in ended.err and "Traceback" not in ended.err
    assert everything(tmp_path) == before, "no state either: nothing was begun"


def test_the_pages_of_several_routes_are_all_looked_at(config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text() + ROUTE.format(name="second"))
    (tmp_path / "report-second.html").mkdir()
    ended = samepic("plan", "--report", str(tmp_path / "report.html"), "--config", str(config))
    assert ended.code == 1 and "report-second.html" in ended.err


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/some/name/that/nobody/knows")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)  # root may write everywhere
    with pytest.raises(PermissionError) as caught:
        may_save(tmp_path / "new" / "report.html")
    assert caught.value.filename == str(tmp_path)


def test_what_can_be_written_is_neither_made_nor_touched(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("last week's")
    may_save(tmp_path / "report.html")
    may_save(tmp_path / "deep" / "deeper" / "report.html")
    may_save(Path("report.html"))
    assert everything(tmp_path) == {"report.html"}
    assert (tmp_path / "report.html").read_text() == "last week's"
