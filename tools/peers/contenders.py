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
FEW = 100
"""People for those that wait between calls: they take as long for each of more."""


@dataclass(frozen=True, slots=True)
class Contender:
    """program: under tools/peers; none for Samepic itself. work: "same" is Exchange's pictures to SharePoint.

    write: the vendor's name of the operation that brings a picture. few: for the first of the list only.
    """

    name: str
    title: str
    work: Literal["same", "other", "floor"]
    write: str
    program: str = ""
    options: tuple[str, ...] = ()
    few: bool = False

    def people(self, corpus: Corpus) -> int:
        """How many people it is given."""
        return min(corpus.listed, FEW) if self.few else corpus.listed

    def command(self, corpus: Corpus, said: dict[str, Any], folder: Path, recorded: Path) -> Sequence[str]:
        """One pass against the tenant that said this. folder: its own, kept from pass to pass."""
        if self.name == OURS:
            return [SAMEPIC, "sync", "--config", str(folder / "samepic.toml")]
        told = [json.dumps(said), str(corpus.people), str(corpus.pictures), str(self.people(corpus))]
        extra = [str(recorded)] if self.name == FLOOR else []
        return [sys.executable, f"tools/peers/{self.program}", *told, *extra, *self.options]


CONTENDERS = (
    Contender(OURS, "Samepic", "same", "Files/add"),
    Contender("pnp", "PnP's algorithm, without its wait", "same", "Files/add", "pnp.py"),
    Contender(
        "pnp_delay", "PnP's algorithm, with the wait it advises", "same", "Files/add", "pnp.py", ("--delay",), True
    ),
    Contender("graph_loop", "get, hash, put by msgraph-sdk", "other", "photo/$value", "graph_loop.py"),
    Contender("o365", "python-o365 as shipped", "other", "photo/$value", "o365_loop.py", few=True),
    Contender(FLOOR, "the floor", "floor", "Files/add", "floor.py"),
)
