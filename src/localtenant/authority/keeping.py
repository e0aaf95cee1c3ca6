"""What the authority gave out and who is registered, in files that outlive the process; for their owner's eyes only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from localtenant.authority.keys import write_private


class Keeping:
    """Named values of one state folder, each a file of its own; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, name: str) -> Any:
        """A value that was saved, None if none was."""
        path = self._folder / f"{name}.json" if self._folder else None
        return json.loads(path.read_text()) if path is not None and path.exists() else None

    def save(self, name: str, value: object) -> None:
        """Keep a value of JSON's types before going on."""
        if self._folder is not None:
            write_private(self._folder / f"{name}.json", json.dumps(value))
