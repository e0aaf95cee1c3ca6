"""The page that every `make bench…` writes its part of: each has a section of its own between two marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path("docs/reference/performance.md")


def write_section(name: str, lines: Sequence[str]) -> None:
    """Put a section in the place of what it said before; at the end of the page where it is new."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    section = "\n".join([begin, "", *lines, "", end])
    PAGE.write_text((before if found else before.rstrip("\n") + "\n\n") + section + after, encoding="utf-8")


def measured_here() -> str:
    """When and on what: a line for each section."""
    load_average = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} processors, load average {load_average}."
    )
