"""What a run's report says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from samepic.cli import session
from samepic.cli.reader import Screen
from samepic.config.settings import RouteSettings
from samepic.model.decision import Reason
from samepic.model.outcome import RunOutcome
from samepic.planning.words import REASONS
from samepic.report import Document, Faces, Figure, Section, may_save, save


def save_run_report(title: str, done: RunOutcome, faces: Faces, page: Path) -> None:
    """Write a run's report and say where it lies; what was done stays done where it cannot be written."""
    save_document(Document(f"Samepic: {done.route}", datetime.now(UTC), [run_section(title, done, faces)]), page, faces)


def save_document(document: Document, page: Path, faces: Faces) -> None:
    """Write a report and say where it lies; the faces are let go."""
    try:
        written, sheet = save(document, page)
    except OSError as error:
        raise session.fail(f"all went through, but the report could not be written: {error}") from None
    finally:
        faces.close()
    words = f"Report: {written}" + (f" and {sheet}" if sheet else "")
    Screen(stderr=True, soft_wrap=True).print(words, highlight=False, markup=False)


def pages_of(report: Path | None, routes: Sequence[RouteSettings]) -> dict[str, Path]:
    """Where each route's report goes; ends the command where one could not be written, before anything is begun."""
    if report is None:
        return {}
    pages = {route.name: _page_of(report, route.name, several=len(routes) > 1) for route in routes}
    for page in pages.values():
        if page.suffix.casefold() == ".png":
            raise session.fail(f"--report {report}: the page is HTML; its pictures go beside it as .png")
        try:
            may_save(page)
        except OSError as error:
            raise session.fail(f"--report {report}: cannot be written: {error.strerror}: {error.filename}") from None
    return pages


def _page_of(report: Path, route: str, *, several: bool) -> Path:
    """Where one route's report goes, when a command is about several."""
    return report.with_stem(f"{report.stem}-{route}") if several else report


def run_section(title: str, done: RunOutcome, faces: Faces | None) -> Section:
    """One run's figures, its reasons with what they mean, and the faces that changed."""
    words = " ".join(part for part in (done.held.words if done.held else "", done.stopped or "") if part)
    figures = [
        Figure(f"{done.people:,}", "person in the plan" if done.people == 1 else "people in the plan"),
        Figure(f"{done.written:,}", "pictures written"),
        Figure(f"{done.failed:,}", "failed"),
        Figure(f"{sum(done.requests.values()):,}", "requests"),
        Figure(f"{done.seconds:.1f} s", "from start to end"),
    ]
    rows = [
        (reason.value, done.counts[reason], REASONS[reason].meaning) for reason in Reason if done.counts.get(reason)
    ]
    return Section(title, words, figures, rows, faces)
