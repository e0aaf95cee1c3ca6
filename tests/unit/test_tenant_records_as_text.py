"""Every kind of record survives the state folder unchanged, whatever fields it has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from localtenant.founding import Options, found
from localtenant.store.codec import as_text, from_text
from localtenant.store.records import Drawn, Held, LibraryFile, Mailbox, Scaled, StoredPicture

AT = datetime(2026, 11, 22, 8, 30, 1, 5, tzinfo=UTC)

NESTED = [
    Mailbox("u", picture=StoredPicture(Held("ab"), "BA09D118", AT), tombstone=True),
    LibraryFile(
        7, "u", "/User Photos/Profile Pictures", "Ł'ø.jpg", Scaled(Drawn("x"), 72, "library"), 2, AT, AT, (("a", "b"),)
    ),
]


@pytest.mark.parametrize("record", NESTED, ids=lambda record: type(record).__name__)
def test_nested_records_come_back_equal(record: object) -> None:
    assert from_text(as_text(record)) == record


def test_every_record_of_a_world_comes_back_equal() -> None:
    store = found(Options(people=50)).store
    for table in store.tables:
        for record in table:
            assert from_text(as_text(record)) == record


def test_what_is_no_record_is_refused_before_anything_is_written() -> None:
    with pytest.raises(TypeError, match="object is no part of a record"):
        as_text(object())
