"""What may be seen of one person in the end, by what was done to them and by docs/reference/reasons.md alone.

Nobody knows between which two deeds Samepic looked. So every order is followed: the states that are possible after
each deed, and after each run that may or may not have come between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MOST_BLANKED = 2
"""Our picture is taken away so often within a week, while the source stands still: the target is believed then."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the target shows. picture: its number, None for none; theirs: another program put it there.

    blanked: how often it was found taken away since the source last changed.
    """

    picture: int | None
    theirs: bool = False
    blanked: int = 0


@dataclass
class Truth:
    """One person, who was in step when this began."""

    source: int | None
    states: set[Shown] = field(default_factory=set)
    raced: bool = False
    """Somebody else changed the target while our write may have been under way: nobody can say who was later."""
    puts: int = 0
    losses: int = 0

    def __post_init__(self) -> None:
        self.states = {Shown(self.source)}

    def the_source_gets(self, picture: int) -> None:
        """The person uploads another picture."""
        self._a_run_may_come()
        self.source = picture
        self.puts += 1
        self.states = {replace(one, blanked=0) for one in self.states}
        self._a_run_may_come()

    def the_source_loses_it(self) -> None:
        """The person takes their picture away."""
        self._a_run_may_come()
        self.source = None
        self._a_run_may_come()

    def another_writes(self, picture: int, *, raced: bool) -> None:
        """Another program overwrites the target."""
        self._a_run_may_come()
        self.raced = self.raced or raced
        self.states = {Shown(picture, theirs=True)}
        self._a_run_may_come()

    def another_deletes(self, *, raced: bool) -> None:
        """Another program takes the target's files away."""
        self._a_run_may_come()
        self.raced = self.raced or raced
        self.losses += 1
        self.states = {replace(one, picture=None, theirs=False, blanked=one.blanked + 1) for one in self.states}
        self._a_run_may_come()

    def in_the_end(self) -> set[int | None]:
        """Which picture the target may show after a run that had nothing in its way."""
        return {one.picture for state in self.states for one in _after_a_run(state, self.source)}

    def _a_run_may_come(self) -> None:
        self.states |= {after for one in self.states for after in _after_a_run(one, self.source)}


def _after_a_run(shown: Shown, source: int | None) -> Iterable[Shown]:
    if source is None or (shown.theirs and shown.picture is not None):
        return [shown]  # kept, removed, parted; drifted or a clash, which is shown and left
    ours = Shown(source, blanked=shown.blanked)
    if shown.picture is None and shown.blanked >= MOST_BLANKED:
        return [shown, ours]  # overruled, unless a run came too late to see one of them
    return [ours]
