"""A line of the log: what it is about in facts, and nobody's name in what a system said."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from unittest import mock

import pytest

from samepic.cli import logging as ours
from samepic.cli.options import LogFormat
from samepic.ports.about import about

SAID = [
    "429 kari@contoso.com, one moment",
    "404 '/users/kari%40contoso.com/photo'",
    "jane_elsewhere.com#EXT#@contoso.com is a guest",
    "423 /User Photos/Profilbilder/kari_contoso_com_LThumb.jpg is locked",
    '{"upn":"kari@contoso.com"}',
]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    logger = logging.getLogger("samepic")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.level, logger.propagate = before


def logged(
    log_format: LogFormat, event: str, *, names: bool = False, level: int = logging.INFO, **facts: object
) -> str:
    out = io.StringIO()
    with mock.patch("sys.stderr", out):
        ours.start(log_format, logging.DEBUG)
        if names:
            ours.allow_names()
        logging.getLogger("samepic.test").log(level, "%s", event, extra={"facts": facts})
    return out.getvalue()


@pytest.mark.parametrize("log_format", list(LogFormat))
@pytest.mark.parametrize("said", SAID)
def test_whom_a_system_names_is_not_repeated(said: str, log_format: LogFormat) -> None:
    for line in (logged(log_format, said), logged(log_format, "a line", words=said)):
        assert "kari" not in line
        assert "jane" not in line
        assert "[person]" in line
    assert "kari" in logged(log_format, said, names=True) or "jane" in said
    assert "[person]" not in logged(log_format, said, level=logging.DEBUG), "who asks for that sees it all"


def test_what_is_no_name_stays(said: str = "503 https://graph.microsoft.com/v1.0/$batch in 3.5 s: a_b @ c") -> None:
    assert json.loads(logged(LogFormat.JSON, said))["event"] == said


def test_whoever_named_somebody_reads_it_in_the_answer() -> None:
    out = io.StringIO()
    with mock.patch("sys.stderr", out):
        ours.start(LogFormat.JSON)
        ours.say("nobody is known by kari@contoso.com")
    assert json.loads(out.getvalue())["event"] == "nobody is known by kari@contoso.com"


def test_a_line_tells_what_the_work_is_about() -> None:
    with about(route="main", run="r1"), about(person="p1"):
        line = json.loads(logged(LogFormat.JSON, "a line", number=3))
        text = logged(LogFormat.TEXT, "a line", words='two "words"', number=3)
    assert (line["route"], line["run"], line["person"], line["number"]) == ("main", "r1", "p1", 3)
    assert text.endswith('a line route=main run=r1 person=p1 words="two \\"words\\"" number=3\n')
    assert "route" not in json.loads(logged(LogFormat.JSON, "another"))
