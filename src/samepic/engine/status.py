"""How a route stands, from what is remembered."""

from __future__ import annotations

from dataclasses import fields

from samepic.model.outcome import RouteGlance, RouteStatus
from samepic.ports.state import State


def glance_at(name: str, state: State) -> RouteGlance:
    """How it stands, by a few rows however many people there are; no system is asked. Raises StateUnusable."""
    latest = state.runs.latest(name, 2)  # of two, one at most is running
    counted = state.runs.last_planned(name)
    counts, hold = state.runs.outcome(counted.run) if counted else ({}, None)
    held_plan = counted.plan if counted and hold else None
    if (later := state.runs.last_held(name)) is not None:
        _, hold = state.runs.outcome(later.run)
        held_plan = later.plan
    record = state.plans.glance(name, held_plan) if held_plan else None
    return RouteGlance(
        route=name,
        counts=counts,
        counted=counted,
        last=next((record for record in latest if record.state != "running"), None),
        running=state.runs.running(name),
        held=hold,
        held_plan=held_plan,
        held_last=record.last if record else None,
        unfinished=state.intents.count(name),
        heard=state.news.heard(name),
    )


def status_of(name: str, state: State) -> RouteStatus:
    """The whole of it. Raises StateUnusable."""
    glance = glance_at(name, state)
    return RouteStatus(
        **{one.name: getattr(glance, one.name) for one in fields(glance)},
        remembered=state.memories.count(name),
        requested=state.runs.changed_on_request(name, glance.counted.run) if glance.counted else 0,
        news=state.news.count(name),
    )
