"""Whatever is changed in a tenant's store can be taken back, and survives in the state folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from localtenant.store.folder import StateFolder
from localtenant.store.records import Group, Held
from localtenant.store.store import Store

KEYS = st.sampled_from("abcdef")
CHANGES = st.lists(st.tuples(KEYS, st.one_of(st.none(), st.text(max_size=3))), max_size=25)
LOADED = {key: Group(key, f"loaded {key}") for key in "abcd"}


def no_draws(ref: object, held: object) -> bytes:
    raise AssertionError("nothing is drawn here")


def loaded(folder: StateFolder | None = None) -> Store:
    store = Store(no_draws, folder)
    store.groups.load(dict(LOADED))
    return store


def change(store: Store, changes: list[tuple[str, str | None]]) -> None:
    for key, name in changes:
        if name is None:
            store.groups.delete(key)
        else:
            store.groups.put(key, Group(key, name, (key, name)))


@given(CHANGES, CHANGES)
def test_restore_brings_back_every_record_in_its_order(
    first: list[tuple[str, str | None]], second: list[tuple[str, str | None]]
) -> None:
    store = loaded()
    for changes in (first, second):
        change(store, changes)
        store.restore()
        assert list(store.groups) == list(LOADED.values())
        assert list(store.groups.in_order("b")) == [LOADED["c"], LOADED["d"]]


@settings(max_examples=30, deadline=None)
@given(CHANGES, CHANGES)
def test_a_restart_finds_what_was_committed(
    first: list[tuple[str, str | None]], second: list[tuple[str, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as path:
        expected = loaded()
        for changes in (first, second):
            folder = StateFolder(Path(path))
            store = loaded(folder)
            store.recall()
            assert set(store.groups) == set(expected.groups)
            change(store, changes)
            change(expected, changes)
            folder.close()
        folder = StateFolder(Path(path))
        store = loaded(folder)
        store.recall()
        assert set(store.groups) == set(expected.groups)
        store.restore()
        assert list(store.groups) == list(LOADED.values())
        folder.close()


def test_what_was_not_committed_did_not_happen(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    store = loaded(folder)
    store.groups.put("a", Group("a", "kept"))
    store.commit()
    store.groups.put("b", Group("b", "lost"))
    folder._pending.clear()  # what a kill does
    folder.close()
    folder = StateFolder(tmp_path)
    again = loaded(folder)
    again.recall()
    assert [group.display_name for group in again.groups] == ["kept", "loaded b", "loaded c", "loaded d"]
    folder.close()


def test_uploads_outlive_the_process_and_those_that_nothing_names_go(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    store = loaded(folder)
    kept = store.hold(b"nothing names these bytes")
    assert store.held(kept.sha256) == b"nothing names these bytes"
    (tmp_path / "pictures" / kept.sha256[:2] / ".half-written").write_bytes(b"n")
    folder.close()
    folder = StateFolder(tmp_path)
    loaded(folder).recall()
    assert [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()] == []
    assert Held(kept.sha256) == kept
    folder.close()
