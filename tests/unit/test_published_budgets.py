"""The published budgets: every figure has its page, and every call that Samepic sends has its cost."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from samepic.model.budget import BudgetName
from samepic.transport.published import published

SOURCES = Path(__file__).parents[2] / "src/samepic"
FREE = {"token", "devicecode", "openid-configuration"}
"""The authority's; no page has a budget for them."""


def sent() -> Iterator[str]:
    """Every operation that something is sent under: what `doing=` is given in transport and systems."""
    for folder in ("transport", "systems"):
        for path in sorted((SOURCES / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            constants = {
                node.targets[0].id: node.value.value
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
                if isinstance(node.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.keyword) and node.arg == "doing":
                    if isinstance(node.value, ast.Constant):
                        yield str(node.value.value)
                    elif isinstance(node.value, ast.Name) and node.value.id in constants:
                        yield str(constants[node.value.id])


def test_every_figure_has_a_page_and_every_budget_a_figure() -> None:
    known = published()
    assert set(known.figures) == set(BudgetName)
    for figure in known.figures.values():
        assert figure.page.startswith("https://learn.microsoft.com/"), figure.name
        assert figure.standing in ("documented", "assumed")
        assert figure.limits[0][0] == 0, "the smallest tenant has a figure too"
        assert [limit for _, limit in figure.limits] == sorted(limit for _, limit in figure.limits)


def test_every_call_that_is_sent_has_its_cost() -> None:
    known = published()
    operations = {doing.removeprefix("$batch of ") for doing in sent()}
    assert {"items", "Files/add", "photo/$value", "users"} <= operations, "the search finds them"
    assert operations - FREE - set(known.operations) == set()
    for operation in known.operations.values():
        assert operation.standing in ("documented", "assumed")
        assert operation.page or operation.note, f"{operation.name}: neither a page nor a reason"
        assert (operation.standing == "documented") == bool(operation.page), operation.name


@pytest.mark.parametrize(
    ("licences", "units"), [(0, 1250), (1000, 1250), (1001, 2500), (5001, 3750), (50_000, 5000), (90_000, 6250)]
)
def test_the_tier_is_by_licences(licences: int, units: float) -> None:
    found = published().budgets(licences)[BudgetName.SHAREPOINT_APP_MINUTE]
    assert (found.limit, found.window) == (units, timedelta(minutes=1))


def test_own_figures_hold_instead_and_time_may_pass_faster() -> None:
    found = published().budgets(0, {BudgetName.PEOPLE_MANAGER: 40}, time_scale=20)
    assert found[BudgetName.PEOPLE_MANAGER].limit == 40
    assert found[BudgetName.PEOPLE_MANAGER].window == timedelta(seconds=15)
    assert found[BudgetName.PICTURES_AT_ONCE].window is None
    assert BudgetName.PICTURES_OF_A_MAILBOX not in found, "it is never near"


def test_a_batch_takes_for_each_request_in_it_but_serves_four_pictures_at_a_time() -> None:
    known = published()
    assert known.cost("Files/add")[BudgetName.SHAREPOINT_APP_DAY] == 2
    assert known.cost("$batch of file", 60)[BudgetName.SHAREPOINT_TENANT] == 60
    assert known.cost("$batch of photo", 20) == {BudgetName.PICTURES_AT_ONCE: 4}
    assert known.cost("$batch of photo", 2) == {BudgetName.PICTURES_AT_ONCE: 2}
    assert known.cost("token") == {}


def test_no_operation_is_listed_that_nobody_sends() -> None:
    operations = {doing.removeprefix("$batch of ") for doing in sent()}
    assert {name for name in published().operations if name not in operations} == {"photo"} - operations
    assert all(re.fullmatch(r"[A-Za-z/$. ]+", name) for name in published().operations)
