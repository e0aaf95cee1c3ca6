"""Microsoft's own SDK for Graph, with azure-identity, unmodified: it believes that it speaks to graph.microsoft.com.

Host names, certificates and tokens are what they would be there; the proxy and the authority to trust come by the
environment, as they would in a company.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from tests.conftest import RunningTenant, tenant_of
from tests.graph_client import picture_bytes

SCOPES = ["https://graph.microsoft.com/.default"]


@pytest.fixture(scope="module")
def served() -> Iterator[RunningTenant]:
    with tenant_of(people=60, tls=True) as running:
        yield running


@pytest.fixture(autouse=True)
def company(served: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert served.said.proxy is not None
    assert served.said.ca_file is not None
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, served.said.proxy)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, served.said.ca_file)


@pytest.fixture(params=["certificate", "secret"])
def graph(request: pytest.FixtureRequest, served: RunningTenant) -> GraphServiceClient:
    said = served.said
    credential: CertificateCredential | ClientSecretCredential
    if request.param == "certificate":
        credential = CertificateCredential(said.tenant_id, said.client_id, said.client_certificate)
    else:
        credential = ClientSecretCredential(said.tenant_id, said.client_id, said.client_secret)
    return GraphServiceClient(credential, SCOPES)


@pytest.fixture
def by_certificate(served: RunningTenant) -> GraphServiceClient:
    said = served.said
    return GraphServiceClient(CertificateCredential(said.tenant_id, said.client_id, said.client_certificate), SCOPES)


async def test_it_lists_everybody_by_pages(graph: GraphServiceClient, served: RunningTenant) -> None:
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "userPrincipalName", "assignedPlans", "accountEnabled"], top=25
    )
    page = await graph.users.get(RequestConfiguration(query_parameters=query))
    assert page is not None
    found = list(page.value or [])
    while page is not None and page.odata_next_link:
        assert page.odata_next_link.startswith("https://graph.microsoft.com/v1.0/users?")
        page = await graph.users.with_url(page.odata_next_link).get()
        assert page is not None
        found += page.value or []
    users = {user.id: user for user in served.tenant.store.users}
    assert sorted(str(user.id) for user in found) == sorted(users)
    for user in found:
        known = users[str(user.id)]
        assert user.user_principal_name == known.upn
        assert user.account_enabled == known.account_enabled
        assert tuple(plan.service for plan in user.assigned_plans or []) == known.plans


async def test_it_gets_one_person_by_upn_and_nobody(by_certificate: GraphServiceClient, served: RunningTenant) -> None:
    for known in served.tenant.store.users:
        user = await by_certificate.users.by_user_id(known.upn).get()
        assert user is not None
        assert user.id == known.id
    with pytest.raises(ODataError) as caught:
        await by_certificate.users.by_user_id("nobody@fjordlys.example").get()
    assert caught.value.error is not None
    assert caught.value.error.code == "Request_ResourceNotFound"
    assert caught.value.response_status_code == 404
    assert caught.value.error.inner_error is not None
    assert caught.value.error.inner_error.request_id


async def test_it_puts_gets_and_deletes_a_picture(graph: GraphServiceClient, served: RunningTenant) -> None:
    person = next(m.user_id for m in served.tenant.store.mailboxes if not m.on_premises)
    photo = graph.users.by_user_id(person).photo
    data = picture_bytes(700, 700)
    await photo.content.put(data)
    described = await photo.get()
    assert described is not None
    assert (described.width, described.height) == (700, 700)
    stamp = described.additional_data["@odata.mediaEtag"]
    assert await photo.content.get() == data
    sizes = await graph.users.by_user_id(person).photos.get()
    assert sizes is not None
    assert [size.id for size in sizes.value or []][-1] == "648x648"
    small = await graph.users.by_user_id(person).photos.by_profile_photo_id("48x48").content.get()
    assert small is not None
    assert small.startswith(b"\xff\xd8")
    await photo.content.put(data)
    again = await photo.get()
    assert again is not None
    assert again.additional_data["@odata.mediaEtag"] != stamp
    await photo.content.delete()
    with pytest.raises(APIError) as caught:
        await photo.get()
    assert caught.value.response_status_code == 404


async def test_it_sends_a_batch(by_certificate: GraphServiceClient, served: RunningTenant) -> None:
    """Statuses and pictures: this SDK puts no bytes into a batch's requests and drops JSON from its answers."""
    graph = by_certificate
    people = [m.user_id for m in served.tenant.store.mailboxes if m.picture is not None and not m.on_premises][:9]
    steps: dict[str, RequestInformation] = {
        f"look-{id}": graph.users.by_user_id(id).photo.to_get_request_information() for id in people
    }
    steps |= {f"read-{id}": graph.users.by_user_id(id).photo.content.to_get_request_information() for id in people}
    content = BatchRequestContent()
    for name, request in steps.items():
        item = BatchRequestItem(request, id=name)
        content.add_request(item.id, item)
    before = {id: served.tenant.store.mailboxes.get(id) for id in people}

    answers = await BatchRequestBuilder(graph.request_adapter).post(content)

    assert answers is not None
    for id in people:
        mailbox = before[id]
        assert mailbox is not None
        assert mailbox.picture is not None
        look = answers.responses[f"look-{id}"]
        assert look.status == 200
        read = answers.responses[f"read-{id}"]
        assert read.body == served.tenant.store.bytes_of(mailbox.picture.ref)


async def test_it_follows_a_delta_and_transitive_members(
    by_certificate: GraphServiceClient, served: RunningTenant
) -> None:
    delta = await by_certificate.users.delta.get()
    assert delta is not None
    assert len(delta.value or []) == len(served.tenant.store.users)
    assert delta.odata_delta_link
    group = next(iter(served.tenant.store.groups))
    members = await by_certificate.groups.by_group_id(group.id).transitive_members.graph_user.get()
    assert members is not None
    assert members.value
