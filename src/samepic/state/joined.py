"""What each route of a state joins: a name that comes to mean another tenant must not inherit what was remembered."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from samepic.ports.state import StateOfAnother, StateUnusable
from samepic.state.database import Database, upsert, where
from samepic.state.tables import route_joins
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
    if _agree(str(file.parent), route, known, joins):
        return
    try:
        write_whole(file, json.dumps({**noted, route: joins}, ensure_ascii=False, indent=1))
    except OSError as error:
        raise StateUnusable(str(file), str(error)) from None


def hold_to_in(database: Database, route: str, joins: str) -> None:
    """The same in a database that several machines share, each with a configuration of its own."""
    wanted = select(route_joins.c.joins).where(route_joins.c.route == route)
    with database.read() as connection:
        known = connection.execute(wanted).scalar()
    if _agree(where(database.engine), route, known, joins):
        return
    with database.write() as connection:
        upsert(connection, route_joins, [{"route": route, "joins": joins}], only="")
        known = connection.execute(wanted).scalar()
    _agree(where(database.engine), route, known, joins)  # another machine may have been quicker


def _agree(state: str, route: str, known: object, joins: str) -> bool:
    if known is not None and known != joins:
        raise StateOfAnother(state, route, str(known), joins)
    return known is not None
