"""What a program sends to the switchboard."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


async def object_of(request: Request) -> dict[str, Any]:
    """A JSON object. Raises ValueError for anything else."""
    try:
        sent = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise ValueError("send a JSON object") from None
    if not isinstance(sent, dict):
        raise ValueError("send a JSON object")
    return sent
