"""Who may work on the parts of a run, and until when that is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to write. It is void once the epoch that the state has for the holder is another one."""

    holder: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A lease as the state has it.

    beats: how often the holder has said that it lives. lapsed: somebody has seen it say nothing for a whole lease.
    who: the process, for a reader.
    """

    lease: Lease
    who: str
    since: datetime
    beats: int
    lapsed: bool
