"""Log lines to standard error: ids and numbers, no names, no secrets."""

from __future__ import annotations

import logging
import sys

import structlog

from samepic.cli.options import LogFormat


def start(log_format: LogFormat, level: int = logging.WARNING) -> None:
    """Set up structlog for this process; everything goes to standard error, so that output stays parseable."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
