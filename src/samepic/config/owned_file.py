"""Files that decide what Samepic does: nobody but their owner can change them, whatever the umask is."""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY = 0o600
OTHERS_MAY_READ = 0o644


def write_owned(path: Path, data: bytes, mode: int = OWNER_ONLY) -> None:
    """Write a file, and its folder where there is none. mode: of a new file; one that is there keeps its own."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
