"""What has been taken of one budget, and what may be taken next: arithmetic, without a clock of its own.

Times are seconds of one clock that all who share the budget read; its zero does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from samepic.model.budget import Budget, Lane

RESERVE = 0.01
"""Of a budget, what a sweep leaves for those who wait for their own picture."""

BURST = 0.2
"""Of a budget, what a sweep may take at once after a pause; the rest comes evenly over the window."""

_CATCHES_UP = 1.05
"""How much faster than it comes back a sweep may take it, so that what a pause left over is used too."""

LEAST_SHARE = 0.1
_LESS = 0.75
_MORE = 0.05
_RECOVERS_S = 60.0
_LONGEST_HOLD_S = 3600.0
_BUCKETS = 240
_LEASE = 1 / 240  # of the window, in which what was leased is used
_SHORTEST_LEASE_S, _LONGEST_LEASE_S = 0.02, 0.25
SLOTS_LEASE_S = 10.0
"""How long what is had at the same time is kept by one who died."""

SLOTS_AGAIN_S = 0.03
_CLOCKS_DIFFER_S = 1.0


@dataclass(frozen=True, slots=True)
class Spending:
    """taken: until when it counts, and units, ascending. share: of the published figure, which we keep below.

    refused_at: when the vendor last refused. held_until: nobody calls before. level: what a sweep may take at once.
    reckoned_at: when share and level were as they are. asked_at: when somebody last asked for slots in vain.
    """

    taken: tuple[tuple[float, float], ...] = ()
    share: float = 1.0
    reckoned_at: float = 0.0
    refused_at: float = 0.0
    held_until: float = 0.0
    level: float | None = None
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Lease:
    """Units to use within `lasts` seconds; none where one has to ask again, after so long.

    until: by which the units go back that were not used. held: nobody calls for so many seconds.
    """

    units: float
    lasts: float
    until: float
    again: float = 0.0
    held: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the vendor's headers say: its limit, what is left of it, and in how many seconds that is full again."""

    limit: float
    remaining: float
    reset: float


def lasts(budget: Budget) -> float:
    """For how long one leases."""
    if budget.window is None:
        return SLOTS_LEASE_S
    return min(_LONGEST_LEASE_S, max(_SHORTEST_LEASE_S, budget.window.total_seconds() * _LEASE))


def evenly(limit: float, window_s: float) -> float:
    """Units a second that a sweep takes after its start."""
    return _CATCHES_UP * limit / window_s


def lease(
    spending: Spending, budget: Budget, now: float, need: float, wanted: float, lane: Lane, in_flight: float
) -> tuple[Spending, Lease]:
    """Take `wanted` units, at least `need`, or learn when to ask again.

    in_flight: how long after it was sent a call may still be on its way. What is taken counts until a window has
    passed since the last moment at which it can arrive, so that no window of the vendor's has more than the limit,
    wherever it begins.
    """
    spending = _now(spending, budget, now)
    held = max(0.0, spending.held_until - now)
    span = lasts(budget)
    if held:
        return spending, Lease(0.0, span, 0.0, held, held)
    limit = budget.limit * spending.share
    if budget.window is None:
        return _slots(spending, now, need, max(1.0, limit // 1), span)
    ceiling = limit * (1 - RESERVE) if lane is Lane.SWEEP else limit
    free = ceiling - sum(units for _, units in spending.taken)
    short = min(need, ceiling) - free
    window = budget.window.total_seconds()
    rate = evenly(limit, window)
    at_least = span if lane is Lane.SWEEP else 0.0  # by then there is enough for several calls
    if short > 1e-9:
        freed = _until_freed(spending, short, now)
        if lane is Lane.SWEEP:  # this call goes then; what else comes back is taken evenly, not as a second rush
            spending = replace(spending, level=min(need, BURST * limit) - freed * rate)
        return spending, Lease(0.0, span, 0.0, max(at_least, freed))
    if lane is Lane.SWEEP:
        level = spending.level or 0.0
        wait = (min(need, BURST * limit) - level) / rate
        if wait > 1e-9:
            return spending, Lease(0.0, span, 0.0, max(at_least, wait))
        free = min(free, max(level, need))
    units = max(need, min(wanted, free))
    grain = window / _BUCKETS
    until = (now + span + min(in_flight, window / 60) + window) // grain * grain + grain
    if lane is Lane.SWEEP:
        spending = replace(spending, level=(spending.level or 0.0) - units)
    return _with(spending, until, units), Lease(units, span, until)


def give_back(spending: Spending, until: float, units: float, lane: Lane) -> Spending:
    """What was leased and not used."""
    taken = tuple((at, left) for at, n in spending.taken if (left := n - units if at == until else n) > 1e-9)
    level = spending.level + units if spending.level is not None and lane is Lane.SWEEP else spending.level
    return replace(spending, taken=taken, level=level)


def others_wait(spending: Spending, now: float) -> bool:
    """Whether somebody asked for slots in vain just now."""
    return 0 <= now - spending.asked_at < 3 * SLOTS_AGAIN_S


def throttled(spending: Spending, budget: Budget, now: float, wait: float) -> Spending:
    """The vendor refused a call: nobody calls for so long, and afterwards with less of the published figure.

    Several refusals of the same moment count once.
    """
    spending = _now(spending, budget, now)
    if now >= spending.held_until and now - spending.refused_at > _recovers(budget) / 20:
        spending = replace(spending, share=max(LEAST_SHARE, spending.share * _LESS))
    return replace(spending, refused_at=now, held_until=max(spending.held_until, now + min(wait, _LONGEST_HOLD_S)))


def told(spending: Spending, budget: Budget, now: float, headers: Told) -> Spending:
    """Keep to what the headers say where that is less than we reckoned: others take of it too, or calls cost more."""
    spending = _now(spending, budget, now)
    if 0 < headers.limit < budget.limit * spending.share:
        spending = replace(spending, share=max(LEAST_SHARE, headers.limit / budget.limit))
    ours = sum(units for _, units in spending.taken)
    others = min(headers.limit - headers.remaining, budget.limit) - ours
    lasting = min(headers.reset, budget.window.total_seconds() if budget.window is not None else 0.0)
    return _with(spending, now + lasting, others) if others > 0 and lasting > 0 else spending


def _now(spending: Spending, budget: Budget, now: float) -> Spending:
    """What still counts. A clock that was set back takes along what was reckoned by it."""
    back = spending.reckoned_at - now
    if back > _CLOCKS_DIFFER_S:
        taken = tuple((at - back, units) for at, units in spending.taken)
        held_until, refused_at = spending.held_until - back, spending.refused_at - back
        spending = replace(spending, taken=taken, held_until=held_until, refused_at=refused_at, reckoned_at=now)
    window = budget.window.total_seconds() if budget.window is not None else SLOTS_LEASE_S
    latest = now + 2 * window + _LONGEST_LEASE_S
    taken = tuple((at, units) for at, units in spending.taken if now < at <= latest)
    passed = max(0.0, now - spending.reckoned_at)
    share = min(1.0, spending.share + _MORE * passed / _recovers(budget))
    limit = budget.limit * share
    level = BURST * limit
    if spending.level is not None:
        level = min(level, spending.level + passed * evenly(limit, window))
    return Spending(
        taken=taken,
        share=share,
        reckoned_at=now,
        refused_at=min(now, spending.refused_at),
        held_until=min(spending.held_until, now + _LONGEST_HOLD_S),
        level=level,
        asked_at=min(now, spending.asked_at),
    )


def _recovers(budget: Budget) -> float:
    """The span in which a twentieth of a budget is trusted again."""
    return min(budget.window.total_seconds(), _RECOVERS_S) if budget.window is not None else _RECOVERS_S


def _slots(spending: Spending, now: float, need: float, limit: float, span: float) -> tuple[Spending, Lease]:
    """Of what is counted at the same time all that is free, at least what is needed."""
    free = limit - sum(units for _, units in spending.taken)
    if free < min(need, limit):
        return replace(spending, asked_at=now), Lease(0.0, span, 0.0, SLOTS_AGAIN_S)
    return _with(spending, now + span, free), Lease(free, span, now + span)


def _with(spending: Spending, until: float, units: float) -> Spending:
    taken = dict(spending.taken)
    taken[until] = taken.get(until, 0.0) + units
    return replace(spending, taken=tuple(sorted(taken.items())))


def _until_freed(spending: Spending, short: float, now: float) -> float:
    freed = 0.0
    for at, units in spending.taken:
        freed += units
        if freed >= short:
            return max(0.001, at - now)
    return max(0.001, (spending.taken[-1][0] if spending.taken else now) - now)
