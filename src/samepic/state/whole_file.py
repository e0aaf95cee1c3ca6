"""Small private files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a file of mode 0600 in place of what is there; what is in it is on the disk before it has its name.

    Where that fails, what was there stays and nothing is left beside it. Raises OSError.
    """
    write_bytes_whole(path, text.encode(), f".{path.name}.")


def write_bytes_whole(path: Path, data: bytes, beside_as: str) -> None:
    """The same for bytes. beside_as: how the name begins that the file has until it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=beside_as)  # 0600
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
