"""Where words for a reader go: as wide as the terminal; elsewhere as wide as the words need."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from samepic.model.text import several_lines

PIPED_WIDTH = 160
"""A pipe, a file or a mail has no width; 80 columns would cut run ids off and wrap sentences for nobody."""


class Screen(Console):
    """A console on which only we change colours and move the cursor.

    Rich writes the control characters of a text as they are; a name from a directory may hold some. See
    docs/why/2026-11-22-hostile-names.md.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Rich's segments with texts that command nothing; its own line ends and cursor moves are left alone."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text == "\n" or (segment.text.isascii() and segment.text.isprintable()):
                yield segment
            else:
                yield Segment(several_lines(segment.text), segment.style)  # rich has broken the lines


def reader() -> Screen:
    """Standard output, for words and tables."""
    console = Screen()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console
