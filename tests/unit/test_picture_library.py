"""The picture library over REST: items by id, the threshold, folders, files, ETags, shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.sharepoint_site import FOLDER, ITEMS, LIGHT, MINIMAL, VERBOSE, Site, site

from localtenant.sharepoint import library
from localtenant.store.records import LibraryFile

FILE = "/_api/web/GetFileByServerRelativePath(decodedurl='/User Photos/Profile Pictures/{}')"


def get(at: Site, path: str, status: int = 200, **params: str) -> dict[str, Any]:
    answer = at.http.get(path, params=params or None, headers=at.app())
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def large(count: int = 5001, **behaviours: str) -> Site:
    """A library of `count` files that are never drawn."""
    at = site(people=10, **behaviours)
    pattern = next(iter(at.tenant.store.files))
    files: dict[str, LibraryFile] = {}
    for n in range(count):
        file = replace(pattern, item_id=1000 + n, unique_id=f"00000000-0000-4000-8000-{n:012d}", name=f"{n}_MThumb.jpg")
        files[library.key_of(f"{file.folder}/{file.name}")] = file
    at.tenant.store.files.load(files)
    return at


def follow(at: Site, path: str, **params: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = get(at, path, **params)
    while True:
        rows += page["value"]
        if "odata.nextLink" not in page:
            return rows
        page = get(at, page["odata.nextLink"])


def test_every_item_once_by_pages() -> None:
    at = site()
    ids = [1, *sorted(file.item_id for file in at.tenant.store.files)]
    for top in ("1", "7", "5000"):
        rows = follow(at, ITEMS, **{"$select": "Id,FSObjType", "$top": top, "$orderby": "ID"})
        assert [row["Id"] for row in rows] == ids
        assert [row["FSObjType"] for row in rows] == [1] + [0] * (len(ids) - 1)
    backwards = follow(at, ITEMS, **{"$select": "Id", "$top": "10", "$orderby": "Id desc"})
    assert [row["Id"] for row in backwards] == ids[::-1]
    assert len(get(at, ITEMS)["value"]) == 100 or len(ids) < 100


def test_filters_select_and_expand() -> None:
    at = site()
    file = sorted(at.tenant.store.files, key=lambda f: f.item_id)[10]
    rows = get(
        at,
        ITEMS,
        **{
            "$filter": f"Id gt {file.item_id - 1} and FSObjType eq 0 and startswith(FileLeafRef,'{file.name[:8]}')",
            "$select": "Id,FileLeafRef,FileDirRef,File/ETag,File/Length",
            "$expand": "File",
        },
    )["value"]
    assert rows[0] == {
        "Id": file.item_id,
        "FileLeafRef": file.name,
        "FileDirRef": "/User Photos/Profile Pictures",
        "File": {"ETag": file.etag, "Length": str(len(at.tenant.store.bytes_of(file.ref)))},
    }
    by_name = get(at, ITEMS, **{"$filter": f"FileLeafRef eq '{file.name}'", "$select": "ID"})["value"]
    assert by_name == [{"ID": file.item_id}]


@pytest.mark.parametrize(
    "params",
    [
        {"$filter": "Id gt"},
        {"$filter": "Nothing eq 1"},
        {"$select": "Nothing"},
        {"$expand": "Nothing"},
        {"$top": "-1"},
        {"$skiptoken": "rubbish"},
        {"$orderby": "Id sideways"},
        {"$filter": "(" * 200 + "Id eq 1" + ")" * 200},
        {"$filter": " and ".join(["Id gt 1"] * 400)},
        {"$filter": "Id gt " + "9" * 5000},
        {"$filter": "Id gt ²"},
        {"$top": "9" * 5000},
        {"$skiptoken": "Paged=TRUE&p_ID=" + "9" * 5000},
    ],
)
def test_what_is_not_valid_is_a_400(params: dict[str, str]) -> None:
    assert get(site(people=10), ITEMS, 400, **params)["odata.error"]["message"]["value"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"$top": "5000", "$select": "Id"}, 200),
        ({"$top": "5000", "$orderby": "ID", "$filter": "Id gt 1000", "$select": "Id"}, 200),
        ({"$filter": "Id gt 1000 and FSObjType eq 0", "$select": "Id"}, 200),
        ({"$filter": "FSObjType eq 0"}, 500),
        ({"$filter": "Id gt 1000 or FSObjType eq 0"}, 500),
        ({"$filter": "not (Id gt 1000)"}, 500),
        ({"$orderby": "FileLeafRef"}, 500),
        ({"$top": "5001"}, 500),
    ],
)
def test_the_view_threshold(params: dict[str, str], status: int) -> None:
    at = large()
    found = get(at, ITEMS, status, **params)
    if status == 500:
        assert found["odata.error"]["code"] == "-2147024860, Microsoft.SharePoint.SPQueryThrottledException"
    small = site(people=10)
    assert small.http.get(ITEMS, params=params, headers=small.app()).status_code == 200


@pytest.mark.parametrize(("rule", "status"), [("refused", 500), ("served", 200)])
def test_a_folder_beyond_the_threshold(rule: str, status: int) -> None:
    at = large(large_folder_listing=rule)
    found = get(at, FOLDER + "/Files", status, **{"$select": "Name"})
    assert status == 500 or len(found["value"]) > 5000


def test_a_large_listing_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    at = large(6000)
    monkeypatch.setattr(at.tenant.store, "bytes_of", lambda ref: pytest.fail("drawn"))
    rows = follow(at, ITEMS, **{"$select": "Id,File/ETag", "$expand": "File", "$top": "5000"})
    assert len(rows) > 6000


def test_shapes() -> None:
    at = site()
    params = {"$top": "2", "$select": "Id"}
    for accept, level in ((LIGHT, "nometadata"), (MINIMAL, "minimalmetadata"), (VERBOSE, "verbose"), ("application/json", "minimalmetadata")):  # fmt: skip  # noqa: E501
        answer = at.http.get(ITEMS, params=params, headers={**at.app(), "Accept": accept})
        assert f"odata={level}" in answer.headers["content-type"]
        body = answer.json()
        if level == "verbose":
            assert body["d"]["results"][0]["__metadata"]["type"] == "SP.Data.User_x0020_PhotosItem"
            assert "p_ID" in body["d"]["__next"]
        else:
            assert ("odata.metadata" in body) is ("odata.etag" in body["value"][0]) is (level == "minimalmetadata")


def test_a_file_is_added_read_replaced_and_deleted() -> None:
    at = site()
    name = "O''Neill #1 50%_MThumb.jpg"
    add = f"{FOLDER}/Files/addUsingPath(decodedUrl=@n,overwrite=true)"
    first = at.http.post(add, params={"@n": f"'{name}'"}, content=b"one", headers=at.app()).json()
    assert first["Name"] == "O'Neill #1 50%_MThumb.jpg" and first["Length"] == "3"
    assert first["ETag"] == f'"{{{first["UniqueId"].upper()}}},1"'
    refused = at.http.post(add.replace("true", "false"), params={"@n": f"'{name}'"}, content=b"x", headers=at.app())
    assert refused.status_code == 400 and refused.json()["odata.error"]["code"].startswith("-2130575257")
    second = at.http.post(add, params={"@n": f"'{name}'"}, content=b"two!", headers=at.app()).json()
    assert second["UniqueId"] == first["UniqueId"] and second["ETag"].endswith(',2"')
    file = "/_api/web/GetFileByServerRelativePath(decodedurl=@p)"
    where = {"@p": f"'/user photos/profile pictures/{name}'"}
    assert at.http.get(f"{file}/$value", params=where, headers=at.app()).content == b"two!"
    put = at.http.post(f"{file}/$value", params=where, content=b"three", headers={**at.app(), "X-HTTP-Method": "PUT"})
    assert put.status_code == 204
    item = get(at, f"{file}/ListItemAllFields", **where)
    assert get(at, f"{ITEMS}({item['Id']})/File", **where)["Length"] == "5"
    stale = at.http.post(
        file, params=where, headers={**at.app(), "X-HTTP-Method": "DELETE", "If-Match": second["ETag"]}
    )
    assert stale.status_code == 412 and "does not match" in stale.text
    gone = at.http.delete(file, params=where, headers={**at.app(), "If-Match": put.headers["etag"]})
    assert gone.status_code == 200
    assert get(at, file, 404, **where)["odata.error"]["code"].startswith("-2130575338")
    again = at.http.post(add, params={"@n": f"'{name}'"}, content=b"x", headers=at.app()).json()
    assert again["UniqueId"] != first["UniqueId"]
    assert get(at, f"{file}/ListItemAllFields", **where)["Id"] > item["Id"], "an item's number is never used twice"


@pytest.mark.parametrize("name", ["a:b.jpg", "..", " ", "a|b"])
def test_names_that_no_file_may_have(name: str) -> None:
    at = site(people=10)
    answer = at.http.post(
        f"{FOLDER}/Files/add(url=@n,overwrite=true)", params={"@n": f"'{name}'"}, content=b"x", headers=at.app()
    )
    assert answer.status_code == 400
    assert not any(file.name == name for file in at.tenant.store.files)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/_api/web/lists/getbytitle('Documents')/items", "-1, System.ArgumentException"),
        ("/_api/web/GetFolderByServerRelativeUrl('/Elsewhere')/Files", "-2147024894, System.IO.FileNotFoundException"),
        (ITEMS + "(999999)", "-2130575338, System.ArgumentException"),
        ("/_api/web/nothing", "-1, Microsoft.SharePoint.Client.ResourceNotFoundException"),
        ("/_api/web/lists/getbytitle('User Photos'", "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"),
    ],
)
def test_what_is_not_there(path: str, code: str) -> None:
    at = site(people=10)
    answer = at.http.get(path, headers=at.app())
    assert answer.status_code in (400, 404)
    assert answer.json()["odata.error"]["code"] == code


def test_library_numbers_rise_and_lookups_stay_true() -> None:
    at = site(people=10)
    top = max(library.item_ids(at.tenant))
    path = "/User Photos/Profile Pictures/new_MThumb.jpg"
    first = library.put_file(at.tenant, path, b"x")
    assert first.item_id == top + 1
    assert library.delete_file(at.tenant, path.upper())
    assert library.find_item(at.tenant, first.item_id) is None and not library.delete_file(at.tenant, path)
    second = library.put_file(at.tenant, path, b"x")
    assert second.item_id == top + 2 and library.find_item(at.tenant, top + 2) == second
    assert list(library.item_ids(at.tenant)) == sorted(f.item_id for f in at.tenant.store.files)
