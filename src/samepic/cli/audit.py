"""`samepic audit`: what administrators and helpdesk did, and whether anybody has changed what is written of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from samepic.cli import session
from samepic.cli.exit_codes import Exit
from samepic.cli.help import Command, Group
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.cli.word import said
from samepic.model.audit import Broken, Deed, Done, Entry, Fault, Head, Verified
from samepic.ports.audit import Audit
from samepic.report.sheet import lines

_PAGE = 500
_ENOUGH = 16  # digits of a hash: nobody makes another entry with the same

_WORDS = {
    Fault.CHANGED: "was changed",
    Fault.MOVED: "stood elsewhere: entries were re-ordered",
    Fault.REMOVED: "removed",
    Fault.UNCHAINED: "does not go on from what was before it",
    Fault.CUT_OFF: "cut off at the end",
    Fault.ANOTHER: "is another than the one that was noted",
}

app = typer.Typer(no_args_is_help=True, cls=Group, help="Verify, export or shorten the log of what administrators did.")


@app.callback()
def audit() -> None:
    """What administrators and helpdesk did: verify it, export it, take away what is old."""


@app.command(cls=Command)
def verify(
    noted: Annotated[
        str | None,
        typer.Option(
            "--noted", metavar="NUMBER:HASH", help="An end that this command told earlier; the log must go on from it."
        ),
    ] = None,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """See whether the audit log is as it was written.

    Each entry has the hash of its content and of the entry before it. Finds what was changed, moved or removed, at the
    end too, and says where. Whoever may write the whole database can make a new log from its beginning: note the end
    that this tells somewhere else, and give it with --noted the next time. Ends with 1 where anything is wrong.
    """
    head = _noted(noted)
    with session.state(session.configuration(config, log_format)) as state:
        found = state.audit.verify(head)
    if as_json:
        print_json(_as_json(found))
    else:
        _show(found)
    raise typer.Exit(Exit.FAILED if found.broken else Exit.OK)


@app.command(cls=Command)
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where the CSV goes; nothing may lie there yet.")],
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Write the audit log as CSV.

    Oldest first, with the hashes. Cells that a spreadsheet would take for a formula stand behind an apostrophe. Only
    you may read the file.
    """
    with session.state(session.configuration(config, log_format)) as state:
        log = state.audit
        try:
            handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.writelines(lines(_everything(log)))
        except OSError as error:
            raise session.fail(f"{out}: {error.strerror}") from None
        count = log.head().number
    if as_json:
        print_json({"file": str(out), "until": count})
    else:
        reader().print(f"Written: {out}", highlight=False, markup=False)


@app.command(cls=Command)
def cut(
    days: Annotated[int, typer.Option("--days", min=1, metavar="N", help="Entries older than so many days go.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    as_json: Json = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Take away what is older than you have agreed to keep.

    That it was done, by whom and until where is entered, so that the log still verifies. Nothing takes entries away by
    itself.
    """
    settings, now = session.configuration(config, log_format), datetime.now(UTC)
    if not yes and not typer.confirm(f"Take away all entries older than {days} days?"):
        raise session.fail("nothing was taken away")
    who = said(None, "").who
    with session.state(settings) as state:
        taken = state.audit.cut(now - timedelta(days=days), Done(who, who, "operator", Deed.CUT), now)
    if as_json:
        print_json({"removed": taken})
    else:
        reader().print(f"Taken away: {taken:,}.", highlight=False, markup=False)


def _everything(log: Audit) -> Iterator[Entry]:
    after = 0
    while page := log.page(after, _PAGE):
        yield from page
        after = page[-1].number


def _noted(text: str | None) -> Head | None:
    if text is None:
        return None
    number, _, digest = text.strip().partition(":")
    if not (number.isdecimal() and len(digest) >= _ENOUGH):
        raise session.fail("--noted: an end as `samepic audit verify` tells it, NUMBER:HASH, at least 16 digits of it")
    return Head(int(number), digest)


def _as_json(found: Verified) -> dict[str, Any]:
    broken = [{"entry": one.number, "until": one.until, "fault": one.fault.value} for one in found.broken]
    end = {"number": found.head.number, "hash": found.head.hash}
    return {"entries": found.entries, "first": found.first, "end": end, "broken": broken}


def _show(found: Verified) -> None:
    tell = reader()
    for one in found.broken:
        tell.print(_told(one), highlight=False, markup=False)
    if found.broken:
        return
    since = f", from {found.first:,} on" if found.first > 1 else ""
    entry = "entry, as it was" if found.entries == 1 else "entries, each as it was"
    tell.print(f"{found.entries:,} {entry} written{since}.", highlight=False, markup=False)
    if found.entries:
        tell.print(f"It ends at {found.head.number}:{found.head.hash}", highlight=False, markup=False, soft_wrap=True)


def _told(one: Broken) -> str:
    which = f"Entry {one.number}" if one.until == one.number else f"Entries {one.number} to {one.until}"
    return f"{which}: {_WORDS[one.fault]}."
