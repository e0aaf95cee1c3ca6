"""docs/reference/control.md names every address, fault, case and field of the switchboard."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from localtenant.budgets.ask import family_of
from localtenant.budgets.costs import Cost
from localtenant.budgets.history import Span
from localtenant.budgets.page import page
from localtenant.budgets.table import BUDGETS
from localtenant.control.pictures import STORES
from localtenant.control.routes import routes
from localtenant.faults.fault import _FIELDS, APIS, KINDS
from localtenant.founding import Options, found
from localtenant.judge import Conduct
from localtenant.store.records import Case

PAGE = (Path(__file__).parents[2] / "docs/reference/control.md").read_text(encoding="utf-8")


def test_every_address_and_method_is_on_the_page() -> None:
    listed = {
        path: set(methods.split()) for path, methods in re.findall(r"^\| `(/_tenant\S*)` \| ([A-Z ]+) \|", PAGE, re.M)
    }
    there = {route.path: set(route.methods or ()) - {"HEAD"} for route in routes(found(Options(people=1)))}
    assert listed == there


def test_every_word_is_on_the_page() -> None:
    for word in (*KINDS, *APIS, *_FIELDS, *STORES, *(str(case) for case in Case), "seen", "met", "met_by", "holding"):
        assert f"`{word}`" in PAGE.replace("sharepoint-*", ""), word


def test_every_field_of_the_judgement_and_of_the_budgets_is_on_the_page() -> None:
    tenant = found(Options(people=1))
    told = {*tenant.budgets.as_json()[0], *(field.name for of in (Conduct, Span, Cost) for field in fields(of))}
    families = {family_of(api, name) for api in APIS for name in ("photo", "users", "ProcessQuery", "$value")}
    for word in told | {
        *families,
        "graph batch",
        "sharepoint batch",
        "sharepoint pages",
        "callers",
        "apis",
        "spans",
        "time_scale",
        "latency_ms",
    }:
        assert f"`{word}`" in PAGE or f'"{word}"' in PAGE, word


def test_the_page_of_budgets_is_up_to_date() -> None:
    written = (Path(__file__).parents[2] / "docs/reference/tenant-budgets.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m localtenant.budgets.page > docs/reference/tenant-budgets.md"
    assert all(budget.source for budget in BUDGETS)
