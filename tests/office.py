"""A made-up office in memory: a census, a source, a target and an engine between them, with a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from tests.databases import put_empty_state
from tests.pictures import encoded, mosaic

from samepic.engine import Engine, Route
from samepic.model.outcome import StepResult
from samepic.model.person import KeyKind, Keys, Person, PersonId
from samepic.model.picture import Picture
from samepic.model.plan import Step
from samepic.model.policy import Policy
from samepic.model.system import Looks
from samepic.ports.progress import Silent
from samepic.state.store import Store, open_state
from samepic.state.vault import FileVault
from samepic.systems.memory import MemorySettings, MemorySystem

SOURCE = MemorySettings(name="source", looks=Looks.PER_PERSON, lists_people=False)
TARGET = MemorySettings(name="target", lists_people=False, addressed_by=KeyKind.UPN)


@cache
def face(number: int, edge_px: int = 128) -> bytes:
    """Somebody's picture; the same number gives the same bytes."""
    return encoded(mosaic(number, edge_px, edge_px))


@cache
def again(number: int, edge_px: int = 100, quality: int = 60) -> bytes:
    """The same picture in other bytes, as a system that encodes anew would keep it."""
    return encoded(mosaic(number, 128, 128).resize((edge_px, edge_px)), quality=quality)


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment it was moved to."""
        return self.moment

    def move(self, **by: float) -> None:
        """Forward, by a timedelta's arguments."""
        self.moment += timedelta(**by)


@dataclass
class Watcher(Silent):
    """Keeps what a run told."""

    steps: list[Step] = field(default_factory=list)
    results: list[tuple[str, StepResult, str]] = field(default_factory=list)
    pictures: list[tuple[Picture | None, Picture | None]] = field(default_factory=list)

    def decided(self, step: Step) -> None:
        """Kept."""
        self.steps.append(step)

    def done(self, step: Step, result: StepResult, before: Picture | None, after: Picture | None, words: str) -> None:
        """Kept."""
        self.results.append((step.keys.upn or "", result, words))
        self.pictures.append((before, after))

    def reason(self, upn: str) -> str:
        """Why somebody's step is what it is."""
        return next(step.reason.value for step in self.steps if step.keys.upn == upn)


def somebody(number: int, **also: Any) -> Person:
    """The person of that number."""
    upn = f"p{number:05d}@made.up"
    return Person(Keys(object_id=f"id-{number:05d}", upn=upn, mail=upn), display_name=f"Person {number}", **also)


def opened(at: Path | URL) -> Store:
    """The state there; an empty one where there is none."""
    if isinstance(at, Path) and not at.exists():
        put_empty_state(at)
    return open_state(at)


class Office:
    """Everybody exists in all three systems; pictures only where a test puts them."""

    def __init__(
        self,
        folder: Path,
        *,
        source: MemorySettings = SOURCE,
        target: MemorySettings = TARGET,
        policy: Policy | None = None,
        state_at: Path | URL | None = None,
    ) -> None:
        """state_at: where the state lies, if not in the folder."""
        self.folder = folder
        self.clock = MovableClock()
        self.census = MemorySystem(MemorySettings(name="census", looks=Looks.PER_PERSON), self.clock.now)
        self.source = MemorySystem(source, self.clock.now)
        self.target = MemorySystem(target, self.clock.now)
        self.policy = policy or Policy()
        self.state: Store = opened(state_at or folder / "state.db")
        self.vault = FileVault(folder / "vault")
        self.people: list[Person] = []

    def hire(self, count: int = 1, source: bool = True, **also: Any) -> list[Person]:
        """Let people exist; those with `source` have a picture there, the face of their number."""
        hired = []
        for _ in range(count):
            person = somebody(len(self.people), **also)
            self.people.append(person)
            self.census.add(person)
            self.source.add(person, face(len(self.people) - 1) if source else None)
            self.target.add(person)
            hired.append(person)
        return hired

    @property
    def engine(self) -> Engine:
        """An engine as a new process would make it, over the state as it is."""
        route = Route("office", self.census, self.source, self.target, self.policy)
        return Engine(route, self.state, self.vault, self.clock)

    def forget(self) -> None:
        """Lose the state file."""
        self.state.close()
        for path in self.folder.glob("state.db*"):
            if path.is_file():
                path.unlink()
        self.state = opened(self.folder / "state.db")

    def source_id(self, person: Person) -> PersonId:
        """By which id the source knows somebody."""
        return _id(person, self.source)

    def target_id(self, person: Person) -> PersonId:
        """By which id the target knows somebody."""
        return _id(person, self.target)

    def shown(self, person: Person) -> bytes | None:
        """The target's largest picture of somebody."""
        pictures = self.target.pictures(self.target_id(person))
        return pictures[-1] if pictures else None


def _id(person: Person, system: MemorySystem) -> PersonId:
    return PersonId(str(getattr(person.keys, system.settings.addressed_by.value)))


__all__ = ["SOURCE", "TARGET", "MovableClock", "Office", "Watcher", "again", "face", "replace", "somebody"]
