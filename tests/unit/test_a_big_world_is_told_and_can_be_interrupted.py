"""Drawing a big world takes a while: a terminal shows how far it has come, Ctrl-C ends it, and there is a most."""

from __future__ import annotations

import io
import os
import signal
import sys

import pytest
from tests.command_line import samepic

from localtenant.founding import Options, found
from localtenant.serve import serve
from samepic.cli import tenant


def test_it_is_told_how_far_a_world_has_come() -> None:
    told: list[tuple[int, int]] = []
    found(Options(people=1_200), lambda people, of: told.append((people, of)))
    assert told == [(0, 1_200), (500, 1_200), (1_000, 1_200), (1_200, 1_200)]


def test_ctrl_c_ends_the_drawing_at_once() -> None:
    told: list[int] = []

    def drawn(people: int, _: int) -> None:
        told.append(people)
        if people == 500:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        serve(Options(people=20_000), lambda _: pytest.fail("it was served"), drawn)
    assert told == [0, 500], "what follows is not drawn any more"


@pytest.mark.parametrize("of", [200, 12_000])
def test_a_small_world_is_not_worth_a_word(of: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    for people in [*range(0, of, 500), of]:
        tenant._told(people, of)
    lines = said.getvalue()
    if of == 200:
        assert lines == ""
    else:
        assert [part for part in lines.split("\r") if part] == [
            "Drawing the world: 0 of 12,000 people",
            "Drawing the world: 5,000 of 12,000 people",
            "Drawing the world: 10,000 of 12,000 people",
            "Drawing the world: 12,000 of 12,000 people\n",
        ]


@pytest.mark.parametrize("command", [("tenant", "serve"), ("demo",)])
def test_more_people_than_it_can_bear_are_refused_with_the_most(command: tuple[str, ...]) -> None:
    ended = samepic(*command, "--people", "3000000")
    most = "1000000" if command[0] == "tenant" else "100000"
    assert ended.code == 1 and most in ended.err and "--people" in ended.err
