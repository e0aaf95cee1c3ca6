"""The administrator's token and the note of what routes join: whole or not at all, and nothing left beside them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samepic.ports.state import StateOfAnother, StateUnusable
from samepic.state.joined import hold_to
from samepic.state.token_file import TokenFile


def _save_a_token(folder: Path, content: str) -> None:
    TokenFile(folder / "administrator.token").save(content)


def _note_a_route(folder: Path, content: str) -> None:
    hold_to(folder / "routes.json", content, "exchange_online to sharepoint_online")


@pytest.mark.parametrize("keep", [_save_a_token, _note_a_route])
def test_a_full_disk_leaves_the_older_file_and_nothing_else(
    keep: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep(tmp_path, "older")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((OSError, StateUnusable), match="No space left"):
        keep(tmp_path, "newer")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_token_file_with_something_else_in_it_says_what_to_do_and_not_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "administrator.token"
    assert TokenFile(file).load() is None
    file.write_text("pässword", encoding="utf-8")
    with pytest.raises(StateUnusable, match="samepic sign-in") as caught:
        TokenFile(file).load()
    assert str(file) in str(caught.value) and "ssword" not in str(caught.value)


def test_what_was_noted_of_a_route_is_held_against_it(tmp_path: Path) -> None:
    _note_a_route(tmp_path, "main")
    _note_a_route(tmp_path, "second")
    with pytest.raises(StateOfAnother):
        hold_to(tmp_path / "routes.json", "main", "somewhere else")
