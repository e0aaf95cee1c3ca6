"""One JSON object to standard output, for a program."""

from __future__ import annotations

import json
import sys
from typing import Any

from samepic.model.text import escaped


def print_json(value: Any) -> None:
    """One line, so that several routes make JSON Lines; names in any script stay readable, and command nothing.

    Where the output's encoding has not every script, they are written as JSON's numbers.
    """
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    sys.stdout.write(escaped(json.dumps(value, ensure_ascii=encoding != "utf8")) + "\n")
    sys.stdout.flush()
