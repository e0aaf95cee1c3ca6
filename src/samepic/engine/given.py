"""Pictures that were put into a route's source by another way of ours, lately: the source may not show them yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from samepic.engine.facts import Known, is_lately
from samepic.engine.work import Work
from samepic.model.outcome import GivenLately
from samepic.model.remembered import Memory, Row


def given_lately(work: Work, keys: Collection[str]) -> dict[str, Memory]:
    """What is remembered of the giving, of those of these people who gave one. Calls the state: in its thread only."""
    within, found = work.route.source.profile.settles_within, dict[str, Memory]()
    if not within:
        return found
    now = work.now()
    for name in work.route.beside:
        lately = work.state.lately.changed_since(name, now - within).intersection(keys)
        memories = work.state.memories.of(name, lately) if lately else {}
        found |= {
            key: one for key, one in memories.items() if one.written_at and is_lately(one.written_at, within, now)
        }
    return found


def told_of(row: Row, known: Known, within: timedelta) -> GivenLately | None:
    """The same for whoever looks at one person. within: how long the source takes to show it."""
    given = known.given
    if given is None or given.written_at is None:
        return None
    at: datetime = given.written_at
    return GivenLately(given.original, at, at + within, not known.source_lags(row))
