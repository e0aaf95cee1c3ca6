"""What each route of a state joins: a name that comes to mean another tenant must not inherit what was remembered."""

from __future__ import annotations

import json
from pathlib import Path

from samepic.ports.state import StateOfAnother, StateUnusable
from samepic.state.whole_file import write_whole


def hold_to(file: Path, route: str, joins: str) -> None:
    """Note what a route joins when it is first met; raise StateOfAnother where the same name joined something else.

    joins: the tenant and both systems, in words that an administrator knows. Raises StateUnusable.
    """
    try:
        noted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        known = noted.get(route)
    except (OSError, ValueError, AttributeError) as error:
        raise StateUnusable(str(file), str(error)) from None
    if known == joins:
        return
    if known is not None:
        raise StateOfAnother(str(file.parent), route, str(known), joins)
    try:
        write_whole(file, json.dumps({**noted, route: joins}, ensure_ascii=False, indent=1))
    except OSError as error:
        raise StateUnusable(str(file), str(error)) from None
