"""A run's figures as words, as JSON, and as an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from samepic.cli.exit_codes import Exit
from samepic.model.decision import Reason
from samepic.model.outcome import MatchedNobody, RunOutcome
from samepic.model.person import NotEligible
from samepic.model.plan import Hold, PlanId
from samepic.model.text import one_line
from samepic.planning.words import NOT_ELIGIBLE, REASONS

MOST_LISTED = 20
"""More failures than this, or unknown opt-outs, are counted, not listed; the JSON has them all."""


def as_json(outcome: RunOutcome, not_eligible: Mapping[NotEligible, int] | None = None) -> dict[str, Any]:
    """The object that `plan --json` and `sync --json` print. not_eligible: who takes no part, by why."""
    taking_no_part = {why.value: count for why, count in (not_eligible or {}).items()}
    return {
        "run": outcome.run,
        "plan": outcome.plan,
        "route": outcome.route,
        "full": outcome.full,
        "instead": outcome.instead,
        "people": outcome.people,
        "counts": {reason.value: outcome.counts.get(reason, 0) for reason in Reason if outcome.counts.get(reason)},
        **({} if not_eligible is None else {"not_eligible": taking_no_part}),
        "held": None if outcome.held is None else hold_as_json(outcome.held),
        "pending": outcome.pending,
        "written": outcome.written,
        "cleared": outcome.cleared,
        "failed": outcome.failed,
        **asdict(outcome.looked_at),
        "failures": [{"person": failure.person, "words": failure.words} for failure in outcome.failures],
        "skipped": outcome.skipped,
        "skips": [{"person": skip.person, "words": skip.words} for skip in outcome.skips],
        "requests": dict(outcome.requests),
        "seconds": round(outcome.seconds, 3),
        "stopped": outcome.stopped,
        "cancelled": outcome.cancelled,
        "matched_nobody": {
            "opted_out": list(outcome.matched_nobody.opted_out),
            "except_group": outcome.matched_nobody.except_group,
        },
    }


def hold_as_json(hold: Hold) -> dict[str, Any]:
    """A hold's numbers and words."""
    return {
        "reason": hold.reason,
        "words": hold.words,
        "overwrites": hold.overwrites,
        "clears": hold.clears,
        "target_pictures": hold.target_pictures,
        "share": hold.share,
        "limit": hold.limit,
        "source_pictures": hold.source_pictures,
        "source_pictures_before": hold.source_pictures_before,
        "lost_before": hold.lost_before,
        "same": hold.same,
        "same_before": hold.same_before,
        "blanks": hold.blanks,
        "objections": list(hold.objections),
    }


def exit_code(outcome: RunOutcome, *, changes_are_pending: bool) -> Exit:
    """How the command ends. changes_are_pending: the command decides only, and says by its code what it found."""
    if outcome.stopped is not None or outcome.failed or outcome.looked_at.did_not_take:
        return Exit.FAILED
    if outcome.cancelled:
        return Exit.INTERRUPTED
    if outcome.held is not None:
        return Exit.HELD
    if changes_are_pending and outcome.pending:
        return Exit.PENDING
    return Exit.OK


def show(
    outcome: RunOutcome,
    console: Console,
    *,
    planned_only: bool,
    not_eligible: Mapping[NotEligible, int] | None = None,
) -> None:
    """The same for a reader."""
    news = "" if outcome.full else " of whom there is news"
    console.print(f"[italic]{escape(outcome.route)}: {people(outcome.people)}{news}[/]", highlight=False)
    if outcome.instead:
        words = f"Everybody was looked at, and not only those of whom there is news: {one_line(outcome.instead)}."
        console.print(escape(words), highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("People", justify="right")
    table.add_column("Reason", style="bold", overflow="fold")
    table.add_column("What it means")
    for reason in Reason:
        if outcome.counts.get(reason):
            table.add_row(f"{outcome.counts[reason]:,}", reason.value, REASONS[reason].meaning)
    for why, count in (not_eligible or {}).items():
        table.add_row(f"[dim]{count:,}[/]", f"[dim]  {why.value}[/]", f"[dim]{NOT_ELIGIBLE[why].meaning}[/]")
    if table.row_count:
        console.print(table)
    console.print()
    if outcome.stopped is not None:
        console.print(f"[bold red]Stopped.[/] {escape(one_line(outcome.stopped))}", highlight=False)
    if outcome.cancelled:
        console.print("[bold]Cancelled from elsewhere.[/] The next run does what is left.", highlight=False)
    if outcome.held is not None:
        show_hold(outcome, console)
    elif planned_only:
        _show_pending(outcome, console)
    else:
        show_done(outcome, console)
    show_failures(outcome, console)
    _show_matched_nobody(outcome.matched_nobody, console)


def show_failures(outcome: RunOutcome, console: Console) -> None:
    """Who failed, and who was passed over because the facts were others than planned, and how."""
    for what, told in (("failed", outcome.failures), ("skipped", outcome.skips)):
        for one in told[:MOST_LISTED]:
            console.print(one_line(f"  {what}: {one.person}: {one.words}"), highlight=False, markup=False)
        if len(told) > MOST_LISTED:
            console.print(f"  and {len(told) - MOST_LISTED} more; --json lists them all", highlight=False)


def show_hold(outcome: RunOutcome, console: Console, *, command: str = "samepic sync") -> None:
    """Why nothing was written, and what to do. command: what carries the plan out, with `--approve PLAN`."""
    assert outcome.held is not None
    console.print(f"[bold yellow]Held: nothing was written.[/] {escape(one_line(outcome.held.words))}", highlight=False)
    console.print(_next_about(outcome.held, outcome.plan, command), highlight=False, markup=False)


def _next_about(held: Hold, plan: PlanId, command: str) -> str:
    """What a person can do; a plan that was rejected, or whose listing was cut, is nobody's to approve lightly."""
    if held.reason == "rejected":
        return f"What was said about it: samepic plans {plan}"
    if held.reason == "changed" and not held.objections:
        return f"Carry it out: {command}"
    return (
        f"Look first: samepic plans {plan} --report held.html\n"
        f"Then, if it is right: {command} --approve {plan}\n"
        f"If it is wrong: samepic reject {plan} --why REASON"
    )


def _show_pending(outcome: RunOutcome, console: Console) -> None:
    if outcome.pending:
        words = f"{people(outcome.pending)} to change; `samepic sync` does it"
        console.print(f"{words}, but for those whom the target refuses only when it is written to.", highlight=False)
    elif outcome.stopped is None:
        console.print("In step: there is nothing to change.")


def show_done(outcome: RunOutcome, console: Console) -> None:
    """What was done, in a line."""
    parts = [f"{outcome.written:,} written"]
    if outcome.cleared:
        parts.append(f"{outcome.cleared:,} cleared")
    if outcome.looked_at.did_not_take:
        parts.append(f"{outcome.looked_at.did_not_take:,} of them did not take, tried again next time")
    if outcome.looked_at.waiting:
        parts.append(f"{outcome.looked_at.waiting:,} still to show, looked at again next time")
    if outcome.looked_at.unverified:
        parts.append(f"{outcome.looked_at.unverified:,} could not be looked at, which the next run does")
    if outcome.failed:
        parts.append(f"{outcome.failed:,} failed, tried again next time")
    if outcome.skipped:
        parts.append(f"{outcome.skipped:,} skipped, looked at again next time")
    if outcome.pending:
        parts.append(f"{outcome.pending:,} left for the next run")
    requests = sum(outcome.requests.values())
    console.print(f"{', '.join(parts)} in {outcome.seconds:.1f} s with {requests:,} requests.", highlight=False)


def _show_matched_nobody(found: MatchedNobody, console: Console) -> None:
    """Somebody may count on being left out, and is not for a letter too many."""
    if found.opted_out:
        told, more = found.opted_out[:MOST_LISTED], len(found.opted_out) - MOST_LISTED
        words = ", ".join(told) + (f" and {more:,} more; --json lists them all" if more > 0 else "")
        console.print(f"Note: nobody is known by what the opt-out list says: {words}", highlight=False, markup=False)
    if found.except_group is not None:
        words = f"Note: the group that except_group names has no members: {found.except_group}"
        console.print(words, highlight=False, markup=False)


def people(count: int) -> str:
    """So many of them, in words."""
    return f"{count:,} {'person' if count == 1 else 'people'}"
