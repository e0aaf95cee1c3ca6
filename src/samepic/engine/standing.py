"""How people stand, kept from run to run: what the next one has to know, and what somebody who looks is shown."""

from __future__ import annotations

from samepic.model.news import kind_of
from samepic.model.outcome import RunRecord
from samepic.ports.state import State

_OVER_SOME = ("incremental_plan", kind_of(False))


def make_way(state: State, route: str) -> None:
    """Before a run over everybody, or over those of whom there is news, begins: drop what the last one no longer needs.

    Of the last run that came to a plan for everybody the people stay: until there is another one, it says how each
    stands. To be called with the route's lock held.
    """
    state.news.leave(route)
    latest = state.runs.latest_sweep(route)
    if latest is not None and latest.state == "running":  # its process died, and it told nobody
        tell(state, latest)
    of_everybody = state.runs.last_planned(route)
    state.rows.forget(route, but=of_everybody.run if of_everybody else None)


def tell(state: State, record: RunRecord) -> None:
    """Have the last run over everybody say how a later one left those it met, if that was not over everybody."""
    if record.kind in _OVER_SOME:
        state.people.tell(record.route, record.run)
