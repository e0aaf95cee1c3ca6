"""Office365-REST-Python-Client, somebody else's client, works against the tenant's SharePoint unmodified."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from office365.runtime.auth.token_response import TokenResponse
from office365.runtime.client_request_exception import ClientRequestException
from office365.sharepoint.client_context import ClientContext
from tests.conftest import RunningTenant, StartTenant, tenant_of

from localtenant.authority.claims import BY_CERTIFICATE, app_token, user_token
from localtenant.authority.registered import client_app, public_app
from localtenant.sharepoint import library
from localtenant.sharepoint.names import account_name
from localtenant.store.records import Case, User

FOLDER = "/User Photos/Profile Pictures"
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def running() -> Iterator[RunningTenant]:
    with tenant_of() as at:
        yield at


@pytest.fixture
def client(running: RunningTenant) -> ClientContext:
    tenant = running.tenant
    token = app_token(
        tenant,
        client_app(tenant),
        at=tenant.url,
        audience=tenant.url,
        roles=["Sites.FullControl.All", "User.ReadWrite.All"],
        proof=BY_CERTIFICATE,
    )
    return context(running, token)


def context(running: RunningTenant, token: str) -> ClientContext:
    return ClientContext(running.url).with_access_token(lambda: TokenResponse(access_token=token, token_type="Bearer"))


def shown(running: RunningTenant) -> User:
    return next(
        u
        for u in running.tenant.store.users
        if (p := running.tenant.store.profiles.get(u.id)) is not None and p.placeholder_state == "0" and p.editable
    )


def test_profiles_are_read(running: RunningTenant, client: ClientContext) -> None:
    for user in list(running.tenant.store.users)[:12]:
        if user.user_type == "Guest":
            continue
        person = client.people_manager.get_properties_for(account_name(user)).execute_query()
        assert person.properties["AccountName"] == account_name(user)
        assert person.user_profile_properties["msOnline-ObjectId"] == user.id
        everything = client.people_manager.get_user_profile_properties(account_name(user)).execute_query()
        assert any("msOnline-ObjectId" in str(row) for row in everything.value.values())


def test_a_property_is_set_and_read_back(running: RunningTenant, client: ClientContext) -> None:
    user = shown(running)
    manager = client.people_manager
    manager.set_single_value_profile_property(account_name(user), "AboutMe", "Ærlig talt").execute_query()
    found = manager.get_user_profile_property_for(account_name(user), "AboutMe").execute_query()
    assert found.value == "Ærlig talt"
    manager.set_multi_valued_profile_property(account_name(user), "SPS-Skills", ["a", "b"]).execute_query()
    assert manager.get_user_profile_property_for(account_name(user), "SPS-Skills").execute_query().value == "a|b"


def test_own_profile(running: RunningTenant) -> None:
    user, tenant = shown(running), running.tenant
    token = user_token(
        tenant, public_app(tenant), user, at=tenant.url, audience=tenant.url, scopes=["AllSites.FullControl"],
        proof=BY_CERTIFICATE,
    )  # fmt: skip
    path = "SP.UserProfiles.PeopleManager/GetMyProperties"
    answer = context(running, token).pending_request().execute_request(path)
    assert answer.json()["d"]["AccountName"] == account_name(user)


def test_a_file_is_uploaded_read_replaced_and_deleted(running: RunningTenant, client: ClientContext) -> None:
    name = "O'Neill 100% #1_MThumb.jpg"
    folder = client.web.get_folder_by_server_relative_path(FOLDER)
    stored = folder.files.add(name, b"first", True).execute_query()
    assert (stored.name, stored.length) == (name, 5)
    again = folder.files.add(name, b"second", True).execute_query()
    assert again.unique_id == stored.unique_id
    file = client.web.get_file_by_server_relative_path(f"{FOLDER}/{name}").get().execute_query()
    assert file.properties["ETag"].endswith(',2"')
    got = BytesIO()
    file.download(got).execute_query()
    assert got.getvalue() == b"second"
    assert file.get_content().execute_query().value == b"second"
    item = file.listItemAllFields.get().execute_query()
    known = library.find_file(running.tenant, f"{FOLDER}/{name}")
    assert known is not None and item.properties["Id"] == known.item_id
    file.delete_object().execute_query()
    assert library.find_file(running.tenant, f"{FOLDER}/{name}") is None
    with pytest.raises(ClientRequestException) as refused:
        client.web.get_file_by_server_relative_path(f"{FOLDER}/{name}").get().execute_query()
    assert refused.value.response.status_code == 404


def test_folders_and_files_are_listed(running: RunningTenant, client: ClientContext) -> None:
    library_folder = client.web.get_folder_by_server_relative_url("/User Photos")
    folders = library_folder.folders.get().execute_query()
    assert [folder.name for folder in folders] == ["Profile Pictures"]
    files = folders[0].files.select(["Name", "ETag"]).get().execute_query()
    assert {file.name for file in files} == {file.name for file in running.tenant.store.files}


def test_folders_are_made_and_taken_away(running: RunningTenant, client: ClientContext) -> None:
    folders = client.web.get_folder_by_server_relative_url("/User Photos").folders
    made = folders.add("Profilbilleder").execute_query()
    assert made.properties["ServerRelativeUrl"] == "/User Photos/Profilbilleder"
    folders.add_using_path("/User Photos/Imagens de Perfil", True).execute_query()
    assert library.folder_paths(running.tenant)[0] == "/User Photos/Imagens de Perfil"
    for name in ("Profilbilleder", "Imagens de Perfil"):
        client.web.get_folder_by_server_relative_url(f"/User Photos/{name}").delete_object().execute_query()
    assert library.folder_paths(running.tenant) == ["/User Photos/Profile Pictures"]


def test_items_are_paged(running: RunningTenant, client: ClientContext) -> None:
    items = client.web.lists.get_by_title("User Photos").items
    found = items.select(["Id", "FileLeafRef"]).get_all(10).execute_query()
    assert sorted(item.properties["Id"] for item in found) == [1, *library.item_ids(running.tenant)]
    last = library.item_ids(running.tenant)[-1]
    newest = (
        client.web.lists.get_by_title("User Photos")
        .items.select(["Id", "File/ETag"]).expand(["File"]).filter(f"Id ge {last} and FSObjType eq 0")
        .get().execute_query()
    )  # fmt: skip
    known = library.find_item(running.tenant, last)
    assert known is not None
    assert [item.file.properties["ETag"] for item in newest] == [known.etag]


def test_a_batch(running: RunningTenant, client: ClientContext) -> None:
    user = shown(running)
    people = [u for u in running.tenant.store.users if u.user_type != "Guest"][:5]
    found = [client.people_manager.get_properties_for(account_name(person)) for person in people]
    client.people_manager.set_single_value_profile_property(account_name(user), "AboutMe", "batched")
    the_list = client.web.lists.get_by_title("User Photos").get()
    client.execute_batch()
    assert [person.properties["AccountName"] for person in found] == list(map(account_name, people))
    assert the_list.properties["ItemCount"] == len(library.item_ids(running.tenant)) + 1
    value = client.people_manager.get_user_profile_property_for(account_name(user), "AboutMe").execute_query()
    assert value.value == "batched"


def test_errors_are_told_apart(running: RunningTenant, client: ClientContext) -> None:
    closed = next(u for u in running.tenant.store.users if u.case is Case.NOT_EDITABLE)
    with pytest.raises(ClientRequestException) as refused:
        client.people_manager.set_single_value_profile_property(account_name(closed), "PictureURL", "x").execute_query()
    assert "PropertyNotEditableException" in str(refused.value.args) + refused.value.response.text
    with pytest.raises(ClientRequestException) as unknown:
        client.web.lists.get_by_title("Nothing").get().execute_query()
    assert unknown.value.response.status_code == 404
    with pytest.raises(ClientRequestException) as stranger:
        context(running, "rubbish").web.get().execute_query()
    assert stranger.value.response.status_code == 401


def test_it_signs_in_by_certificate_under_the_vendors_host_names(
    start_tenant: StartTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = start_tenant(tls=True)
    assert at.said.proxy is not None and at.said.ca_file is not None
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, at.said.proxy)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, at.said.ca_file)
    pem = Path(at.said.client_certificate).read_text()
    certificate = x509.load_pem_x509_certificate(pem.encode())
    host = f"https://{at.said.domain.partition('.')[0]}-my.sharepoint.com"

    def signed_in() -> ClientContext:
        return ClientContext(host).with_client_certificate(
            at.said.tenant_id,
            at.said.client_id,
            thumbprint=certificate.fingerprint(hashes.SHA1()).hex(),
            private_key=pem[pem.index("-----BEGIN PRIVATE KEY") :],
        )

    user = shown(at)
    person = signed_in().people_manager.get_properties_for(account_name(user)).execute_query()
    assert person.properties["PictureUrl"].startswith(f"{host}:443/User%20Photos/Profile%20Pictures/")
    stored = signed_in().web.get_folder_by_server_relative_path(FOLDER).files.add("x.jpg", b"x", True).execute_query()
    assert stored.name == "x.jpg"
    secret = ClientContext(host).with_client_secret(at.said.tenant_id, at.said.client_id, at.said.client_secret)
    with pytest.raises(ClientRequestException) as refused:
        secret.web.get().execute_query()
    assert refused.value.response.status_code == 401
    assert "Unsupported app only token" in refused.value.response.text
