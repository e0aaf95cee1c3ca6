"""How a sweep that workers carried out ended, in the words and figures of any other run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from samepic.engine.engine import CANCELLED, words_of_end
from samepic.model.decision import Reason
from samepic.model.news import kind_of
from samepic.model.outcome import Pictures, RunRecord
from samepic.model.remembered import Stage
from samepic.model.sweeping import Observed, Planned, Sweep
from samepic.ports.state import State


def ending_of(
    state: State, sweep: Sweep, record: RunRecord, planned: Planned | None, did_not_take: int
) -> tuple[RunRecord, Mapping[Reason, int], Pictures | None]:
    """The run's record, people by reason, and what the next tally calls before, None where nobody knows."""
    changed, counts = state.sweeps.changed(sweep.run), Counter(state.rows.counts(sweep.run))
    for (was, now), many in state.sweeps.moved(sweep.run).items():
        if was is not Reason.RESTORED:
            counts[was] -= many
            counts[now] += many
    observed = state.sweeps.what_was_observed(sweep.run) or Observed(full=sweep.full)
    held = planned.held if planned else None
    failed, pictures = bool(sweep.stopped), None
    how = "failed" if failed else "interrupted" if sweep.cancelled else "held" if held else "done"
    if planned is not None and how == "done":
        source = planned.source_pictures if observed.full else None
        pictures = Pictures(planned.target_pictures + changed.gained, source)
    words = words_of_end(observed.instead, did_not_take)
    ended = replace(
        record,
        kind=kind_of(observed.full),
        plan=planned.plan if planned else None,
        state=how,
        people=planned.people if planned else 0,
        written=changed.written + sweep.finished,
        cleared=changed.cleared,
        failed=state.rows.count(sweep.run, Stage.FAILED),
        words=sweep.stopped or (CANCELLED if sweep.cancelled else held.words if held else words),
    )
    return ended, {reason: many for reason, many in counts.items() if many > 0}, pictures
