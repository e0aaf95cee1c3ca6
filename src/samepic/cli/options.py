"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class LogFormat(StrEnum):
    """How log lines are written to standard error."""

    TEXT = "text"
    JSON = "json"


Config = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="The configuration; else $SAMEPIC_CONFIG, else ./samepic.toml.", metavar="FILE"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]
Log = Annotated[LogFormat, typer.Option("--log-format", help="How log lines on standard error look.")]
RouteName = Annotated[
    str | None, typer.Option("--route", help="Which route; may be left out where there is one.", metavar="NAME")
]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Object id, UPN or mail address.")]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report", help="Write a page with everybody's pictures before and after, and the same as PNG.", metavar="FILE"
    ),
]
