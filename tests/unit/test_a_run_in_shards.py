"""A run is cut into spans of people, each of which sees its own rows, and together all."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.office import Office, face, opened

from samepic.engine.phases import carry_out
from samepic.engine.swept import Swept
from samepic.model.person import Keys, Person
from samepic.model.plan import RunId
from samepic.model.remembered import Row, Stage
from samepic.model.shard import EVERYBODY, Span, last_spans
from samepic.state.store import Store
from samepic.state.tables import run_skip

RUN = RunId("run")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return opened(tmp_path / "state.db")


def keys(store: Store, span: Span) -> list[str]:
    return [row.key for row in store.rows.page(RUN, span.after, 100, None, span.upto)]


@pytest.mark.parametrize("people", [0, 1, 2, 3, 4, 7])
def test_the_spans_have_everybody_once(store: Store, people: int) -> None:
    everybody = [f"k{number}" for number in range(people)]
    store.rows.put(RUN, [Row(key, Person(Keys(key))) for key in everybody])
    store.rows.put(RunId("another"), [Row(key, Person(Keys(key))) for key in ("a", "k00", "z")])
    spans = store.rows.cut(RUN, 3)
    assert [key for span in spans for key in keys(store, span)] == everybody == keys(store, EVERYBODY)
    assert [store.rows.count(RUN, None, span) for span in spans] == [min(3, people - at) for at in range(0, people, 3)]


@pytest.mark.parametrize(
    ("people", "sizes"),
    [
        (0, []),
        (39, [39]),
        (101, [40, 40, 21]),
        (320, [40] * 8),
        (520, [60, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 20]),
        (600, [60, 60, 60, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 20]),
    ],
)
def test_the_last_spans_are_finer_so_that_no_worker_waits_long_for_another(
    store: Store, people: int, sizes: list[int]
) -> None:
    everybody = [f"k{number:03}" for number in range(people)]
    store.rows.put(RUN, [Row(key, Person(Keys(key))) for key in everybody])
    spans = store.rows.cut(RUN, 60)
    assert [store.rows.count(RUN, None, span) for span in spans] == sizes
    assert [key for span in spans for key in keys(store, span)] == everybody


@given(people=st.integers(0, 5_000), most=st.integers(1, 500))
def test_no_span_is_larger_than_asked_and_the_last_ones_are_small_whatever_the_numbers(people: int, most: int) -> None:
    whole, ends = last_spans(people, most)
    sizes = [end - begin for begin, end in pairwise([whole, *ends])]
    assert whole % most == 0 and (ends[-1] if ends else whole) == people
    assert all(0 < size <= most for size in sizes)
    assert all(size % 20 == 0 or size == most for size in sizes[:-1]), "full batches"
    left = people - whole
    for size in sizes:
        assert size <= max(40, left // 8)
        left -= size


def test_a_span_counts_and_pages_a_stage_of_its_own_people(store: Store) -> None:
    rows = [Row(f"k{number}", Person(Keys(f"k{number}")), failed="so" if number % 2 else None) for number in range(6)]
    store.rows.put(RUN, rows)
    assert store.rows.count(RUN, Stage.FAILED, Span("k1", "k5")) == 2
    assert [row.key for row in store.rows.page(RUN, "k1", 9, Stage.FAILED, "k5")] == ["k3", "k5"]


async def test_once_a_sweep_is_to_end_those_under_way_are_finished_and_nobody_else_is_begun(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(100)
    planned = await office.engine.plan()
    written = office.target.writes
    with office.engine.part(planned.run, ending=lambda: len(written) > 0) as work:
        await carry_out(work, swept := Swept())
    assert 0 < swept.written == len(written) <= work.at_once < 100
    assert office.state.intents.count(office.engine.route.name) == 0
    with office.engine.part(planned.run) as work:
        await carry_out(work, Swept())  # taken up again, whoever was written is left alone
    assert len(written) == len({write[0] for write in written}) == 100


async def test_whoever_is_passed_over_is_entered_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path)
    hired = office.hire(3)
    planned = await office.engine.plan()
    office.target.put(office.target_id(hired[1]), face(70))  # since it was planned
    with office.engine.part(planned.run) as work:
        await carry_out(work, swept := Swept())
    assert (swept.written, swept.skipped) == (2, 1)
    with office.state._database.read() as connection:
        assert connection.execute(select(run_skip.c.key)).scalars().all() == [hired[1].keys.object_id]
    office.state.rows.forget("office")
    with office.state._database.read() as connection:
        assert connection.execute(select(run_skip)).all() == []
