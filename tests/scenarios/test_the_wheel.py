"""What people install works without this repository: built, installed elsewhere and run from an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from samepic import __version__

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
PATHS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SAMEPIC_CONFIG")


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel and nothing of `src`, and an empty folder to run it in."""

    programs: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in PATHS}

    def run(self, program: str, *arguments: str, ends_with: int = 0) -> str:
        command = [str(self.programs / program), *arguments]
        ended = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == ends_with, (ended.stdout, ended.stderr)
        return ended.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    def uv(*arguments: str) -> None:
        subprocess.run([str(UV), *arguments], cwd=ROOT, check=True, capture_output=True, timeout=120)

    uv("build", "--wheel", "--quiet", "--out-dir", str(tmp_path / "dist"))
    [wheel] = (tmp_path / "dist").glob("samepic-*.whl")
    fresh = tmp_path / "fresh"
    uv("venv", "--quiet", "--python", sys.executable, str(fresh))
    uv("pip", "install", "--quiet", "--no-deps", "--python", str(fresh / "bin" / "python"), str(wheel))
    [packages] = fresh.glob("lib/python*/site-packages")
    # A path told so brings what is installed there, but not its own .pth files, one of which leads to src.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    folder = tmp_path / "empty"
    folder.mkdir()
    return Installed(fresh / "bin", folder)


@pytest.fixture
def served(installed: Installed) -> Iterator[dict[str, Any]]:
    """What `samepic tenant serve` announced."""
    command = [str(installed.programs / "samepic"), "tenant", "serve", "--port", "0", "--people", "20"]
    process = subprocess.Popen(
        [*command, "--write-config", "samepic.toml"],
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)


def test_an_installed_wheel_plans_for_a_tenant_of_its_own(installed: Installed, served: dict[str, Any]) -> None:
    where = "import samepic, localtenant; print(samepic.__file__, localtenant.__file__)"
    for path in installed.run("python", "-c", where).split():
        assert Path(path).is_relative_to(installed.programs.parent), "src is still visible"
    assert __version__ in installed.run("samepic", "--version")

    planned = json.loads(installed.run("samepic", "plan", "--json", "--report", "plan.html", ends_with=2))
    assert planned["people"] == 20 and planned["pending"] > 0 and planned["stopped"] is None
    assert "<html" in (installed.folder / "plan.html").read_text(encoding="utf-8")

    page = fetched(served["url"] + "/")
    assert "<form" in page, "the sign-in page is a template, with words from a catalogue"
    found = re.search(r'href="([^"]+\.css[^"]*)"', page)
    assert found is not None
    assert "{" in fetched(urljoin(served["url"], found[1])), "a static file"


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        text: str = answer.read().decode()
        return text
