"""The reference pages say what the code does: made from it, and as it is now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from samepic.cli.exit_codes import Exit
from samepic.config.settings import (
    BudgetSettings,
    HoldSettings,
    Microsoft365Settings,
    RouteSettings,
    StateSettings,
)
from samepic.imaging import Fault, limits
from samepic.imaging.decoding import MAX_SCANS
from samepic.model.picture import PictureFormat

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "tools/write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(writer: ModuleType) -> None:
    reference = ROOT / "docs/reference"
    remedy = "run .venv/bin/python tools/write_reference.py"
    assert (reference / "command-line.md").read_text(encoding="utf-8") == writer.command_line(), remedy
    assert (reference / "configuration.md").read_text(encoding="utf-8") == writer.configuration(), remedy
    assert (reference / "budgets.md").read_text(encoding="utf-8") == writer.budgets(), remedy


def test_every_exit_code_and_every_key_has_a_meaning(writer: ModuleType) -> None:
    assert set(writer.EXIT_CODES) == set(Exit)
    page = writer.configuration()
    for section in (RouteSettings, HoldSettings, Microsoft365Settings, StateSettings, BudgetSettings):
        for key in set(section.model_fields) - {"hold", "budgets"}:
            lines = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
            assert lines, f"{key} is not there"
            assert not any(line.endswith("|  |") for line in lines), f"{key} has no meaning"


def test_every_option_says_what_it_does(writer: ModuleType) -> None:
    rows = [line for line in writer.command_line().splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert [row for row in rows if row.split(" | ")[1].strip() == ""] == []


def test_every_command_serves_programs_too(writer: ModuleType) -> None:
    sections = writer.command_line().split("\n## samepic ")[1:]
    assert len(sections) == 31
    for section in sections:
        name = section.splitlines()[0]
        assert "| `--log-format " in section, name
        assert "| `--json` |" in section or name in ("tenant serve", "run", "serve"), (
            f"{name}: only what serves has no result"
        )


def test_every_format_limit_and_fault_of_a_picture_is_told() -> None:
    page = (ROOT / "docs/reference/pictures.md").read_text(encoding="utf-8")
    told = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert told == {*PictureFormat, *Fault}
    figures = (
        f"| bytes | {limits.MAX_BYTES >> 20} MiB",
        f"of its size | {limits.MAX_PIXELS:,} |",
        f"any progressive JPEG | {limits.MAX_WHOLE_PIXELS:,} |",
        f"no more than {limits.MAX_KEPT_EACH} bytes of coefficients",
        f"{limits.MAX_KEPT_BYTES // 1_000_000} MB of coefficients",
        f"| scans of a progressive JPEG | {MAX_SCANS} |",
        f"| processor time | {limits.MAX_CPU_SECONDS:g} s |",
        f"| memory above the idle worker | {limits.MAX_MEMORY_BYTES >> 20} MiB",
    )
    assert [figure for figure in figures if figure not in page] == []
