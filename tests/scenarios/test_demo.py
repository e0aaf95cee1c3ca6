"""The demo tells the whole story on a small organisation, with what it measured, and cleans up after itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

PATIENCE_S = 240.0

Told = tuple[Path, dict[str, Any], str]
"""Where a demo was run, its figures and its words."""


def started(folder: Path, people: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "samepic", "demo", "--people", str(people), *more]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Told]:
    """Two demos that ran at the same time."""
    folders = [tmp_path_factory.mktemp(name) for name in ("demo", "other")]
    demos = [started(folder, people, "--json") for folder, people in zip(folders, (50, 20), strict=True)]
    ended = [demo.communicate(timeout=PATIENCE_S) for demo in demos]
    assert [demo.returncode for demo in demos] == [0, 0], ended
    one, other = ((folder, json.loads(out), said) for folder, (out, said) in zip(folders, ended, strict=True))
    return one, other


@pytest.fixture(scope="module")
def told(both: tuple[Told, Told]) -> Told:
    """The larger one."""
    return both[0]


def test_more_people_show_the_right_picture_afterwards(told: Told) -> None:
    _, figures, _ = told
    before, after, end = (figures[key] for key in ("coverage_before", "coverage_after", "coverage_at_the_end"))
    assert before["people"] == 50
    assert before["sharepoint"] < before["exchange"]
    assert after["sharepoint"] > before["sharepoint"] + 10
    assert end["sharepoint"] == after["sharepoint"]
    assert figures["sync"]["written"] > 10
    assert figures["sync"]["failed"] == 0


def test_the_persons_own_steps_brought_her_picture(told: Told) -> None:
    _, figures, _ = told
    assert figures["person"]["picture_changed"] is True
    assert 0 < figures["person"]["seconds_to_picture"] < 60


def test_a_second_run_writes_nothing_and_a_mix_up_is_held_then_mended(told: Told) -> None:
    _, figures, _ = told
    assert figures["second_run"]["written"] == 0
    assert figures["second_run"]["pending"] == 0
    assert figures["held"]["held"]["overwrites"] == figures["mixed_up"] >= 5
    assert figures["held"]["written"] == 0
    assert figures["mended"]["written"] == figures["mixed_up"]
    assert figures["mended"]["plan"] == figures["held"]["plan"]


def test_the_report_has_a_face_for_everybody_who_changed(told: Told) -> None:
    folder, figures, _ = told
    page = (folder / figures["report"]).read_text(encoding="utf-8")
    assert page.count('<p class="who">') == figures["sync"]["written"] + figures["mixed_up"]
    assert Image.open(folder / figures["contact_sheet"]).width > 1000


def test_a_reader_is_told_the_same_and_no_tenant_is_left(told: Told) -> None:
    folder, figures, words = told
    assert f"{figures['sync']['written']} written" in words
    assert "Held, nothing written" in words
    url = next(
        line.split('"')[1]
        for line in (folder / "samepic-demo/samepic.toml").read_text(encoding="utf-8").splitlines()
        if line.startswith("url")
    )
    port = url.rpartition(":")[2]
    listening = Path("/proc/net/tcp").read_text(encoding="utf-8") if Path("/proc/net/tcp").exists() else ""
    assert f":{int(port):04X} 00000000:0000 0A" not in listening


def test_two_demos_at_once_do_not_meet(both: tuple[Told, Told]) -> None:
    for (_, figures, _), people in zip(both, (50, 20), strict=True):
        assert figures["coverage_before"]["people"] == people
        assert figures["second_run"]["written"] == 0


def test_a_folder_that_is_not_a_demos_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "samepic-demo"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    demo = started(tmp_path, 50)
    _, said = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 1
    assert "--folder" in said
    assert (mine / "thesis.txt").read_text() == "years of work"
