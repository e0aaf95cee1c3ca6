"""Let go of what the vault need not keep any longer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from samepic.engine.work import Work
from samepic.ports.state import State
from samepic.ports.vault import Vault, VaultUnusable

UNDER_WAY = timedelta(hours=1)
"""A file that was kept so lately may belong to a write that has not said so yet; no call waits that long."""

_log = logging.getLogger("samepic.vault")


async def tidy(work: Work) -> None:
    """After a run that saw everybody: forget what is too old or too many, and take away what is nobody's."""
    name, retention, now = work.route.name, work.route.policy.retention, work.now()
    forgotten = await work.remembering(work.state.kept.retain, name, work.run, retention, now)
    try:
        _, collected = await work.remembering(collect, work.state, work.vault, now)
    except VaultUnusable as fault:
        _log.warning("what nobody needs stays in the vault: %s", fault)
        return
    if forgotten or collected:
        _log.info("the vault let go of %s pictures and %s files", forgotten, collected)


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
