"""Things that may be used one time, or for a while, and are then forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Used:
    """Names that were used, each remembered until it could not be used any more. Times are POSIX seconds."""

    _until: dict[str, float] = field(default_factory=dict)

    def first_use(self, name: str, *, until: float, now: float) -> bool:
        """Whether this is the first time; False ever after, until it is forgotten."""
        if len(self._until) > 1000:
            self._until = {n: t for n, t in self._until.items() if t > now}
        if self._until.get(name, 0) > now:
            return False
        self._until[name] = until
        return True
