"""The state, in a file and in PostgreSQL: migrated from the first table, shared, refused from the future."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL
from tests.databases import engine_of

from samepic.model.decision import Action, Decision, Likeness, Reason
from samepic.model.outcome import RunRecord
from samepic.model.person import Keys, NotEligible, Person, PersonId
from samepic.model.picture import GONE, NO_PICTURE, NOT_TOLD, Fingerprint, Miniature, Place, Stamp
from samepic.model.plan import RunId
from samepic.model.remembered import Change, Closed, Footing, Intent, Kept, Memory, Refusal, Row, Seen, Stage
from samepic.model.system import Listed
from samepic.ports.state import RouteBusy, StateNewer, StateUnusable
from samepic.ports.vault import VaultDamaged
from samepic.state.database import portions
from samepic.state.store import Store, open_state
from samepic.state.tables import metadata
from samepic.state.vault import FileVault
from samepic.state.versions import HEAD, alembic_config

NOW = datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)
PRINT = Fingerprint(2**255 + 1, 7, Miniature(3, 2, bytes(range(250, 256)), 1, b"\x00\xff"), blank=True)
RUN = RunId("run")


@pytest.fixture
def store(any_database: Path | URL) -> Iterator[Store]:
    store = open_state(any_database)
    yield store
    store.close()


def test_the_migrations_lead_to_exactly_the_tables(any_database: Path | URL) -> None:
    open_state(any_database).close()
    with engine_of(any_database).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


def test_a_file_from_a_newer_version_is_refused_by_name_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_state(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(StateNewer, match=r"state\.db: written by a newer Samepic \(revision 9999\)"):
        open_state(path)
    assert path.read_bytes() == before


def test_opening_twice_keeps_what_is_there(any_database: Path | URL) -> None:
    store = open_state(any_database)
    store.memories.remember("route", [Memory("a")])
    store.close()
    store.close()
    again = open_state(any_database)
    assert again.memories.count("route") == 1
    again.close()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    store = open_state(tmp_path / "deep" / "state.db")
    with store.route_lock("route", "me", NOW):
        for path in (tmp_path / "deep").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_memories_come_back_as_they_went_and_an_older_version_does_not_undo_a_newer(store: Store) -> None:
    memory = Memory(
        key="a",
        source_person=PersonId("s"),
        target_person=PersonId("t"),
        upn="A@b",
        display_name="Ā ß 王",
        source=Stamp("gone"),
        target=NOT_TOLD,
        target_before=NO_PICTURE,
        wrote=Stamp(""),
        ours=True,
        fingerprint=PRINT,
        place=Place("/x"),
        written_at=NOW,
        sync_off_by_us=True,
        blankings=(NOW, NOW + timedelta(days=1)),
        original="3" * 64,
        restored=True,
        updated_at=NOW,
        version=3,
    )
    store.memories.remember("route", [memory])
    store.memories.remember("route", [Memory("a", version=2), Memory("b", version=1)])
    assert store.memories.of("route", ["a", "b", "c"]) == {"a": memory, "b": Memory("b", version=1)}
    assert store.memories.of("other", ["a"]) == {}
    assert store.memories.of("route", []) == {}


def test_rows_come_back_as_they_went_by_stage_and_key(store: Store) -> None:
    row = Row(
        key="k1",
        person=Person(Keys("K1", "U", "m", "f"), "Name", guest=True, enabled=False, geography="EUR"),
        not_eligible=NotEligible.GUEST,
        unmatched="why",
        refused="because",
        failed="failed",
        source_person=PersonId("s"),
        source=GONE,
        target_person=PersonId("t"),
        target=Stamp("=x"),
        place=Place("p"),
        sync_off=False,
        blanked_by_system=True,
        target_blank=True,
        looked=True,
        look_first=True,
        memory_version=4,
        likeness=Likeness.SAME,
        decision=Decision(Action.WRITE, Reason.NEW, "detail", needs_comparison=True),
        original="5" * 64,
    )
    others = [Row(f"k{number}", Person(Keys(f"K{number}"))) for number in range(2, 8)]
    store.rows.put(RUN, [row, *others])
    assert store.rows.page(RUN, "", 3) == [row, *others[:2]]
    assert store.rows.page(RUN, "k6", 3) == others[5:]
    assert store.rows.page(RUN, "", 10, Stage.UNDECIDED) == others
    assert [one.key for one in store.rows.page(RUN, "", 10, Stage.FAILED)] == ["k1"]
    assert store.rows.count(RUN) == 7 and store.rows.counts(RUN) == {Reason.NEW: 1}


def test_candidates_share_any_key_or_the_place_and_more_people_fit_than_one_question(store: Store) -> None:
    listed = [Listed(Keys(file_name=f"P{number}_Made_Up"), state=Stamp(f"{number}")) for number in range(1200)]
    listed.append(Listed(Keys(object_id="X"), PersonId("x"), place=Place("/here")))
    store.listings.put(RUN, "target", listed)
    store.listings.put(RUN, "source", listed[:3])
    people = [Keys(file_name=f"p{number}_made_up") for number in range(1100)]
    assert store.listings.candidates(RUN, "target", people, [Place("/here")]) == [*listed[:1100], listed[1200]]
    assert store.listings.candidates(RUN, "target", [Keys("x", "nobody")], []) == [listed[1200]]


def test_a_group_is_asked_about_many_at_once(store: Store) -> None:
    store.listings.put_members(RUN, "staff", [f"id{number}" for number in range(700)])
    store.listings.put_members(RUN, "staff", ["id1"])
    everybody = [f"id{number}" for number in range(0, 1400, 2)]
    assert store.listings.members_among(RUN, "staff", everybody) == {f"id{number}" for number in range(0, 700, 2)}
    assert store.listings.members_among(RUN, "other", everybody) == set()
    store.listings.put_members(RUN, "other", ["id1", "x"])
    store.listings.put_members(RunId("another"), "other", ["y"])
    assert store.listings.count_members(RUN) == 702


def test_an_intent_is_all_there_or_not_at_all(store: Store) -> None:
    intent = Intent(
        "a", RUN, Action.WRITE, Reason.BLANKED, PersonId("t"), PersonId("s"), Stamp("1"), NO_PICTURE, Place("p"),
        PRINT, None, NOW, (b"small", b"large"), "Name", "upn", NO_PICTURE, Stamp("4" * 64),
    )  # fmt: skip
    store.intents.open("route", intent)
    assert store.intents.of("route", "a") == intent
    assert store.intents.page("route", "", 10) == ["a"]
    store.intents.close("route", "a", Memory("a", version=1), {"source": Seen(Stamp("1"), PRINT)})
    assert store.intents.of("route", "a") is None and store.intents.count("route") == 0
    assert store.memories.seen("source", ["a"]) == {"a": Seen(Stamp("1"), PRINT)}


def test_several_peoples_intents_are_committed_together_or_none_is(store: Store) -> None:
    def begun(key: str) -> tuple[Intent, list[Kept]]:
        intent = Intent(
            key, RUN, Action.WRITE, Reason.NEW, PersonId(key), PersonId(key), Stamp("1"), NO_PICTURE, None, PRINT, None,
            NOW, (b"small", key.encode()), "Name", None, NO_PICTURE, Stamp(key * 64),
        )  # fmt: skip
        return intent, [Kept("route", key, key * 64, "source", Stamp("1"), "image/jpeg", NOW, seen_at=NOW)]

    several = [begun("b"), begun("a")]
    store.intents.open_all("route", several)
    footing = store.intents.footing("route", ["a", "b", "c"])
    assert footing == {
        key: Footing(True, None, tuple(kept)) for key, kept in (("a", several[1][1]), ("b", several[0][1]))
    } | {"c": Footing(False, None, ())}
    assert store.intents.of("route", "a") == several[1][0] and store.intents.of("route", "b") == several[0][0]

    refused = replace(several[0][0], key="d", run=None)  # type: ignore[arg-type]  # not null in the table
    with pytest.raises(StateUnusable):
        store.intents.open_all("route", [begun("c"), (refused, [])])
    assert store.intents.count("route") == 2

    changed = [
        Change(key, RUN, NOW, Action.WRITE, Reason.NEW, Stamp("1"), Stamp("2"), NO_PICTURE, Stamp(key * 64))
        for key in "ab"
    ]
    memories = [Memory(key, version=1) for key in "ab"]
    left = [
        Closed(memory.key, memory, {"source": Seen(Stamp(memory.key))}, change)
        for memory, change in zip(memories, changed, strict=True)
    ]
    unfit = replace(left[1], change=replace(changed[1], run=None))  # type: ignore[arg-type]  # not null in the table
    with pytest.raises(StateUnusable):
        store.intents.close_all("route", [left[0], unfit])
    assert store.intents.count("route") == 2 and store.memories.count("route") == 0, "none of the two"
    store.intents.close_all("route", left)
    assert store.intents.count("route") == 0
    assert store.memories.of("route", ["a", "b"]) == {memory.key: memory for memory in memories}
    assert store.memories.seen("source", ["a", "b"]) == {key: Seen(Stamp(key)) for key in "ab"}
    assert [store.changes.of("route", key) for key in "ab"] == [[change] for change in changed]


def test_refusals_and_kept_pictures_come_back(store: Store) -> None:
    refusal = Refusal(Stamp("1"), "words", NOW, NotEligible.PICTURE_NOT_EDITABLE)
    store.memories.refuse("route", "a", refusal)
    assert store.memories.refusals("route", ["a", "b"]) == {"a": refusal}
    later = NOW + timedelta(seconds=1)
    older = Kept("route", "a", "1" * 64, "target", Stamp("x"), "image/png", NOW, "run", 4, 3, 2, PRINT, NOW)
    newer = Kept("route", "a", "2" * 64, "target", Stamp("y"), "image/jpeg", later, seen_at=later)
    store.kept.put([older, newer])
    assert store.kept.of("route", "a") == [newer, older]
    assert store.kept.of("another", "a") == []
    store.kept.put([replace(older, system="source", run="later", seen_at=later + timedelta(seconds=1))])
    assert store.kept.of("route", "a")[0] == replace(older, seen_at=later + timedelta(seconds=1)), "still from there"


def test_a_route_is_held_by_one_and_given_back(store: Store) -> None:
    with store.route_lock("route", "process 1", NOW):
        with pytest.raises(RouteBusy, match="process 1") as busy, store.route_lock("route", "process 2", NOW):
            pass
        assert busy.value.since == NOW
        with store.route_lock("another", "process 2", NOW):
            pass
    with store.route_lock("route", "process 2", NOW):
        pass


def test_a_persons_lock_is_held_by_one_and_given_back(store: Store) -> None:
    mine, theirs = store.person_lock("route", "a"), store.person_lock("route", "a")
    assert mine.take() and mine.take() and not theirs.take()
    mine.release()
    mine.release()
    assert theirs.take()


def test_the_vault_gives_back_what_it_took_and_notices_damage(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "vault")
    name = vault.keep(b"a picture")
    assert vault.keep(b"a picture") == name
    assert vault.fetch(name) == b"a picture"
    assert vault.fetch("0" * 64) is None
    [path] = [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700
    path.write_bytes(b"another one")
    with pytest.raises(VaultDamaged, match=name):
        vault.fetch(name)
    assert vault.keep(b"a picture") == name
    assert vault.fetch(name) == b"a picture", "keeping it again mends it"
    with pytest.raises(ValueError, match="not a SHA-256"):
        vault.fetch("../../etc/passwd")


@pytest.mark.parametrize("how_many", [0, 1, 2, 8, 9, 64, 65, 512, 513, 1300])
def test_questions_of_any_number_of_keys_have_few_shapes_and_leave_nobody_out(how_many: int) -> None:
    keys = [str(n) for n in range(how_many)]

    asked = list(portions(keys))

    assert {len(portion) for portion in asked} <= {1, 8, 64, 512}
    assert [key for portion in asked for key in dict.fromkeys(portion)] == keys


TWO_AT_NIGHT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def test_until_when_a_routes_sweeps_are_done_is_kept_and_may_be_set_back(store: Store) -> None:
    assert store.schedules.taken("main") is None
    for moment in (TWO_AT_NIGHT, TWO_AT_NIGHT + timedelta(days=900), TWO_AT_NIGHT):
        store.schedules.take("main", moment)
        assert store.schedules.taken("main") == moment
    assert store.schedules.taken("other") is None


def test_the_latest_sweep_is_neither_a_plan_nor_a_request_nor_one_under_way(store: Store) -> None:
    for number, (kind, state) in enumerate(
        [("sync", "done"), ("sync", "failed"), ("plan", "done"), ("request", "failed"), ("sync", "running")]
    ):
        record = RunRecord(RunId(f"r{number}"), None, "main", kind, TWO_AT_NIGHT, None, state, 0, 0, 0, 0)
        store.runs.end(record, {}, None, None)
    latest, done = store.runs.last_sweep("main"), store.runs.last_sweep("main", done=True)
    assert latest is not None and done is not None
    assert (latest.run, done.run) == ("r1", "r0")
    assert store.runs.last_sweep("other") is None
