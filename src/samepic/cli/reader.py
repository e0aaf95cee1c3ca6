"""Where words for a reader go: as wide as the terminal; elsewhere as wide as the words need."""

from __future__ import annotations

import os

from rich.console import Console

PIPED_WIDTH = 160
"""A pipe, a file or a mail has no width; 80 columns would cut run ids off and wrap sentences for nobody."""


def reader() -> Console:
    """Standard output, for words and tables."""
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_WIDTH
    return console
