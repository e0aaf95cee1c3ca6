"""What a terminal is sent goes through `Screen`, `print_json` or the log, which let nobody else's commands through."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import samepic

ROOT = Path(samepic.__file__).parent
DOORS = {"cli/reader.py": {"Console"}, "cli/print_json.py": {"write"}, "cli/logging.py": {"write"}}
OWN_WORDS = {
    "cli/main.py": {"write"},
    "cli/tenant.py": {"print", "write"},
}
"""Usage and endings; how far a tenant has come, and its one line of JSON."""


def named(call: ast.Call) -> str:
    """`print`, `Console`, or `write` of a standard stream."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and function.attr == "write" and isinstance(function.value, ast.Attribute):
        return "write" if function.value.attr in ("stdout", "stderr") else ""
    return function.attr if isinstance(function, ast.Attribute) and function.attr == "Console" else ""


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_written_past_the_doors(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    calls = {named(call) for call in ast.walk(ast.parse(path.read_text())) if isinstance(call, ast.Call)}
    assert calls & {"print", "Console", "write"} <= DOORS.get(name, set()) | OWN_WORDS.get(name, set())
