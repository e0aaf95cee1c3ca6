"""The faults of one tenant: posted, met, released, taken back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from localtenant.faults.fault import BY_EFFECT, Call, Fault, fault_from


class Faults:
    """In the order of posting; of several that a request could meet, the first that is due is met."""

    def __init__(self) -> None:
        self._by_id: dict[str, Fault] = {}
        self._numbers = itertools.count(1)

    def post(self, posted: object, people: tuple[str, ...] = ()) -> Fault:
        """Keep a fault. people: the names of the person it is about, if it is. Raises BadFault."""
        fault = fault_from(posted, f"fault-{next(self._numbers)}")
        fault.people = tuple(name.casefold() for name in people)
        self._by_id[fault.id] = fault
        return fault

    def longest_stale_seconds(self) -> float:
        """How far back a read may have to look; 0 where every read is fresh."""
        return max((fault.seconds for fault in self._by_id.values() if fault.kind == "stale_reads"), default=0)

    def look_at_bodies(self) -> bool:
        """Whether a fault is about a person, whose name may stand in a request's body only."""
        return any(fault.person for fault in self._by_id.values())

    def meet(self, call: Call, caller: tuple[str, str | None, str]) -> Fault | None:
        """Account for a request; the fault that it meets, if any. caller: app, person, operation."""
        due: Fault | None = None
        for fault in self._by_id.values():
            if fault.matches(call):
                fault.seen += 1
                if due is None and fault.is_due():
                    due = fault
        if due is not None and due.kind not in BY_EFFECT:
            due.account(caller)
        return due

    def release(self, fault_id: str) -> Fault | None:
        """Let those go that a fault holds now; later ones are held again while it lasts."""
        fault = self._by_id.get(fault_id)
        if fault is not None:
            fault.release()
        return fault

    def remove(self, fault_id: str) -> bool:
        """Take a fault back, releasing what it holds; whether there was one."""
        fault = self._by_id.pop(fault_id, None)
        if fault is not None:
            fault.end()
        return fault is not None

    def clear(self) -> None:
        """Take all back."""
        for fault_id in list(self._by_id):
            self.remove(fault_id)

    def get(self, fault_id: str) -> Fault | None:
        """A fault by its id."""
        return self._by_id.get(fault_id)

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._by_id.values()))

    def __bool__(self) -> bool:
        return bool(self._by_id)
