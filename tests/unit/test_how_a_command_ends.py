"""A command ends in words and with its code, whatever happened; never with a traceback."""

from __future__ import annotations

import gc
import json
import logging
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from samepic import __version__
from samepic.cli import main
from samepic.cli.exit_codes import Exit

SECRET_LATER = "[parameters: ('ola@contoso.example',)]"


@pytest.fixture(autouse=True)
def _log_as_in_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("samepic"), "handlers", [])


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["samepic", *arguments])
    with pytest.raises(SystemExit) as end:
        main.main()
    return int(end.value.code or 0)


def _raising(error: Exception) -> object:
    class App:
        def __call__(self, **_: object) -> int:
            raise error

    return lambda _arguments: App()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied", "/srv/samepic.toml"), "/srv/samepic.toml: Permission denied"),
        (sqlite3.DatabaseError(f"file is not a database\n{SECRET_LATER}"), "DatabaseError: file is not a database"),
        (RuntimeError(""), "RuntimeError"),
    ],
)
def test_what_nobody_foresaw_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, words: str
) -> None:
    monkeypatch.setattr(main, "app_of", _raising(error))
    assert ended(monkeypatch, "plan") == Exit.FAILED
    said = capsys.readouterr().err
    assert words in said.splitlines()[0]
    assert "Traceback" not in said and "ola@contoso" not in said


def test_garbage_is_looked_for_once_a_command_is_loaded_or_could_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended(monkeypatch, "--version") == Exit.OK and gc.isenabled()
    monkeypatch.setattr(main, "app_of", _raising(RuntimeError("here")))
    assert ended(monkeypatch, "plan") == Exit.FAILED and gc.isenabled()


def test_whoever_looks_for_the_fault_is_shown_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "app_of", _raising(RuntimeError("here")))
    monkeypatch.setattr(sys, "argv", ["samepic", "plan"])
    monkeypatch.setenv(main.SHOW_TRACEBACK, "1")
    with pytest.raises(RuntimeError, match="here"):
        main.main()


def test_a_json_log_has_the_end_as_a_line_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[state]\nfoldr = 1\n")
    assert ended(monkeypatch, "plan", "--config", str(file), "--log-format", "json") == Exit.FAILED
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["level"] for line in lines] == ["error"]
    assert "foldr: is not known here" in lines[0]["event"]


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(monkeypatch, "--version") == Exit.OK
    assert capsys.readouterr().out.strip() == f"samepic {__version__}"


def test_no_command_shows_the_help_and_no_empty_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(monkeypatch)
    said = capsys.readouterr()
    assert "explain" in said.out and "Error" not in said.out + said.err


def test_a_reader_who_goes_away_ends_it_quietly() -> None:
    # A pipe whose reader has gone before anything is written.
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        command = [sys.executable, "-m", "samepic", "--help"]
        done = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("tenant", "serve", "--port", "0", "--people", "1", "--state", "{file}/state"),
        ("tenant", "serve", "--port", "0", "--people", "1", "--write-config", "{file}/samepic.toml"),
        ("init", "--tenant", "contoso.example", "--url", "http://127.0.0.1:9", "--config", "{file}/samepic.toml"),
        ("demo", "--people", "20", "--folder", "{file}/demo"),
    ],
)
def test_where_nothing_can_be_written_it_says_where(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a-file"
    file.touch()  # a file where a folder is wanted refuses everybody, root as well
    assert ended(monkeypatch, *(word.format(file=file) for word in arguments)) == Exit.FAILED
    said = capsys.readouterr().err
    assert str(file) in said and "Traceback" not in said
