"""A state that an earlier Samepic left: what it remembers, holds in the vault and has begun is there afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text
from tests.databases import engine_of

from samepic.model.held import Standing
from samepic.model.picture import NOT_TOLD, Stamp
from samepic.model.plan import PlanId, RunId
from samepic.model.remembered import Verdict
from samepic.state.store import open_state
from samepic.state.versions import alembic_config, migrate

AT = "2026-11-22T06:00:00.000000+00:00"
LATER = "2026-11-22T07:00:00.000000+00:00"

OF_0001 = f"""
INSERT INTO run (run, route, kind, started_at, state, people, written, cleared, failed, words, counts)
 VALUES ('r1', 'latest', 'sync', '{AT}', 'done', 1, 1, 0, 0, '', '{{}}');
INSERT INTO memory (route, key, display_name, source, target, target_before, wrote, ours, sync_off_by_us, blankings,
 version) VALUES ('first', 'a', 'A', '=1', '=2', 'not_told', '=2', true, false, '[]', 3);
INSERT INTO kept VALUES ('a', 'target', '{"1" * 64}', '=x', 'image/png', '{AT}');
INSERT INTO kept VALUES ('a', 'other', '{"1" * 64}', '=y', 'image/png', '{LATER}');
INSERT INTO kept VALUES ('b', 'target', '{"2" * 64}', '=z', 'image/jpeg', '{AT}');
INSERT INTO intent (route, key, run, action, reason, target_person, source, replacing, opened_at, display_name)
 VALUES ('first', 'a', 'r1', 'write', 'new', 't', '=1', 'no_picture', '{AT}', 'A');
INSERT INTO seen VALUES ('source', 'a', '=1', 'ff.ff.', true, 'read');
INSERT INTO seen VALUES ('target', 'a', '=2', NULL, true, 'hidden');
UPDATE memory SET fingerprint = 'ff.ff.';
UPDATE intent SET fingerprint = 'ff.ff.', replaced = 'ff.ff.';
"""


OF_0003 = f"""
INSERT INTO plan VALUES ('first', 'p1', 'r1', '{AT}', '{{"reason": "share", "words": "much"}}', 9, 5, '{{}}', '[]',
 'sync');
INSERT INTO plan_event (route, plan, at, what, who, why, account, run)
 VALUES ('first', 'p1', '{AT}', 'held', '', '', '', 'r1');
INSERT INTO run_print VALUES ('r1', 'a', 'ff.ff.', true);
INSERT INTO change (route, key, run, at, action, reason, source, target, "before", "after")
 VALUES ('first', 'a', 'r1', '{AT}', 'write', 'new', '=1', '=2', 'no_picture', '={"1" * 64}');
"""
REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


def enter(at: Path | URL, revision: str, statements: str = "") -> None:
    """Bring a database to a revision, and leave there what that Samepic would have left."""
    with engine_of(at).begin() as connection:
        migrate(connection, revision)
        for statement in statements.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))


@pytest.mark.parametrize("by_way_of", REVISIONS)
def test_a_state_of_the_first_tables_keeps_everything(empty_database: Path | URL, by_way_of: str) -> None:
    enter(empty_database, "0001", OF_0001)
    if by_way_of >= "0003":
        enter(empty_database, "0003", OF_0003)
    enter(empty_database, by_way_of)

    store = open_state(empty_database)

    if by_way_of >= "0003":
        plan = store.plans.of("first", PlanId("p1"))
        assert plan is not None and (plan.held.hold.words, plan.events[0].what) == ("much", Standing.HELD)
        assert [one.after for one in store.changes.of("first", "a")] == [Stamp("1" * 64)]
        assert store.prints.around(RunId("r1"), "a") == [], "it had no miniature"

    memory = store.memories.of("first", ["a"])["a"]
    assert (memory.version, memory.ours, memory.original, memory.restored) == (3, True, None, False)
    [kept] = store.kept.of("first", "a")
    assert (kept.sha256, kept.width_px, kept.fingerprint) == ("1" * 64, 0, None)
    assert kept.seen_at is not None and kept.seen_at.isoformat() == LATER[:19] + "+00:00"
    assert [one.sha256 for one in store.kept.of("latest", "b")] == ["2" * 64], "whose route nobody knows"
    intent = store.intents.of("first", "a")
    assert intent is not None and (intent.before, intent.after) == (NOT_TOLD, NOT_TOLD)
    assert (intent.fingerprint, intent.replaced, memory.fingerprint) == (None, None, None), "it had no miniature"
    assert store.memories.seen("source", ["a"]) == {}, "it is read again where a question needs it"
    assert store.memories.seen("target", ["a"])["a"].verdict is Verdict.HIDDEN
    store.close()
