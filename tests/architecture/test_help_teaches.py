"""What `--help` shows a newcomer: plain placeholders, what a command is for in one line, examples that can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from tests.architecture.test_the_docs_are_true import fault
from tests.command_line import samepic

from samepic.cli.help import EXAMPLES
from samepic.cli.main import app_of

GROUP: Any = typer.main.get_command(app_of([]))
UGLY = re.compile(r"<[^>]*>|\{[^}]*\}|\[\[|\[default|\[required|x>=|\.\.\.$", re.MULTILINE)


def everything(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from everything(inner, f"{path} {name}")


GROUPS = ("samepic tenant", "samepic vault", "samepic audit", "samepic token")
COMMANDS = dict(everything(GROUP, "samepic"))


@pytest.fixture(autouse=True)
def _a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def shown(path: str) -> str:
    ended = samepic(*path.split()[1:], "--help")
    assert (ended.code, ended.err) == (0, "")
    return ended.out


@pytest.mark.parametrize("path", COMMANDS)
def test_placeholders_are_what_people_write(path: str) -> None:
    text = shown(path)
    assert UGLY.findall(text.replace("[PERSON]...", "").replace("[ARGS]...", "")) == []
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in GROUPS])
def test_every_command_has_examples(path: str) -> None:
    assert EXAMPLES[path]
    text = shown(path)
    for purpose, typed in EXAMPLES[path]:
        assert f"  {typed}\n" in f"{text}\n", "on a line of its own, to be copied"
        assert f"  # {purpose}\n" in text or not purpose
        assert typed.startswith(path)


@pytest.mark.parametrize("typed", [line for examples in EXAMPLES.values() for _, line in examples])
def test_examples_can_be_typed(typed: str) -> None:
    assert fault(shlex.split(typed), GROUP) is None


def test_the_first_page_says_of_each_command_what_it_is_for_in_a_whole_line() -> None:
    lines = shown("samepic").splitlines()
    for name in GROUP.commands:
        [line] = [line for line in lines if line.startswith(f"  {name} ")]
        assert line.endswith("."), line
