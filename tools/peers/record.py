"""`samepic` with a pen: writes down each request that it sends, for the floor to send them again without a thought.

Arguments: the file to write, then samepic's own.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import samepic.cli.main
from samepic.transport.answer import Answer
from samepic.transport.client import HttpClient


def main() -> None:
    """Become the command."""
    out = Path(sys.argv[1]).open("w", encoding="utf-8")  # noqa: SIM115  # the command ends the process
    once = HttpClient._once

    async def written_down(
        client: HttpClient, method: str, url: str, meter: Any, doing: str, headers: Any, data: bytes | None, *rest: Any
    ) -> Answer:
        told = urlsplit(url)
        kept = {name: value for name, value in (headers or {}).items() if name.casefold() != "authorization"}
        line = {
            "method": method,
            "path": told.path + (f"?{told.query}" if told.query else ""),
            "headers": kept,
            "body": base64.b64encode(data).decode() if data else None,
        }
        out.write(json.dumps(line) + "\n")
        out.flush()
        return await once(client, method, url, meter, doing, headers, data, *rest)

    HttpClient._once = written_down  # type: ignore[method-assign]  # the one place that every request passes
    sys.argv = ["samepic", *sys.argv[2:]]
    samepic.cli.main.main()


if __name__ == "__main__":
    main()
