"""Log lines to standard error: ids and numbers, no secrets, and no names unless they are allowed."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from samepic.cli.options import LogFormat
from samepic.model.text import escaped, one_line, several_lines
from samepic.ports.about import ids
from samepic.transport.unspoken import without_secrets

_WORD = re.compile(r'[^\s"=]+')

_ADDRESS = re.compile(r"""[^\s<>"'(),;:=/\\]+(?:@|%40)[^\s<>"'(),;:=/\\]+""")
_FILE_OF = re.compile(r"""[^\s<>"'(),;=/\\]+(?=_[SML]Thumb)""")
_SOMEBODY = "[person]"
"""Our own lines name nobody. What a system answered is repeated in some, and may: an address, or the name of a
picture's file in SharePoint, which was made of one."""


def start(log_format: LogFormat, level: int = logging.INFO) -> None:
    """Send what Samepic logs to standard error in one format, so that output stays parseable."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format is LogFormat.JSON else _Text())
    logger = logging.getLogger("samepic")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def allow_names() -> None:
    """From now on people may be named."""
    for handler in logging.getLogger("samepic").handlers:
        if isinstance(handler.formatter, _Formatter):
            handler.formatter.names = True


def say(words: str) -> None:
    """Tell why a command ends: words on standard error, or a log line like the others where those are JSON."""
    handler = next(iter(logging.getLogger("samepic").handlers), None)
    if handler is not None and isinstance(handler.formatter, _Json):
        logging.getLogger("samepic").error(words, extra={"answer": True})
    else:
        sys.stderr.write(f"{several_lines(without_secrets(words))}\n")


class _Formatter(logging.Formatter):
    """What both formats leave out. names: whether people may be named."""

    names = False

    def fit(self, record: logging.LogRecord, text: str) -> str:
        """A text as it may be told; whoever gave the command may read what they named, in the answer to it."""
        told = without_secrets(text)
        if self.names or record.levelno < logging.INFO or getattr(record, "answer", False):
            return told
        return _FILE_OF.sub(_SOMEBODY, _ADDRESS.sub(_SOMEBODY, told))

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """What a line is about: the work it was written in, and what `extra={"facts": {...}}` gives."""
        facts: dict[str, Any] = {**ids(), **getattr(record, "facts", {})}
        return {name: self.fit(record, value) if isinstance(value, str) else value for name, value in facts.items()}


class _Text(_Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(message)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line whatever it is about: nobody's name begins a line that looks like another's."""
        facts = "".join(f" {name}={_shown(value)}" for name, value in self.facts(record).items())
        return one_line(self.fit(record, super().formatMessage(record)) + facts)

    def formatException(self, ei: Any) -> str:
        """Indented, so that no line of it passes for a record."""
        return several_lines(without_secrets(super().formatException(ei))).replace("\n", "\n    ")


class _Json(_Formatter):
    """An object a line: when (UTC), level, logger, event, what it is about, and the exception where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self.fit(record, record.getMessage()),
            **self.facts(record),
        }
        if record.exc_info:
            line["exception"] = self.fit(record, self.formatException(record.exc_info))
        return escaped(json.dumps(line, ensure_ascii=False))


def _shown(value: object) -> str:
    """A word as it is, anything else as JSON has it, so that a line can be taken apart again."""
    text = str(value)
    return text if isinstance(value, str) and _WORD.fullmatch(text) else json.dumps(value, ensure_ascii=False)
