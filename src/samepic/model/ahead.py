"""What a run has before it, in numbers: by these its calls are reckoned."""

from __future__ import annotations

from dataclasses import dataclass

_MANY, _OF_ALL = 100, 0.05


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many people a run is about.

    looked: whose picture's mark the source is asked for. shown: with pictures in the target's listing. compared: with a
    picture on both sides that were never compared. written: who get a picture; of them `over` replace one that shows,
    and the files of `hidden` lie in the library without being shown. cleared: whose picture is taken away. kept: whose
    picture did not come from us, and is read and kept before it is replaced or cleared. turned: who would get one but
    for what the target says of them, each time it is asked; `turned_files`: of these, with files to look at too.
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

    def done(self) -> Ahead:
        """What the next run has before it if nobody changes anything."""
        shown = min(self.looked, self.shown + self.written - self.over) - self.cleared
        return Ahead(self.person, self.looked, max(0, shown), turned=self.turned, turned_files=self.turned_files)


def lists_again(changed: int, people: int) -> bool:
    """Whether one listing of the target costs less than to ask for the files of everybody who was changed."""
    return changed >= _MANY and changed >= _OF_ALL * people
