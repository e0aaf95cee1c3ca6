"""Let go of what the vault need not keep any longer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from samepic.engine.work import Work
from samepic.ports.state import State
from samepic.ports.vault import Vault, VaultUnusable

UNDER_WAY = timedelta(hours=1)
"""A file that was kept so lately may belong to a write that has not said so yet; no call waits that long."""

CLOCKS_AGREE = timedelta(days=1)
"""Nothing is let go of by a clock that is further from a system's: what is due next year would go today."""

_log = logging.getLogger("samepic.vault")


async def tidy(work: Work) -> None:
    """After a run that saw everybody: forget what is too old or too many, and take away what is nobody's."""
    if (words := await _clocks_disagree(work)) is not None:
        _log.warning("the vault lets go of nothing: %s", words)
        return
    retention, now, forgotten = work.route.policy.retention, work.now(), 0
    for name in (work.route.name, *work.route.beside):
        forgotten += await work.remembering(work.state.kept.retain, name, work.run, retention, now)
    try:
        _, collected = await work.remembering(collect, work.state, work.vault, now)
    except VaultUnusable as fault:
        _log.warning("what nobody needs stays in the vault: %s", fault)
        return
    if forgotten or collected:
        _log.info("the vault let go of %s pictures and %s files", forgotten, collected)


async def _clocks_disagree(work: Work) -> str | None:
    """In words, where this machine's clock and a system's are too far apart; whoever has told no time is asked."""
    route, now = work.route, work.now()
    systems = (route.census, route.source, route.target)
    if all(system.time is None for system in systems):
        await route.census.probe()
    for system in systems:
        told = system.time
        if told is not None and abs(now - told) > CLOCKS_AGREE:
            return (
                f"by this machine's clock it is {now:%Y-%m-%d %H:%M} UTC, by {system.profile.name}'s "
                f"{told:%Y-%m-%d %H:%M} UTC; set the clock right"
            )
    return None


def collect(state: State, vault: Vault, now: datetime) -> tuple[int, int]:
    """Take away files that are nobody's; how many there were, and how many of them are gone now.

    Raises VaultUnusable.
    """
    orphans = collected = 0
    for portion in vault.held():
        needed = state.kept.needed([one.sha256 for one in portion if one.sha256])
        for one in portion:
            if one.sha256 in needed:
                continue
            orphans += 1
            collected += now - one.touched_at > UNDER_WAY and vault.drop(one, now - UNDER_WAY)
    return orphans, collected
