"""What README, first steps and how-to pages tell people to type exists, and their code runs."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import samepic
from samepic.cli.main import app_of

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs/start/first-steps.md", *sorted((ROOT / "docs/how-to").glob("*.md"))]
FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^    (?! )(.+)$", re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
OURS = re.compile(r"(?:\$ )?(?:\.venv/bin/)?(samepic|make) (.+)")
NAMES_ONE, ANYBODY = "samepic explain", " PERSON"
A_SYSTEM = ROOT / "docs/how-to/connect-a-system.md"


def commands(page: str) -> list[list[str]]:
    """Every `samepic …` and `make …` that stands alone in a block's line or in backticks.

    A sentence may name a command without its arguments; a block is there to be typed.
    """
    outside = FENCED.sub("", page)
    lines = [line.strip() for block in FENCED.findall(page) for line in block.splitlines()]
    lines += [line.strip() for line in INDENTED.findall(outside)]
    lines += [line + ANYBODY if line == NAMES_ONE else line for line in SPAN.findall(outside)]
    found = [matched for line in lines if (matched := OURS.fullmatch(line))]
    return [[matched[1], *shlex.split(matched[2], comments=True)] for matched in found]


def fault(words: list[str], group: Any) -> str | None:
    """Why a command cannot be typed so; None where it can."""
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return None if set(rest) <= set(targets) else "no such task"
    command = group
    while hasattr(command, "commands"):
        if not rest or rest[0] not in command.commands:
            return "no such command"
        command, rest = command.commands[rest[0]], rest[1:]
    try:
        command.make_context("samepic", rest)
    except typer.TyperException as error:
        return error.format_message()
    return None


@pytest.fixture(scope="module")
def group() -> Any:
    return typer.main.get_command(app_of([]))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page: Path, group: Any) -> None:
    faults = {" ".join(words): why for words in commands(page.read_text("utf-8")) if (why := fault(words, group))}
    assert faults == {}


def test_there_is_something_to_look_at() -> None:
    found = [words for page in PAGES for words in commands(page.read_text("utf-8"))]
    assert len(found) > 30
    typed = {words[1] for words in found if words[0] == "samepic"}
    assert typed >= {"init", "check", "plan", "sync", "explain", "sign-in", "demo", "tenant"}


@pytest.mark.parametrize(
    "line",
    [
        "```\nsamepic dance\n```",
        "   ```\n   $ samepic sync --no-such-option   # why\n   ```",
        "`.venv/bin/samepic sync --limit many`",
        "    samepic tenant stop",
        "```\nsamepic explain\n```",
        "```\nmake coffee\n```",
    ],
)
def test_a_page_that_is_wrong_is_caught(line: str, group: Any) -> None:
    [words] = commands(line)
    assert fault(words, group)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"`((?:src|tests|tools|docs)/[\w./-]+)`", page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_connectors_test_as_the_how_to_has_it_passes(tmp_path: Path) -> None:
    [code] = PYTHON.findall(A_SYSTEM.read_text("utf-8"))
    file = tmp_path / "test_mine.py"
    file.write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", str(file)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed is not None
    assert int(passed[1]) > 20, "a contract is more than that"


def test_the_names_in_the_how_to_for_systems_are_ours() -> None:
    spans = SPAN.findall(FENCED.sub("", A_SYSTEM.read_text("utf-8")))
    modules = {info.name for info in pkgutil.walk_packages(samepic.__path__, "samepic.")}
    seams = ("samepic.ports", "samepic.model", "samepic.testkit", "samepic.transport")
    names: dict[str, object] = {}
    for module in (name for name in modules if name.startswith(seams)):
        names |= vars(importlib.import_module(module))
    dotted = [span for span in spans if re.fullmatch(r"(samepic|transport)\.[\w.]+", span)]
    classes = [span for span in spans if re.fullmatch(r"[A-Z]\w+(\.\w+)?", span)]
    assert len(dotted) > 5
    assert len(classes) > 10
    unknown = [span for span in classes if not _known(span, names)]
    unknown += [span for span in dotted if not _importable(f"samepic.{span.removeprefix('samepic.')}", modules)]
    assert unknown == []


def _known(span: str, names: dict[str, object]) -> bool:
    first, _, rest = span.partition(".")
    return first in names and (not rest or hasattr(names[first], rest))


def _importable(dotted: str, modules: set[str]) -> bool:
    module, _, name = dotted.rpartition(".")
    return dotted in modules or (module in modules and hasattr(importlib.import_module(module), name))
