"""kill -9 and a full disk while a sync keeps a picture: nothing that was reported is lost, nothing half is kept."""

from __future__ import annotations

import hashlib
import os
import pty
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.pictures import encoded, mosaic
from tests.sync_bench import SyncBench

PEOPLE = 3
DIED = -9
FSYNCS = (4, 3, 2, 1)
"""The later ones first: what one has brought to the disk, the next need not do again."""
ROOM = 1_500_000


def files(bench: SyncBench) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (bench.state / "vault").rglob("*") if path.is_file()}


def reported(bench: SyncBench) -> set[str]:
    """What the state says is in the vault."""
    file = bench.state / "state.sqlite"
    if not file.exists():
        return set()
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'kept'").fetchone():
            return set()
        return {name for (name,) in database.execute("SELECT sha256 FROM kept")}


def assert_nothing_half(bench: SyncBench) -> None:
    there = files(bench)
    assert reported(bench) <= set(there)
    for name, data in there.items():
        assert name.startswith(".new-") or hashlib.sha256(data).hexdigest() == name


def test_killed_at_any_fsync_of_a_write_nothing_reported_is_lost(bench: SyncBench) -> None:
    upn = bench.person("never_visited")
    for number in FSYNCS:
        bench.at.control.put_picture(upn, "exchange", encoded(mosaic(number, 648, 648)))
        command = bench.start("sync", upn, dies_at_fsync=[number, number % 2 == 0])
        assert command.wait() == DIED, command.said()
        assert_nothing_half(bench)
        assert not bench.uploads(), "what is written is in the vault first"
    assert files(bench), "killed when the picture lay there"
    bench.sync(upn)
    bench.assert_whole(upn)
    assert reported(bench)
    verified = bench.run("vault", "verify", "--json")
    assert verified.code == 0 and verified.json()["whole"] == verified.json()["pictures"] > 0


def test_a_disk_that_is_full_for_an_original_ends_the_run_in_words(bench: SyncBench) -> None:
    upn = bench.person("never_visited")
    bench.sync()
    before, shown = files(bench), bench.thumbs(upn)
    large = encoded(mosaic(7, 760, 760).effect_spread(400), quality=100, subsampling=0)
    assert len(large) > ROOM
    bench.at.control.put_picture(upn, "exchange", large)

    command = bench.start("sync", largest_file=ROOM)
    assert command.wait() == 1, command.said()
    assert "vault" in command.said() and "File too large" in command.said() and "Traceback" not in command.said()
    assert files(bench) == before and bench.thumbs(upn) == shown
    assert_nothing_half(bench)

    assert bench.sync()["written"] == 1
    bench.assert_whole(upn)
    shown_again = bench.run("show", upn, "--out", "-")
    assert shown_again.code == 0 and shown_again.out.read_bytes() == large
    assert bench.run("show", upn, "--out", "-", "--json").code == 1


def test_bytes_are_nothing_for_a_terminal(bench: SyncBench) -> None:
    upn = bench.person("plain")
    ours, theirs = pty.openpty()
    samepic = str(Path(sys.executable).parent / "samepic")
    ran = subprocess.run(
        [samepic, "show", upn, "--out", "-"], cwd=bench.folder, stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert ran.returncode == 1 and b"terminal" in ran.stderr
    with pytest.raises(OSError, match="Input/output error"):
        os.read(ours, 1)
    os.close(ours)
