"""What to make of an error on one person: theirs alone, or the beginning of everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from samepic.engine.route import Route
from samepic.model.sayings import Saying, saying, together
from samepic.model.system import Grant
from samepic.ports.clock import Clock
from samepic.ports.errors import AccessDenied, Busy, SystemFault

_MOST_IN_A_ROW = 20
_PROBE_AGAIN_AFTER = timedelta(seconds=30)


class Stop(Exception):
    """The run ends here; its words tell the administrator why. missing: what is to be granted, where it is that."""

    def __init__(self, words: str, missing: tuple[Grant, ...] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.missing = missing

    @classmethod
    def of(cls, fault: SystemFault) -> Stop:
        """Because of a fault that is not one person's."""
        return cls(words_of(fault), fault.missing if isinstance(fault, AccessDenied) else ())


class Streak:
    """Counts errors in a row, and asks the system whether it still lets us in."""

    def __init__(self, route: Route, clock: Clock) -> None:
        self._systems = {system.profile.name: system for system in (route.census, route.source, route.target)}
        self._clock = clock
        self._in_a_row = 0
        self._probed_at: dict[str, datetime] = {}

    def well(self) -> None:
        """A person went through: whatever went wrong before was theirs."""
        self._in_a_row = 0

    async def met(self, fault: SystemFault) -> str:
        """Count an error on one person and say it in words. Raises Stop where it is not theirs alone."""
        self._in_a_row += 1
        if self._in_a_row >= _MOST_IN_A_ROW:
            raise Stop(saying("many_in_a_row", n=_MOST_IN_A_ROW, last=words_of(fault))) from fault
        if not isinstance(fault, Busy):
            await self._probe(fault)
        return words_of(fault)

    async def _probe(self, fault: SystemFault) -> None:
        system, now = self._systems.get(fault.system), self._clock.now()
        probed_at = self._probed_at.get(fault.system)
        if system is None or (probed_at is not None and now - probed_at < _PROBE_AGAIN_AFTER):
            return
        self._probed_at[fault.system] = now
        probe = await system.probe()
        if not probe.works:
            known = {"system": probe.system, "saw": probe.words}
            lacks = _lacks(probe.missing)
            shut_out = saying("shut_out_lacks", **known, lacks=lacks) if lacks else saying("shut_out", **known)
            raise Stop(shut_out, probe.missing) from fault


def words_of(fault: SystemFault) -> Saying:
    """A fault in words, with what to grant where that is known."""
    lacks = _lacks(fault.missing) if isinstance(fault, AccessDenied) else ""
    return saying("denied_lacks", **fault.said.fields, lacks=lacks) if lacks else fault.said


def _lacks(missing: Sequence[Grant]) -> str:
    return together((saying("grant", permission=one.permission, why=one.why) for one in missing), "grants")
