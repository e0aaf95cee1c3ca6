"""Killed or without room in the middle of keeping: what was reported as kept is whole, and nothing half is there."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import vault_deaths
from tests.office import opened

from samepic.engine.tidy import collect
from samepic.ports.vault import Held, VaultUnusable
from samepic.state.store import Store
from samepic.state.vault import FileVault

CALLS = {"open": 9, "fsync": 9, "fsynced": 9, "rename": 3, "renamed": 3}
MOMENTS = [f"{name}:{number}" for name, most in CALLS.items() for number in range(1, most + 1)]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def names(pictures: list[bytes]) -> list[str]:
    return [hashlib.sha256(data).hexdigest() for data in pictures]


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    folder = tmp_path_factory.mktemp("deaths")
    command = [sys.executable, vault_deaths.__file__, str(folder), *MOMENTS, "full"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    yield folder, json.loads(ran.stdout)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path / "state.db")
    yield made
    made.close()


def everything(vault: FileVault) -> list[Held]:
    return [one for portion in vault.held() for one in portion]


def test_kill_9_at_any_moment_loses_nothing_that_was_reported(deaths: tuple[Path, Any]) -> None:
    folder, told = deaths
    died = [moment for moment in MOMENTS if told[moment]["ended"] == -9]
    assert len(died) > 25 and {moment.partition(":")[0] for moment in died} == set(CALLS)
    seen = set()
    for moment in died:
        vault = FileVault(folder / moment)
        kept = told[moment]["said"]
        assert kept == names(vault_deaths.PICTURES)[: len(kept)]
        for name, data in zip(kept, vault_deaths.PICTURES, strict=False):
            assert vault.fetch(name) == data, moment
        for one in everything(vault):
            if one.sha256 is not None:
                assert vault.fetch(one.sha256) is not None, "what has its name is whole"
        seen.add((len(kept), sum(one.sha256 is None for one in everything(vault))))
        for data in vault_deaths.PICTURES:
            assert vault.fetch(vault.keep(data)) == data, "keeping goes on"
    assert {count for count, _ in seen} == {0, 1, 2} and {rest for _, rest in seen} == {0, 1}


def test_what_a_killed_process_left_behind_is_collected_once_nobody_can_want_it(
    deaths: tuple[Path, Any], store: Store
) -> None:
    folder, _ = deaths
    vault = FileVault(folder / "rename:1")
    left = [one for one in everything(vault) if one.sha256 is None]
    assert left
    now = datetime.now(UTC)
    assert collect(store, vault, now)[1] == 0, "it may be under way"
    assert collect(store, vault, now + timedelta(hours=2))[1] >= 1
    assert [one for one in everything(vault) if one.sha256 is None] == []


def test_without_room_it_says_so_and_keeps_nothing_half(deaths: tuple[Path, Any]) -> None:
    folder, told = deaths
    *kept, refused = told["full"]["said"]
    assert kept == names(vault_deaths.PICTURES)
    assert refused.startswith("refused: the vault ") and "File too large" in refused and "No picture is" in refused
    vault = FileVault(folder / "full")
    assert sorted(one.sha256 or "" for one in everything(vault)) == sorted(kept)
    assert vault.fetch(vault.keep(vault_deaths.LARGE)) == vault_deaths.LARGE


def test_a_folder_that_nobody_may_use_is_said_by_name(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("a file")
    with pytest.raises(VaultUnusable, match=r"vault.*cannot be used"):
        FileVault(tmp_path / "vault").keep(b"a picture")


def test_a_file_that_was_kept_again_meanwhile_is_not_taken_away(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    name = vault.keep(b"a picture")
    [one] = everything(vault)
    os.utime(one.path, (0, 0))
    [old] = everything(vault)
    vault.keep(b"a picture")
    assert not vault.drop(old, LONG_AGO), "somebody has kept it since it was looked at"
    assert vault.fetch(name) == b"a picture"
    os.utime(one.path, (0, 0))
    assert vault.drop(old, LONG_AGO) and vault.fetch(name) is None
    assert not vault.drop(old, LONG_AGO)


def test_a_taking_away_that_was_cut_short_is_taken_back(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    name = vault.keep(b"a picture")
    [one] = everything(vault)
    path = Path(one.path)
    path.rename(path.with_name(f".going-{name}"))
    assert [held.sha256 for held in everything(vault)] == [name]
    assert vault.fetch(name) == b"a picture"
