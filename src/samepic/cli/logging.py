"""Log lines to standard error: ids and numbers, no names, no secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from samepic.cli.options import LogFormat
from samepic.model.text import escaped, one_line, several_lines
from samepic.transport.unspoken import without_secrets

_WORD = re.compile(r'[^\s"=]+')


def start(log_format: LogFormat, level: int = logging.INFO) -> None:
    """Send what Samepic logs to standard error in one format, so that output stays parseable."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format is LogFormat.JSON else _Text())
    logger = logging.getLogger("samepic")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False


def say(words: str) -> None:
    """Tell why a command ends: words on standard error, or a log line like the others where those are JSON."""
    handler = next(iter(logging.getLogger("samepic").handlers), None)
    if handler is not None and isinstance(handler.formatter, _Json):
        logging.getLogger("samepic").error(words)
    else:
        sys.stderr.write(f"{several_lines(without_secrets(words))}\n")


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(message)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line whatever it is about: nobody's name begins a line that looks like another's."""
        facts = "".join(f" {name}={_shown(value)}" for name, value in _facts(record).items())
        return one_line(without_secrets(super().formatMessage(record) + facts))

    def formatException(self, ei: Any) -> str:
        """Indented, so that no line of it passes for a record."""
        return several_lines(without_secrets(super().formatException(ei))).replace("\n", "\n    ")


class _Json(logging.Formatter):
    """An object a line: when (UTC), level, logger, event, and the exception where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": without_secrets(record.getMessage()),
            **_facts(record),
        }
        if record.exc_info:
            line["exception"] = without_secrets(self.formatException(record.exc_info))
        return escaped(json.dumps(line, ensure_ascii=False))


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """What a line is about, as `extra={"facts": {...}}` gives it."""
    facts: dict[str, Any] = getattr(record, "facts", {})
    return {name: without_secrets(value) if isinstance(value, str) else value for name, value in facts.items()}


def _shown(value: object) -> str:
    """A word as it is, anything else as JSON has it, so that a line can be taken apart again."""
    text = str(value)
    return text if isinstance(value, str) and _WORD.fullmatch(text) else json.dumps(value, ensure_ascii=False)
