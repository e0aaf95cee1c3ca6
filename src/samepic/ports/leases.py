"""Leases of workers: who of them may write.

No moment is kept and no two clocks are compared. A holder counts beats up; whoever watches it by their own clock and
sees the same number for a whole lease may void it. A holder that was voided can commit nothing any more: each of its
transactions asks for its epoch.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from samepic.model.lease import Holder, Lease


class LeaseLost(Exception):
    """This worker has been silent for longer than its lease: its work may be somebody else's, and it writes nothing."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"worker {holder} was silent for longer than its lease, so that others may go on with its work: "
            "it writes nothing more. Start another one"
        )
        self.holder = holder


class Leases(Protocol):
    """The leases of all workers."""

    def take(self, holder: str, who: str, at: datetime) -> Lease:
        """Enter a new worker; its name is one that no worker ever had."""
        ...

    def beat(self, lease: Lease) -> None:
        """Say that the holder lives. Raises LeaseLost where the lease has been voided."""
        ...

    def holders(self) -> list[Holder]:
        """Every worker that has not ended in good order, or was voided and is remembered yet."""
        ...

    def void(self, seen: Holder) -> bool:
        """Take away a lease, if its holder has said nothing since it was seen; whether this call took it away."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other worker out of what this is held for; it may take a moment, and is short."""
        ...

    def give_back(self, lease: Lease) -> None:
        """Forget a worker, which ends in good order or of which nothing is left to take over."""
        ...
