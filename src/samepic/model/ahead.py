"""What a run has before it, in numbers: by these its calls are reckoned."""

from __future__ import annotations

from dataclasses import dataclass, replace

_MANY, _OF_ALL = 100, 0.05


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many people a run is about.

    looked: whose picture's mark the source is asked for. shown: with pictures in the target's listing. compared: with a
    picture on both sides that were never compared. written: who get a picture; of them `over` replace one that shows,
    and the files of `hidden` lie in the library without being shown. cleared: whose picture is taken away. kept: whose
    picture did not come from us, and is read and kept before it is replaced or cleared. turned: who would get one but
    for what the target says of them, each time it is asked; `turned_files`: of these, with files to look at too.
    groups: those that the policy names, which are listed; `named` of them by a name, which is looked up. members: of
    all of these groups together.
    """

    person: int
    looked: int
    shown: int = 0
    compared: int = 0
    written: int = 0
    over: int = 0
    kept: int = 0
    hidden: int = 0
    cleared: int = 0
    turned: int = 0
    turned_files: int = 0
    groups: int = 0
    named: int = 0
    members: int = 0

    def done(self) -> Ahead:
        """What the next run has before it if nobody changes anything."""
        shown = min(self.looked, self.shown + self.written - self.over) - self.cleared
        changed = {"compared": 0, "written": 0, "over": 0, "kept": 0, "hidden": 0, "cleared": 0}
        return replace(self, shown=max(0, shown), **changed)


def lists_again(changed: int, people: int) -> bool:
    """Whether one listing of the target costs less than to ask for the files of everybody who was changed."""
    return changed >= _MANY and changed >= _OF_ALL * people
