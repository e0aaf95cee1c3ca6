"""However many people there are, and however often they asked: a page reads a page's rows, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import URL, Engine, event, update
from tests.portal.populated import ROUTE, Extent, Populated, made_up, populate

from samepic.model.decision import Action, Reason
from samepic.model.remembered import Stage
from samepic.portal.admin.standing import GROUPS, view_of
from samepic.portal.site import Site
from samepic.state.store import Store, open_state
from samepic.state.tables import person

PEOPLE, REQUESTS, DEEDS = 20_000, 20_000, 2_000
MOST_ROWS, MOST_STEPS, A_STEP = 1_500, 40_000, 20
"""Of one page's questions: a page of people, of runs or of the log, what a plot shows. Everybody takes 80,000 steps."""

PICTURES = [f"{number:064x}" for number in range(50)]
A_PAGE = 49
OF_PAGES = {
    "ix_run_route_number",
    "ix_run_no_request",
    "ix_run_running",
    "ix_run_person_by_name",
    "ix_run_person_by_reason",
    "ix_run_person_failed",
    "ix_run_person_failed_by_name",
    "ix_run_person_to_do",
    "ix_memory_key",
    "ix_memory_folded_upn",
    "ix_change_of_run",
    "ix_plan_event_route_number",
}
"""What migration 0017 made so that pages are quick."""


def questions(state: Store, told: Populated) -> dict[str, Callable[[], object]]:
    """What the pages ask, by page."""
    systems = SimpleNamespace(profile=SimpleNamespace(name="system"))
    route = SimpleNamespace(route=SimpleNamespace(source=systems, target=systems))
    site = cast(Site, SimpleNamespace(routes={ROUTE: route}, state=state))
    middle = "jānis 1", ""

    def people(reasons: tuple[Reason, ...] = (), failed: bool = False) -> object:
        return state.people.search(told.sweep, "", reasons, failed, middle, A_PAGE)

    return {
        "the overview": lambda: view_of(site, ROUTE),
        "people": people,
        **{f"people, {name}": lambda reasons=reasons: people(reasons) for name, reasons in GROUPS.items()},
        "people whose turn failed": lambda: people(failed=True),
        "whose rows are listed": lambda: state.people.met_by(ROUTE),
        "one person": lambda: state.people.of(told.sweep, told.failed),
        "who somebody is, by key": lambda: state.changes.known_as(told.failed),
        "who somebody is, by UPN": lambda: state.changes.known_as("Person.77@contoso.com"),
        "one person's past": lambda: (
            state.kept.of(ROUTE, told.failed),
            state.changes.of(ROUTE, told.failed),
            state.memories.of(ROUTE, [told.failed]),
        ),
        "runs": lambda: state.runs.page([ROUTE, "another"], None, 31),
        "runs before one": lambda: state.runs.page([ROUTE], told.sweep, 31),
        "one run": lambda: (state.runs.of(told.sweep), state.runs.outcome(told.sweep)),
        "whose turn failed in a run": lambda: state.rows.page(told.sweep, "", 100, Stage.FAILED),
        "held plans": lambda: state.plans.latest(ROUTE, 50),
        "one plan": lambda: state.plans.of(ROUTE, told.plan),
        "the log": lambda: (state.audit.latest(51), state.audit.latest(51, DEEDS // 2), state.audit.head()),
        "the log, taken away": lambda: state.audit.page(DEEDS // 2, 500),
    }


@pytest.fixture
def full(any_database: Path | URL) -> Iterator[tuple[Store, Populated]]:
    state = open_state(any_database)
    told = populate(state, list(made_up(PEOPLE)), PICTURES, Extent(60, REQUESTS, 60, DEEDS))
    engine = state.people._database.engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")  # as its own housekeeping does in a minute
    yield state, told
    state.close()


def test_a_page_reads_a_pages_rows(full: tuple[Store, Populated]) -> None:
    state, told = full
    assert too_many(state, told) == {}
    words_are_sought_in_an_index(state, told)
    lists_of_plans_read_nobody(state, told)
    lists_of_people_read_what_they_show(state, told)
    every_index_is_some_pages(state, told)
    nothing_was_to_do(state, told)
    assert too_many(state, told) == {}, "whom a run changed is not looked for among those to whom it had nothing to do"


def too_many(state: Store, told: Populated) -> dict[str, int]:
    """The pages that read more than theirs, with how much."""
    engine = state.people._database.engine
    by_name = {}
    for name, question in questions(state, told).items():
        asked: list[tuple[str, Any]] = []
        steps = [0]
        with watched(engine, asked, steps):
            question()
        by_name[name] = rows_of(engine, asked) if engine.dialect.name == "postgresql" else steps[0]
    most = MOST_ROWS if engine.dialect.name == "postgresql" else MOST_STEPS
    return {name: many for name, many in by_name.items() if not 0 < many <= most}


def nothing_was_to_do(state: Store, told: Populated) -> None:
    engine = state.people._database.engine
    quiet = update(person).where(person.c.run == told.sweep, person.c.action != Action.NOTHING)
    with engine.begin() as connection:
        connection.execute(quiet.values(action=Action.NOTHING))
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE run_person")


def words_are_sought_in_an_index(state: Store, told: Populated) -> None:
    """And only the rows of those found are read."""
    engine = state.people._database.engine
    asked: list[tuple[str, Any]] = []
    with watched(engine, asked, [0]):
        found = state.people.search(told.sweep, "kari 1777", (Reason.IN_STEP,), False, ("", ""), A_PAGE)
    assert "Kari 1777" in {one.display_name for one in found} and len(found) < A_PAGE
    assert all("1777" in one.display_name for one in found)
    if engine.dialect.name == "sqlite":
        plan = plans_of(engine, asked)
        assert any("ix_run_person_by_name" in line for line in plan), plan
        assert any("sqlite_autoindex_run_person_1" in line for line in plan), plan


def every_index_is_some_pages(state: Store, told: Populated) -> None:
    """What was made for pages is what SQLite finds their rows by; PostgreSQL decides by how many rows there are."""
    engine = state.people._database.engine
    if engine.dialect.name != "sqlite":
        return
    used = set[str]()
    for question in questions(state, told).values():
        asked: list[tuple[str, Any]] = []
        with watched(engine, asked, [0]):
            question()
        used |= {index for line in plans_of(engine, asked) for index in OF_PAGES if f"INDEX {index} " in f"{line} "}
    assert used == OF_PAGES, f"no page is quick by {OF_PAGES - used}"


def lists_of_people_read_what_they_show(state: Store, told: Populated) -> None:
    """A row has fifty columns, some of them long; a list shows a name, an address and how somebody stands."""
    asked: list[tuple[str, Any]] = []
    with watched(state.people._database.engine, asked, [0]):
        state.people.search(told.sweep, "", (), False, ("", ""), A_PAGE)
    [(statement, _)] = asked
    shown = statement.partition(" FROM ")[0]
    assert "display_name" in shown and not {"place", "detail", "source", "unmatched"} & set(re.findall(r"\w+", shown))


def plans_of(engine: Engine, asked: list[tuple[str, Any]]) -> list[str]:
    """How SQLite goes about these questions."""
    with engine.connect() as connection:
        return [
            row[3]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def lists_of_plans_read_nobody(state: Store, told: Populated) -> None:
    """A plan remembers some of those whom it is about: they are read with that plan, and with no list of fifty."""
    asked: list[tuple[str, Any]] = []
    with watched(state.plans._database.engine, asked, [0]):
        found = state.plans.latest(ROUTE, 50)
        glance = state.plans.glance(ROUTE, told.plan)
    assert len(found) == 50 and glance is not None and glance.held.changes == 24
    assert asked and not [statement for statement, _ in asked if "examples" in statement]
    whole = state.plans.of(ROUTE, told.plan)
    assert whole is not None and len(whole.held.examples) == 24


@contextmanager
def watched(engine: Engine, asked: list[tuple[str, Any]], steps: list[int]) -> Iterator[None]:
    """Every question with its values; and in SQLite how many steps its machine takes, some five for each row."""

    def stepped() -> int:
        steps[0] += A_STEP
        return 0

    def before(connection: object, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, parameters))
        if engine.dialect.name == "sqlite":
            cursor.connection.set_progress_handler(stepped, A_STEP)

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)


def rows_of(engine: Engine, asked: list[tuple[str, Any]]) -> int:
    """What PostgreSQL reads to answer: rows that a scan found, and those that it threw away again."""

    def of(node: dict[str, Any]) -> int:
        mine = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Scan" in node["Node Type"] else 0
        return int(mine * node["Actual Loops"]) + sum(of(one) for one in node.get("Plans", []))

    with engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
            for statement, parameters in asked
        ]
    return sum(of(one[0]["Plan"]) for one in told)
