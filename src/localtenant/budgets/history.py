"""How much was used in each span, whatever the limit: for whoever wants to see how near a client came to its budget."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from localtenant.budgets.table import BY_NAME, Per
from localtenant.clock import Clock

SPANS_KEPT = 2_000
MOST_OPEN = 10_000


@dataclass(slots=True)
class Span:
    """One span of one budget. whose: an app or a person, empty for the tenant. used: by requests that were let in."""

    budget: str
    whose: str
    began: str
    used: float = 0
    refused: float = 0
    requests: int = 0


class History:
    """Spans one behind the other, each from its first request on. Those of single mailboxes are not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[tuple[str, str], tuple[float, Span]] = {}
        self._over: deque[Span] = deque(maxlen=SPANS_KEPT)

    def clear(self) -> None:
        """Begin anew."""
        self._open.clear()
        self._over.clear()

    def add(self, taken: Iterable[tuple[str, str, float]], *, admitted: bool) -> None:
        """Count what a request took, or would have."""
        now = self._clock.budget_seconds()
        for name, whose, amount in taken:
            if not amount or BY_NAME[name].per is Per.APP_AND_MAILBOX:
                continue
            span = self._span(name, whose, now)
            span.requests += 1
            if admitted:
                span.used += amount
            else:
                span.refused += amount

    def _span(self, name: str, whose: str, now: float) -> Span:
        found = self._open.get((name, whose))
        if found is not None and 0 <= now - found[0] < BY_NAME[name].span_seconds:
            return found[1]
        if found is not None:
            self._over.append(found[1])
        elif len(self._open) >= MOST_OPEN:
            self._over.append(self._open.pop(next(iter(self._open)))[1])
        span = Span(name, whose, self._clock.now().isoformat())
        self._open[name, whose] = (now, span)
        return span

    def as_json(self) -> list[dict[str, object]]:
        """The latest, in the order in which they began."""
        spans = sorted([*self._over, *(span for _, span in self._open.values())], key=lambda span: span.began)
        return [asdict(span) for span in spans]
