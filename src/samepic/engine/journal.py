"""What the state is asked, and told, for each person's step: for several people in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from samepic.engine.gathered import Gathered
from samepic.engine.remember import after_write, change_of
from samepic.model.decision import Action, Reason
from samepic.model.picture import PictureState, Stamp
from samepic.model.remembered import Closed, Footing, Intent, Kept, Memory, Seen
from samepic.model.system import Written
from samepic.ports.clock import Clock
from samepic.ports.state import State

Opening = tuple[Intent, Sequence[Kept]]
Closing = tuple[Intent, Written]


class Journal:
    """A route's, for one run. source, target: the systems' names."""

    def __init__(self, route: str, source: str, target: str, state: State, clock: Clock, thread: Executor) -> None:
        self._route, self._source, self._target = route, source, target
        self._state = state
        self._clock = clock
        self.footing: Gathered[str, Footing] = Gathered(thread, self._footing)
        """How a person stands, by key, before their step is taken."""
        self.open: Gathered[Opening, None] = Gathered(thread, self._open)
        """Commit an intent before the first request of its write, with whose the pictures in the vault are."""
        self.close: Gathered[Closing, Memory] = Gathered(thread, self._close)
        """Remember what a write left and close its intent; the memory as it is now."""

    def _footing(self, keys: Sequence[str]) -> list[Footing]:
        found = self._state.intents.footing(self._route, keys)
        seen = self._state.memories.seen(self._source, keys)
        return [replace(found[key], seen=seen.get(key)) for key in keys]

    def _open(self, openings: Sequence[Opening]) -> list[None]:
        self._state.intents.open_all(self._route, openings)
        return [None] * len(openings)

    def _close(self, closings: Sequence[Closing]) -> list[Memory]:
        old = self._state.memories.of(self._route, [intent.key for intent, _ in closings])
        now = self._clock.now()
        memories = [after_write(old.get(intent.key), intent, written, now) for intent, written in closings]
        self._state.intents.close_all(
            self._route,
            [
                Closed(intent.key, memory, self._seen(intent, written), change_of(intent, written, now))
                for (intent, written), memory in zip(closings, memories, strict=True)
            ],
        )
        return memories

    def _seen(self, intent: Intent, written: Written) -> dict[str, Seen]:
        """Both systems show the same picture now: neither needs reading again to be compared.

        Where an earlier one was put back only the target shows it.
        """
        if intent.action is Action.CLEAR:
            return {}
        states: dict[str, PictureState] = {self._target: written.stamp}
        if intent.reason is not Reason.RESTORED:
            states[self._source] = intent.source
        return {
            system: Seen(Stamp(state), intent.fingerprint) for system, state in states.items() if isinstance(state, str)
        }
