"""What a run's report says."""

from __future__ import annotations

from datetime import datetime

from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.planning.words import REASONS
from samepic.report import Document, Faces, Figure, Section


def run_report(done: RunOutcome, faces: Faces | None, made_at: datetime) -> Document:
    """The report of one run."""
    return Document(f"Samepic: {done.route}", made_at, [run_section("What was done", done, faces)])


def run_section(title: str, done: RunOutcome, faces: Faces | None) -> Section:
    """One run's figures, its reasons with what they mean, and the faces that changed."""
    words = " ".join(part for part in (done.held.words if done.held else "", done.stopped or "") if part)
    figures = [
        Figure(f"{done.people:,}", "people in the plan"),
        Figure(f"{done.written:,}", "pictures written"),
        Figure(f"{done.failed:,}", "failed"),
        Figure(f"{sum(done.requests.values()):,}", "requests"),
        Figure(f"{done.seconds:.1f} s", "from start to end"),
    ]
    rows = [
        (reason.value, done.counts[reason], REASONS[reason].meaning) for reason in Reason if done.counts.get(reason)
    ]
    return Section(title, words, figures, rows, faces)
