"""One JSON object to standard output, for a program."""

from __future__ import annotations

import json
import sys
from typing import Any

from samepic.model.text import escaped


def print_json(value: Any) -> None:
    """One line, so that several routes make JSON Lines; names in any script stay readable, and command nothing."""
    sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()
