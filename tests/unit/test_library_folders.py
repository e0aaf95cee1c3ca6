"""The picture library's folders over REST: made in three ways, taken away, and there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import tenant_of
from tests.sharepoint_site import FOLDER, ITEMS, Site, site

from localtenant.sharepoint import library

PICTURES = "/User Photos/Profile Pictures"
FOLDERS = "/_api/web/GetFolderByServerRelativeUrl('/User Photos')/Folders"
ADD_FILE = f"{FOLDER}/Files/add(url='x_MThumb.jpg',overwrite=true)"


@pytest.fixture
def bare() -> Site:
    """A site whose library holds nothing at all."""
    at = site(people=10)
    assert at.http.delete(FOLDER, headers={**at.app(), "If-Match": "*"}).status_code == 200
    return at


def names(at: Site) -> list[str]:
    return [row["Name"] for row in at.http.get(FOLDERS, headers=at.app()).json()["value"]]


def test_a_folder_that_was_taken_away_is_gone_with_its_files(bare: Site) -> None:
    assert names(bare) == [] and len(bare.tenant.store.files) == 0
    assert bare.http.get(FOLDER, headers=bare.app()).status_code == 404
    assert bare.http.post(ADD_FILE, content=b"x", headers=bare.app()).status_code == 404
    assert bare.http.get(ITEMS, headers=bare.app()).json()["value"] == []
    count = bare.http.get("/_api/web/lists/getbytitle('User Photos')?$select=ItemCount", headers=bare.app())
    assert count.json() == {"ItemCount": 0}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_api/web/folders", {"ServerRelativeUrl": PICTURES}, 201),
        ("/_api/web/folders", {"__metadata": {"type": "SP.Folder"}, "ServerRelativeUrl": PICTURES + "/"}, 201),
        (f"/_api/web/folders/add('{PICTURES}')", None, 200),
        (f"/_api/web/Folders/AddUsingPath(DecodedUrl='{PICTURES}',overwrite=false)", None, 200),
        (f"{FOLDERS}/add(url='Profile Pictures')", None, 200),
    ],
)
def test_every_documented_way_makes_one_and_making_it_again_does_no_harm(
    bare: Site, path: str, body: object, status: int
) -> None:
    for _ in range(2):
        made = bare.http.post(path, json=body, headers=bare.app())
        assert (made.status_code, made.json()["ServerRelativeUrl"]) == (status, PICTURES), made.text
        assert bare.http.post(ADD_FILE, content=b"x", headers=bare.app()).status_code == 200
    assert names(bare) == ["Profile Pictures"] and len(bare.tenant.store.files) == 1
    assert [row["Id"] for row in bare.http.get(ITEMS, headers=bare.app()).json()["value"]] == [
        1,
        max(library.item_ids(bare.tenant)),
    ]


def test_an_empty_folder_counts_no_items(bare: Site) -> None:
    body = {"ServerRelativeUrl": "/User Photos/Profilbilleder"}
    made = bare.http.post("/_api/web/folders", json=body, headers=bare.app())
    assert made.json()["ItemCount"] == 0


@pytest.mark.parametrize(
    ("url", "status"),
    [("/User Photos/a:b", 400), ("/User Photos/..", 400), ("/Nowhere/x", 404), ("/x", 404), ("", 400), (7, 400)],
)
def test_what_is_no_folder_of_the_library_is_refused(bare: Site, url: object, status: int) -> None:
    refused = bare.http.post("/_api/web/folders", json={"ServerRelativeUrl": url}, headers=bare.app())
    assert refused.status_code == status, refused.text
    assert names(bare) == []


def test_who_may_not_write_files_makes_and_takes_none(bare: Site) -> None:
    reader = bare.app("User.ReadWrite.All")
    body = {"ServerRelativeUrl": PICTURES}
    assert bare.http.post("/_api/web/folders", json=body, headers=reader).status_code == 403
    library_itself = "/_api/web/GetFolderByServerRelativeUrl('/User Photos')"
    assert bare.http.delete(library_itself, headers=bare.app()).status_code == 400


def test_what_was_made_and_taken_outlives_a_restart(tmp_path: Path) -> None:
    with tenant_of(people=10, state=tmp_path) as at:
        library.remove_folder(at.tenant, PICTURES)
        library.make_folder(at.tenant, "Profilbilleder")
        at.tenant.store.commit()
    with tenant_of(people=10, state=tmp_path) as at:
        assert library.folder_paths(at.tenant) == ["/User Photos/Profilbilleder"]
        assert len(at.tenant.store.files) == 0
        at.control.reset()
        assert library.folder_paths(at.tenant) == [PICTURES]
