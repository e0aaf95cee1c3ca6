"""Where a key stands in a TOML file: tomllib reads values and forgets their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\"'.-]+)\s*=")

Path = tuple[str | int, ...]


def line_of(text: str, location: Sequence[str | int]) -> int | None:
    """The 1-based line of a key, or of the closest table around it; None where neither stands in the file.

    location: keys and array indexes, outermost first, as pydantic reports them.
    """
    lines = _lines_by_path(text)
    path = tuple(location)
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _lines_by_path(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _TABLE.match(line)
        if header:
            table = _resolve(_split(header[2]), counts, opens_row=header[1] == "[[")
            found.setdefault(table, number)
            found.setdefault(table[:1], number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault((*table, *_split(key[1])), number)
    return found


def _split(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _resolve(names: Path, counts: dict[Path, int], *, opens_row: bool) -> Path:
    """A header's path with the row numbers of the arrays it lies in."""
    if opens_row:
        counts[names] = counts.get(names, -1) + 1
    path: Path = ()
    for depth in range(1, len(names) + 1):
        path = (*path, names[depth - 1])
        if names[:depth] in counts:
            path = (*path, counts[names[:depth]])
    return path
