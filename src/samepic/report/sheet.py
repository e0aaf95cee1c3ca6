"""Rows as a spreadsheet's file that commands nothing of whoever opens it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from samepic.model.audit import Entry
from samepic.model.plan import Step
from samepic.model.text import one_line

COLUMNS = ("number", "at", "who", "account", "role", "what", "about", "words", "from_where", "before", "hash")
STEP_COLUMNS = ("object_id", "name", "address", "action", "reason", "detail")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula (owasp.org/www-community/attacks/CSV_Injection)."""


_WITHIN = re.compile("([;,|]['\"\\s\u00a0]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a cell may begin that we did not write: a spreadsheet separates by its country's sign, a semicolon in Norway
and Latvia, whatever stands in quotation marks for one that separates by commas."""


_HARMLESS = re.compile(r"[0-9A-Za-z][0-9A-Za-z _.:@/+-]*")
"""What most cells are, told at once: a long log is a million of them."""


def guarded(value: object) -> str:
    """A value as it may stand in a cell: behind an apostrophe where it would be a formula."""
    text = str(value)
    if _HARMLESS.fullmatch(text):
        return text
    begins = text.lstrip(" \u00a0")[:1]
    shown = _WITHIN.sub(r"\1'", one_line(text))
    return f"'{shown}" if begins in _FORMULA and begins else shown


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    """A line for each entry of the audit log, the columns' names first; for UTF-8."""
    yield _line(COLUMNS)
    for entry in entries:
        yield _line(_cells(entry))


def whole_lines(entries: Iterable[Entry], *, first: bool) -> str:
    """A portion of the same as one text. first: the columns' names stand before it."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    if first:
        rows.writerow(COLUMNS)
    rows.writerows(map(_cells, entries))
    return written.getvalue()


def lines_of_steps(steps: Iterable[Step]) -> Iterator[str]:
    """A line for each step of a plan, the columns' names first; for UTF-8."""
    yield _line(STEP_COLUMNS)
    for step in steps:
        keys = step.keys
        address = keys.upn or keys.mail or ""
        told = (keys.object_id or "", step.display_name, address, step.action.value, step.reason.value, step.detail)
        yield _line([guarded(one) for one in told])


def _cells(entry: Entry) -> list[str]:
    done, at = entry.done, entry.at.isoformat(timespec="microseconds")
    told = (done.who, done.account, done.role, done.what, done.about, done.words, done.from_where)
    return [guarded(one) for one in (entry.number, at, *told, entry.before, entry.hash)]


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
