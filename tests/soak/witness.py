"""Who saw what: the tenant's ledger over all its lives, and the database's own word on which write was open when.

Neither is Samepic's: the ledger is the tenant's, the intervals are noted by triggers in the database.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text
from tests.databases import engine_of
from tests.soak.ground import Ground
from tests.sync_bench import file_name

_SQLITE = """
CREATE TABLE witnessed (at REAL, what TEXT, key TEXT);
CREATE TRIGGER witnessed_open AFTER INSERT ON intent BEGIN
  INSERT INTO witnessed VALUES ((julianday('now') - 2440587.5) * 86400.0, 'opened', new.key); END;
CREATE TRIGGER witnessed_close AFTER DELETE ON intent BEGIN
  INSERT INTO witnessed VALUES ((julianday('now') - 2440587.5) * 86400.0, 'closed', old.key); END;
CREATE TRIGGER witnessed_change AFTER INSERT ON change BEGIN
  INSERT INTO witnessed VALUES ((julianday('now') - 2440587.5) * 86400.0, new.action, new.key); END
"""
_POSTGRESQL = """
CREATE TABLE witnessed (at double precision DEFAULT extract(epoch FROM clock_timestamp()), what text, key text);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_TABLE_NAME = 'change' THEN INSERT INTO witnessed (what, key) VALUES (NEW.action, NEW.key);
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO witnessed (what, key) VALUES ('closed', OLD.key);
  ELSE INSERT INTO witnessed (what, key) VALUES ('opened', NEW.key); END IF;
  RETURN NULL; END $$;
CREATE TRIGGER witnessed AFTER INSERT OR DELETE ON intent FOR EACH ROW EXECUTE FUNCTION see();
CREATE TRIGGER witnessed AFTER INSERT ON change FOR EACH ROW EXECUTE FUNCTION see()
"""


@dataclass
class Witness:
    """disturbed: spans of time in which something was killed, or an answer lost, and of whom; None: of anybody."""

    ground: Ground
    uploads: Counter[tuple[str, str]] = field(default_factory=Counter)
    disturbed: list[tuple[float, float, str | None]] = field(default_factory=list)

    def begin(self) -> None:
        """Before the first run."""
        is_file = self.ground.database is None
        with engine_of(self.ground.at).begin() as connection:
            parts = _SQLITE.split(";\nCREATE") if is_file else _POSTGRESQL.split(";\nCREATE")
            for number, part in enumerate(parts):
                connection.execute(text(("CREATE" if number else "") + part))

    def disturb(self, began: float, ended: float, key: str | None = None) -> None:
        """Whatever write was open then may have been sent again."""
        self.disturbed.append((began - 0.5, ended + 0.5, key))

    def take_the_ledger(self) -> None:
        """What the tenant has seen up to now; it forgets that when it is killed, or now."""
        changes = self.ground.patiently("the ledger", lambda control: control.changes("Files/add"))
        self.ground.patiently("the ledger", lambda control: control.clear_ledger())
        self.uploads.update((file_name(one), one["sha256"]) for one in changes)

    def open_now(self, key: str) -> bool:
        """Whether a write to somebody is under way."""
        return bool(self._ask("SELECT 1 FROM intent WHERE key = :key", key=key))

    def intents(self) -> dict[str, list[tuple[float, float]]]:
        """Of everybody from when to when each write was open."""
        found: dict[str, list[tuple[float, float]]] = defaultdict(list)
        opened: dict[str, float] = {}
        for at, what, key in self._seen():
            if what == "opened":
                opened.setdefault(key, at)
            elif what == "closed" and key in opened:
                found[key].append((opened.pop(key), at))
        for key, at in opened.items():
            found[key].append((at, time.time()))
        return found

    def journal(self) -> Counter[str]:
        """How often each person was written, as Samepic remembers it."""
        return Counter(key for (key,) in self._ask("SELECT key FROM change WHERE action = 'write'"))

    def changed_at(self) -> dict[str, list[float]]:
        """The same with when."""
        found: dict[str, list[float]] = defaultdict(list)
        for at, what, key in self._seen():
            if what == "write":
                found[key].append(at)
        return found

    def may_be_twice(self, key: str, intents: Iterable[tuple[float, float]]) -> int:
        """How many of a person's writes were open while something was disturbed."""
        return sum(
            any(began < to and since < ended and of in (None, key) for since, to, of in self.disturbed)
            for began, ended in intents
        )

    def still_open(self) -> list[str]:
        """Writes whose end nobody saw."""
        return [key for (key,) in self._ask("SELECT key FROM intent")]

    def going(self) -> list[str]:
        """Sweeps by workers that are not over."""
        return [run for (run,) in self._ask("SELECT run FROM sweep WHERE going <> 'over'")]

    def runs(self) -> dict[str, int]:
        """How many runs ended how; those by workers apart."""
        told = self._ask("SELECT kind, state, run IN (SELECT run FROM sweep) FROM run")
        return dict(Counter(f"{'shared ' if shared else ''}{kind} {state}" for kind, state, shared in told))

    def _seen(self) -> list[tuple[float, str, str]]:
        return [
            (float(at), what, key) for at, what, key in self._ask("SELECT at, what, key FROM witnessed ORDER BY at")
        ]

    def _ask(self, question: str, **values: str) -> list[tuple[object, ...]]:
        deadline = time.monotonic() + 60
        while True:
            try:
                with engine_of(self.ground.at).connect() as connection:
                    return [tuple(row) for row in connection.execute(text(question), values)]
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
