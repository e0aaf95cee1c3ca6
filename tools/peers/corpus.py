"""The organisation that all contenders work on: one state folder of a tenant, copied for each pass that begins anew.

In it everybody's picture in Exchange is a file that was uploaded, so that no contender waits for a portrait to be
drawn, and SharePoint has no picture of anybody. For those who bring files to Exchange there is another folder in which
Exchange has none either. Beside them lie the same pictures as files, and the list of people as PnP's uploader and the
usual scripts want it.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, ".")
from tests.tenant_control import TenantControl
from tests.tenant_process import tenant_process

STORES = ("sharepoint-s", "sharepoint-m", "sharepoint-l")
LEFT_OUT = frozenset(
    {"guest", "disabled", "no_mailbox", "on_premises_mailbox", "other_geography", "not_editable", "sync_off"}
)
"""Whom an administrator who writes such a list leaves off it: nobody's program can do anything for them, or somebody
has switched SharePoint's own sync off for them, which Samepic minds.
"""


@dataclass(frozen=True, slots=True)
class Corpus:
    """state: a tenant's folder; bare: one without any picture in Exchange. pictures: a file for each person on the
    list, by object id. listed: how many.
    """

    state: Path
    bare: Path
    pictures: Path
    people: Path
    listed: int


def make(folder: Path, people: int, say: Callable[[str], None]) -> Corpus:
    """Have the tenant draw everybody once."""
    made = Corpus(folder / "tenant", folder / "bare", folder / "pictures", folder / "people.csv", 0)
    made.pictures.mkdir()
    with tenant_process("--people", str(people), "--state", str(made.state)) as tenant:
        say(f"drawing {people:,} people")
        everybody = tenant.control.people()
        with ThreadPoolExecutor(4) as pool:
            had = list(pool.map(lambda person: _settle(tenant.control, person, made.pictures), everybody))
        tenant.stop()
    rows = [
        {"id": person["id"], "upn": person["upn"], "picture": f"{person['id']}.jpg"}
        for person, has_one in zip(everybody, had, strict=True)
        if has_one and person["case"] not in LEFT_OUT
    ]
    with made.people.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["id", "upn", "picture"])
        writer.writeheader()
        writer.writerows(rows)
    shutil.copytree(made.state, made.bare)
    with tenant_process("--state", str(made.bare)) as tenant:
        for row in rows:
            tenant.control.delete_picture(row["id"], "exchange")
        tenant.stop()
    return replace(made, listed=len(rows))


def _settle(control: TenantControl, person: dict[str, str], pictures: Path) -> bool:
    """Exchange's picture becomes an upload, SharePoint's go; whether there is one in Exchange."""
    for store in STORES:
        if control.picture(person["id"], store) is not None:
            control.delete_picture(person["id"], store)
    data = control.picture(person["id"], "exchange")
    if data is None:
        return False
    control.put_picture(person["id"], "exchange", data)
    (pictures / f"{person['id']}.jpg").write_bytes(data)
    return True
