"""What the API says of systems and of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samepic.model.audit import Entry
from samepic.model.system import Probe


@dataclass(frozen=True, slots=True)
class SystemStanding:
    """One system. works: null where nobody has tried it since the portal began. missing: what is to be granted."""

    system: str
    works: bool | None
    words: str
    missing: list[str]

    @classmethod
    def of(cls, name: str, probe: Probe | None) -> SystemStanding:
        """As it was tried last."""
        if probe is None:
            return cls(name, None, "", [])
        return cls(name, probe.works, probe.words, [f"{one.permission}: {one.why}" for one in probe.missing])


@dataclass(frozen=True, slots=True)
class Use:
    """A budget in use. used: units that count now; limit: what is kept below."""

    name: str
    used: float
    limit: float


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the audit log. hash, before: of this entry and of the one before it."""

    number: int
    at: datetime
    who: str
    account: str
    role: str
    what: str
    about: str
    words: str
    from_where: str
    before: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> Deed:
        """From the log."""
        done = entry.done
        said = (done.who, done.account, done.role, str(done.what), done.about, done.words, done.from_where)
        return cls(entry.number, entry.at, *said, entry.before, entry.hash)
