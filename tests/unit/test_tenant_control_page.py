"""docs/reference/control.md names every address, fault, case and field of the switchboard."""

from __future__ import annotations

import re
from pathlib import Path

from localtenant.control.pictures import STORES
from localtenant.control.routes import routes
from localtenant.faults.fault import _FIELDS, APIS, KINDS
from localtenant.founding import Options, found
from localtenant.store.records import Case

PAGE = (Path(__file__).parents[2] / "docs/reference/control.md").read_text(encoding="utf-8")


def test_every_address_and_method_is_on_the_page() -> None:
    listed = {
        path: set(methods.split()) for path, methods in re.findall(r"^\| `(/_tenant\S*)` \| ([A-Z ]+) \|", PAGE, re.M)
    }
    there = {route.path: set(route.methods or ()) - {"HEAD"} for route in routes(found(Options(people=1)))}
    assert listed == there


def test_every_word_is_on_the_page() -> None:
    for word in (*KINDS, *APIS, *_FIELDS, *STORES, *(str(case) for case in Case), "seen", "met", "holding"):
        assert f"`{word}`" in PAGE.replace("sharepoint-*", ""), word
