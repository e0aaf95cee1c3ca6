"""What is remembered of one person's pictures, and how the vault stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from samepic.model.picture import PictureState
from samepic.model.remembered import Change, Kept


@dataclass(frozen=True, slots=True)
class Past:
    """A person's pictures in the vault and our changes of the target, both newest first.

    present: the vault's names of those that lie there.
    """

    key: str
    person: str
    display_name: str
    route: str
    kept: tuple[Kept, ...] = ()
    changes: tuple[Change, ...] = ()
    present: frozenset[str] = frozenset()

    def named(self, name: PictureState) -> Kept | None:
        """What is known of a picture by the vault's name of it; None for other answers, and where it is forgotten."""
        return next((one for one in self.kept if one.sha256 == name), None)

    def shown(self, at: datetime | None = None) -> PictureState | None:
        """What the target showed at a time, or after our latest change; None where nothing of ours tells."""
        earlier = [change for change in self.changes if at is None or change.at <= at]
        if earlier:
            return earlier[0].after
        return self.changes[-1].before if self.changes else None


class Flaw(StrEnum):
    """What is wrong with a picture of the vault, or was."""

    DAMAGED = "damaged"  # other bytes than were put there
    MISSING = "missing"
    REPAIRED = "repaired"  # the very bytes, from a system that still has them
    COPIED = "copied"  # another copy of the same picture stands for it, from a system that shows one


@dataclass(frozen=True, slots=True)
class Flawed:
    """One picture that is not as it was kept, and words for what became of it."""

    kept: Kept
    flaw: Flaw
    words: str = ""


@dataclass(slots=True)
class Verified:
    """What going through the vault showed.

    orphans: files that are nobody's, the rests of cut-off writes among them; collected: how many of those were taken
    away. flaws: the first thousand.
    """

    pictures: int = 0
    size_bytes: int = 0
    whole: int = 0
    orphans: int = 0
    collected: int = 0
    counts: dict[Flaw, int] = field(default_factory=dict)
    flaws: list[Flawed] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many pictures nobody can give back now."""
        return self.counts.get(Flaw.DAMAGED, 0) + self.counts.get(Flaw.MISSING, 0)

    def met(self, flawed: Flawed) -> None:
        """Count one that is not as it was."""
        self.counts[flawed.flaw] = self.counts.get(flawed.flaw, 0) + 1
        if len(self.flaws) < 1000:
            self.flaws.append(flawed)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of one person: pictures of the vault, and how many of those files were nobody else's.

    unfinished: writes that had begun and that nobody finishes any more.
    """

    person: str
    pictures: int
    files: int
    unfinished: int = 0
