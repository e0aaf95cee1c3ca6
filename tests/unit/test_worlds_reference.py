"""docs/reference/worlds.md tells of every case, form and group, and of nothing that there is not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from localtenant.store.records import Case
from localtenant.worlds import groups, make, people
from localtenant.worlds.recipes import FORMS

PAGE = (Path(__file__).parents[2] / "docs/reference/worlds.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def test_every_case_has_its_row() -> None:
    assert [row[0] for row in ROWS] == [f"`{case}`" for case in Case]


def test_the_columns_say_who_has_a_picture_where() -> None:
    made = make(7, 2000, "fjordlys.example", datetime(2026, 11, 22, tzinfo=UTC))
    for (_, _, exchange, directory, _), case in zip(ROWS, Case, strict=True):
        of_case = [user for user in made.users.values() if user.case is case]
        mailboxes = [made.mailboxes.get(user.id) for user in of_case]
        in_exchange = sum(box is not None and box.picture is not None for box in mailboxes) / len(of_case)
        in_directory = sum(user.picture is not None for user in of_case) / len(of_case)
        assert {"yes": in_exchange == 1, "mostly": 0.7 < in_exchange < 1}.get(exchange, in_exchange == 0), case
        assert {"yes": in_directory == 1, "some": 0 < in_directory < 0.5}.get(directory, in_directory == 0.5), case


def test_groups_administrators_and_forms_are_as_told() -> None:
    for name in (groups.ALL_STAFF, groups.LEADERSHIP, groups.PILOT, groups.OPTED_OUT, groups.PARTNERS):
        assert f"`{name}`" in PAGE
    told = re.sub(r"\s+", " ", PAGE)
    for number, roles in people.ADMINISTRATORS.items():
        assert re.search(rf"umber {number}( is)? {roles[0].split()[0]}", told)
    assert f"Of every {len(FORMS)} people one each" in told
    assert f"umber {people.WITH_APOSTROPHE} " in told and f"umber {people.LONG_NAME} " in told
