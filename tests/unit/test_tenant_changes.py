"""The switchboard tells what was sent and carried out, one by one, so that a test sees what was sent twice."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.sharepoint_site import FOLDER, Site, site
from tests.unit.test_csom import PATH, request, setting


def changes(of: Site) -> Any:
    return of.tenant.ledger.changes_as_json()["changes"]


def test_uploads_and_what_a_query_sets_are_told_in_their_order_with_their_bytes_digest() -> None:
    office = site()
    person, headers = office.shown(), office.app()
    for data in (b"one", b"two"):
        path = f"{FOLDER}/Files/add(url='x y_SThumb.jpg',overwrite=true)"
        assert office.http.post(path, content=data, headers=headers).status_code == 200
    body = request(setting(1, person, "SPS-PicturePlaceholderState", "0"))
    office.http.post(PATH, content=body, headers={**headers, "Content-Type": "text/xml"})
    one, two, query = changes(office)
    assert [c["sha256"] for c in (one, two)] == [hashlib.sha256(d).hexdigest() for d in (b"one", b"two")]
    assert one["operation"] == "Files/add"
    assert "x y_SThumb.jpg" in one["path"]
    assert query["changed"] == (f"{person.upn} SPS-PicturePlaceholderState",)


def test_what_was_refused_or_only_read_is_not_told_and_clearing_the_ledger_clears_it() -> None:
    office = site()
    office.http.get(FOLDER, headers=office.app())
    path = f"{FOLDER}/Files/add(url='x.jpg',overwrite=true)"
    assert office.http.post(path, content=b"one", headers=office.secret_app()).status_code == 401
    assert changes(office) == []
    office.http.post(path, content=b"one", headers=office.app())
    assert len(changes(office)) == 1
    office.tenant.ledger.clear()
    assert changes(office) == []
