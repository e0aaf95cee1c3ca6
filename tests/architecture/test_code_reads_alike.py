"""The rules of style that a reader relies on: short files, telling names, a sentence on everything public."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 420
MOST_LINES_OF_A_TEST = 600  # a table of cases is read by its lines, not as a whole
VAGUE = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc", "shared", "lib"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pragma: no cover")
BARE_IGNORE = re.compile(r"type: ignore(?!\[[a-z-]+(?:, ?[a-z-]+)*\]  # \S)")
MARKETING = re.compile(r"\b(seamless(ly)?|effortless(ly)?|powerful|blazing|world-class|cutting-edge|robust)\b", re.I)
SYNONYMS = re.compile(r"\b(avatar|headshot|mugshot)s?\b", re.I)
THIS_FILE = Path(__file__)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name)
def test_files_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    most = MOST_LINES if path in SOURCES else MOST_LINES_OF_A_TEST
    assert lines <= most, f"{lines} lines; split it by what its parts are about"


def test_half_of_the_files_are_short_indeed() -> None:
    lengths = sorted(path.read_text(encoding="utf-8").count("\n") for path in SOURCES if path.name != "__init__.py")
    assert lengths[len(lengths) // 2] <= 200


def test_no_module_has_a_vague_name() -> None:
    vague = [name(path) for path in [*SOURCES, *TESTS] if VAGUE & set(re.split(r"[_.]", path.stem))]
    assert not vague


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in TESTS if path.name not in ("conftest.py", "__init__.py")]
    assert len(names) == len(set(names))


MIGRATIONS = ROOT / "src/samepic/state/migrations"
"""Alembic calls `upgrade` and `downgrade`; each migration's module says what it does."""


def undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not ast.get_docstring(tree) and path.read_text(encoding="utf-8").strip():
        yield "the module"
    if MIGRATIONS not in path.parents:
        yield from _undocumented(tree, "")


def _undocumented(node: ast.AST, within: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith(
            ("_", "test_")
        ):
            continue
        told_by_class = isinstance(node, ast.ClassDef) and child.name in (ast.get_docstring(node) or "")
        if not ast.get_docstring(child) and not told_by_class and not _repeats_another(child):
            yield f"{within}{child.name}"
        if isinstance(child, ast.ClassDef):
            yield from _undocumented(child, f"{child.name}.")


def _repeats_another(child: ast.AST) -> bool:
    """What carries out a Protocol or overrides a parent may say so instead of saying it all again."""
    decorators = getattr(child, "decorator_list", [])
    return any(
        getattr(each, "id", getattr(each, "attr", "")) in ("override", "overload", "setter") for each in decorators
    )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_everything_public_says_what_it_is_for(path: Path) -> None:
    assert not list(undocumented(path))


@pytest.mark.parametrize("path", [path for path in [*SOURCES, *TESTS] if path != THIS_FILE], ids=name)
def test_nothing_is_left_half_done(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not UNFINISHED.search(text)
    assert not BARE_IGNORE.search(text), "a type: ignore names its error, and why it is none"


def test_nothing_is_skipped() -> None:
    found = [
        name(path)
        for path in TESTS
        if path != THIS_FILE and re.search(r"mark\.(skip|xfail)|pytest\.skip", path.read_text())
    ]
    assert not found


def documents() -> list[Path]:
    return [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]


def test_documents_are_plain() -> None:
    loud = {name(path): found.group() for path in documents() if (found := MARKETING.search(path.read_text()))}
    assert not loud


def test_code_and_documents_use_the_glossarys_words() -> None:
    """A picture is a picture. Vendors' own names of things may say otherwise, in quotes of code."""
    strays = {}
    for path in [*(ROOT / "src/samepic").rglob("*.py"), *documents()]:
        text = re.sub(r"`[^`]*`|https?://\S+", "", path.read_text(encoding="utf-8"))
        if found := SYNONYMS.search(text):
            strays[name(path)] = found.group()
    assert not strays


def test_the_glossary_has_every_word_of_the_model() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    words = set(re.findall(r"^\| ([a-z ]+) \|", glossary, re.M))
    expected = "person picture rendition system source target route policy stamp fingerprint look read step reason plan"
    assert set(expected.split()) <= words
    for module in ("plan", "picture", "policy", "person", "system"):
        assert module in words, f"src/samepic/model/{module}.py"


@pytest.mark.parametrize("path", documents(), ids=name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target
