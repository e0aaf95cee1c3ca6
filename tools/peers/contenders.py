"""Who is measured, and how each is started."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from peers.corpus import Corpus

SAMEPIC = str(Path(sys.executable).parent / "samepic")
OURS, FLOOR = "samepic", "floor"


@dataclass(frozen=True, slots=True)
class Shares:
    """Of how many people each kind of contender is given the first, and how often each is measured.

    Samepic and the floor have everybody. peers: those that work on one person after another, so that each of more takes
    them as long; waiting: those of them that wait between calls, which are measured once.
    """

    peers: int
    waiting: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Contender:
    """program: under tools/peers; none for Samepic itself. work: "same" is Exchange's pictures to SharePoint.

    write: the vendor's name of the operation that brings a picture. waits: between its calls, on purpose.
    """

    name: str
    title: str
    work: Literal["same", "other", "floor"]
    write: str
    program: str = ""
    options: tuple[str, ...] = ()
    waits: bool = False

    def people(self, listed: int, shares: Shares) -> int:
        """How many people it is given."""
        if self.name in (OURS, FLOOR):
            return listed
        return min(listed, shares.waiting if self.waits else shares.peers)

    def rounds(self, shares: Shares) -> int:
        """How often it is measured."""
        return 1 if self.waits else shares.rounds

    def command(self, corpus: Corpus, people: int, said: dict[str, Any], folder: Path, recorded: Path) -> Sequence[str]:
        """One pass for so many people against the tenant that said this. folder: its own, kept from pass to pass."""
        if self.name == OURS:
            return [SAMEPIC, "sync", "--config", str(folder / "samepic.toml")]
        told = [json.dumps(said), str(corpus.people), str(corpus.pictures), str(people)]
        extra = [str(recorded)] if self.name == FLOOR else []
        return [sys.executable, f"tools/peers/{self.program}", *told, *extra, *self.options]


CONTENDERS = (
    Contender(OURS, "Samepic", "same", "Files/add"),
    Contender("pnp", "PnP's algorithm, without its wait", "same", "Files/add", "pnp.py"),
    Contender(
        "pnp_delay",
        "PnP's algorithm, with the wait it advises",
        "same",
        "Files/add",
        "pnp.py",
        ("--delay",),
        waits=True,
    ),
    Contender("graph_loop", "get, hash, put by msgraph-sdk", "other", "photo/$value", "graph_loop.py"),
    Contender("o365", "python-o365 as shipped", "other", "photo/$value", "o365_loop.py", waits=True),
    Contender(FLOOR, "the floor", "floor", "Files/add", "floor.py"),
)
