"""kill -9 in `vault verify --repair`, `vault forget` and `restore`: the same command again brings it to its end."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pictures import encoded, mosaic
from tests.sync_bench import SyncBench, difference, sync_bench

DIED = -9
VAULT, KEPT = ("samepic.state.vault", "FileVault"), ("samepic.state.kept", "KeptTable")


@pytest.fixture(scope="module")
def _bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("mending"), people=12) as made:
        yield made


@pytest.fixture
def bench(_bench: SyncBench) -> SyncBench:
    _bench.fresh()
    _bench.sync()
    return _bench


def files(bench: SyncBench) -> list[Path]:
    return sorted(path for path in (bench.state / "vault").rglob("*") if path.is_file())


def original_of(bench: SyncBench, upn: str) -> Path:
    source = bench.at.control.picture(upn, "exchange")
    assert source is not None
    name = hashlib.sha256(source).hexdigest()
    return bench.state / "vault" / name[:2] / name


def dies(bench: SyncBench, *arguments: str, **how: object) -> None:
    command = bench.start(*arguments, **how)
    assert command.wait() == DIED, command.said()


def test_killed_while_it_mends(bench: SyncBench) -> None:
    upn = bench.person("never_visited")
    whole = original_of(bench, upn).read_bytes()
    for spoil in (b"", whole[:-1]):
        original_of(bench, upn).write_bytes(spoil)
        dies(bench, "vault", "verify", "--repair", dies_at_fsync=[1, bool(spoil)])
        for path in files(bench):
            name, data = path.name, path.read_bytes()
            assert name.startswith(".new-") or hashlib.sha256(data).hexdigest() == name or data == spoil
        mended = bench.run("vault", "verify", "--repair", "--json")
        assert mended.code == 0 and mended.json()["damaged"] == mended.json()["missing"] == 0, mended.said()
        assert original_of(bench, upn).read_bytes() == whole


@pytest.mark.parametrize("moment", [(*KEPT, "forget", "after"), (*VAULT, "drop", "after")])
def test_killed_while_it_forgets(bench: SyncBench, moment: tuple[str, ...]) -> None:
    upn = bench.person("never_visited")
    theirs, others = original_of(bench, upn), len(files(bench)) - 1
    dies(bench, "vault", "forget", upn, "--yes", dies_at_call=moment)
    assert bench.run("history", upn, "--json").json()["changes"] == [], "entries first, and all of them at once"
    assert bench.run("vault", "forget", upn, "--yes").code == 0
    if theirs.exists():
        os.utime(theirs, (time.time() - 7200,) * 2)  # nobody's file is taken away after an hour
        assert bench.run("vault", "verify", "--repair", "--json").json()["collected"] == 1
    assert not theirs.exists() and len(files(bench)) == others
    assert bench.run("vault", "verify").code == 0, "nobody else has lost anything"


@pytest.mark.parametrize(("commit", "again"), [(("open", "after"), "sync"), (("close", "before"), "restore")])
def test_killed_while_it_restores(bench: SyncBench, commit: tuple[str, str], again: str) -> None:
    upn = bench.person("never_visited")
    good = bench.at.control.picture(upn, "exchange")
    assert good is not None
    bench.at.control.put_picture(upn, "exchange", encoded(mosaic(7, 648, 648)))
    bad = bench.sync(upn)["run"]
    dies(bench, "restore", "--run", bad, dies_at_commit=commit)
    command = bench.run(*(("restore", "--run", bad) if again == "restore" else ("sync",)))
    assert command.code == 0, command.said()
    shown = bench.at.control.picture(upn, "sharepoint-l")
    assert shown is not None and difference(shown, good) < 12, "back to what was there"
    assert bench.run("status", "--json").json()["routes"][0]["unfinished"] == 0
    assert bench.run("vault", "verify").code == 0
