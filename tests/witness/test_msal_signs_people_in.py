"""MSAL signs a person in by device code and by browser, as it would at Microsoft, and checks what it gets."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from typing import Any

import msal
import pytest
import requests
from bs4 import BeautifulSoup
from tests.conftest import RunningTenant, tenant_of

from localtenant.authority.registered import public_app

GRAPH = ["https://graph.microsoft.com/User.Read"]
MANAGE = ["https://fjordlys-admin.sharepoint.com/.default"]
BACK = "http://localhost:8400"


@pytest.fixture(scope="module")
def secure() -> Iterator[RunningTenant]:
    with tenant_of(people=20, tls=True) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(secure: RunningTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an administrator would set in a shell: the way to the vendor's names, and whom to trust."""
    monkeypatch.setenv("HTTPS_PROXY", str(secure.said.proxy))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.said.ca_file))
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def application(secure: RunningTenant, environment: None) -> msal.PublicClientApplication:
    authority = f"https://login.microsoftonline.com/{secure.said.tenant_id}"
    return msal.PublicClientApplication(public_app(secure.tenant).app_id, authority=authority)


class Browser:
    """Fills in forms; `requests` keeps the cookies."""

    def __init__(self) -> None:
        self._session = requests.Session()

    def open(self, url: str) -> requests.Response:
        return self._session.get(url, timeout=20)

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        form = BeautifulSoup(page.content, "html.parser").select_one("main form")
        assert form is not None, page.text
        known = {str(i["name"]): str(i.get("value", "")) for i in form.select("input[name]")}
        action = urllib.parse.urljoin(page.url, str(form.get("action") or page.url))
        return self._session.post(action, known | fields, allow_redirects=False, timeout=20)


def me(token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get("https://graph.microsoft.com/v1.0/me", headers=headers, timeout=20).json()


def test_by_device_code(secure: RunningTenant, application: msal.PublicClientApplication) -> None:
    flow = application.initiate_device_flow(GRAPH)
    browser = Browser()
    page = browser.submit(browser.open(flow["verification_uri"]), user_code=flow["user_code"])
    browser.submit(browser.submit(page, **secure.said.sign_in), decision="allowed")
    got = application.acquire_token_by_device_flow(flow)
    assert got["id_token_claims"]["preferred_username"] == secure.said.sign_in["name"], got
    assert me(got["access_token"])["userPrincipalName"] == secure.said.sign_in["name"]
    [account] = application.get_accounts()
    assert account["username"] == secure.said.sign_in["name"]
    silent = application.acquire_token_silent(GRAPH, account, force_refresh=True)
    assert silent["access_token"] != got["access_token"]
    other = application.acquire_token_silent(MANAGE, account)
    assert other["access_token"], "the refresh token serves SharePoint too"


def test_by_browser(secure: RunningTenant, application: msal.PublicClientApplication) -> None:
    flow = application.initiate_auth_code_flow(
        GRAPH, redirect_uri=BACK, login_hint=secure.said.sign_in["name"], response_mode="form_post"
    )
    browser = Browser()
    back = browser.submit(browser.open(flow["auth_uri"]), password=secure.said.sign_in["password"])
    form = BeautifulSoup(back.content, "html.parser").select_one("main form")
    assert form is not None, back.text
    assert form["action"] == BACK
    answer = {str(i["name"]): str(i["value"]) for i in form.select("input[name]")}
    got = application.acquire_token_by_auth_code_flow(flow, answer)
    assert got["id_token_claims"]["tid"] == secure.said.tenant_id, got
    assert me(got["access_token"])["userPrincipalName"] == secure.said.sign_in["name"]


def test_what_was_not_granted_is_told(application: msal.PublicClientApplication) -> None:
    refused = application.initiate_device_flow(["https://graph.microsoft.com/Mail.Read"])
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [65001])
