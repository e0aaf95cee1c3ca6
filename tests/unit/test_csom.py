"""ProcessQuery: several methods in one request, as different clients write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sharepoint_site import Site, site

from localtenant.sharepoint.csom_xml import MAX_BYTES
from localtenant.sharepoint.names import account_name
from localtenant.store.records import Case, User

PATH = "/_vti_bin/client.svc/ProcessQuery"
NAMESPACE = "http://schemas.microsoft.com/sharepoint/clientquery/2009"
MANAGER = '<Constructor Id="1" TypeId="{cf560d69-0fdb-4489-a216-b6b47adf8ef8}" />'


def parameter(value: str) -> str:
    text = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<Parameter Type="String">{text}</Parameter>'


def setting(number: int, user: User, name: str, value: str) -> str:
    parameters = "".join(map(parameter, (account_name(user), name, value)))
    return (
        f'<Method Name="SetSingleValueProfileProperty" Id="{number}" ObjectPathId="1">'
        f"<Parameters>{parameters}</Parameters></Method>"
    )


def request(actions: str, paths: str = MANAGER, client: str = ".NET Library", library: str = "16.0.0.0") -> str:
    return (
        f'<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="{library}" '
        f'ApplicationName="{client}" xmlns="{NAMESPACE}"><Actions>{actions}</Actions>'
        f"<ObjectPaths>{paths}</ObjectPaths></Request>"
    )


def sent(at: Site, body: str | bytes, headers: dict[str, str] | None = None) -> list[Any]:
    answer = at.http.post(PATH, content=body, headers={**(headers or at.app()), "Content-Type": "text/xml"})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()
    assert found[0].keys() == {"SchemaVersion", "LibraryVersion", "ErrorInfo", "TraceCorrelationId"}
    return found


def test_four_properties_in_one_request() -> None:
    at = site()
    user = at.shown()
    values = {
        "PictureURL": "http://testserver/User%20Photos/Profile%20Pictures/x_MThumb.jpg",
        "SPS-PictureTimestamp": "63799442436",
        "SPS-PictureExchangeSyncState": "1",
        "SPS-PicturePlaceholderState": "0",
    }
    actions = "".join(setting(n, user, name, value) for n, (name, value) in enumerate(values.items(), 7))
    assert len(sent(at, request(actions))) == 1
    assert values.items() <= at.properties(user).items()


@pytest.mark.parametrize("client", ["Javascript Library", ".NET Library"])
@pytest.mark.parametrize("library", ["15.0.0.0", "16.0.0.0"])
@pytest.mark.parametrize("instantiates", [True, False])
def test_clients_differ(client: str, library: str, instantiates: bool) -> None:
    at = site()
    user = at.shown()
    actions = '<ObjectPath Id="2" ObjectPathId="1" />' if instantiates else ""
    found = sent(at, request(actions + setting(3, user, "AboutMe", "né & <b>"), client=client, library=library))
    assert found[1:] == ([2, {"IsNull": False}] if instantiates else [])
    assert at.properties(user)["AboutMe"] == "né & <b>"


def test_many_people_are_read_in_one_request() -> None:
    at = site()
    people = [u for u in at.tenant.store.users if u.user_type == "Member"][:20]
    paths, actions = MANAGER, ""
    for n, user in enumerate(people):
        paths += (
            f'<Method Id="{100 + n}" ParentId="1" Name="GetPropertiesFor"><Parameters>'
            f"{parameter(account_name(user))}</Parameters></Method>"
        )
        actions += f'<ObjectPath Id="{200 + n}" ObjectPathId="{100 + n}" />'
        actions += (
            f'<Query Id="{300 + n}" ObjectPathId="{100 + n}"><Query SelectAllProperties="false"><Properties>'
            '<Property Name="AccountName" ScalarProperty="true" />'
            '<Property Name="UserProfileProperties" ScalarProperty="true" /></Properties></Query></Query>'
        )
    found = sent(at, request(actions, paths))
    answers = dict(zip(found[1::2], found[2::2], strict=True))
    for n, user in enumerate(people):
        assert answers[200 + n] == {"IsNull": False}
        person = answers[300 + n]
        assert person.keys() == {"_ObjectType_", "AccountName", "UserProfileProperties"}
        assert person["AccountName"] == account_name(user)
        assert person["UserProfileProperties"] == at.properties(user)
    ledger = [e for e in at.tenant.ledger.as_json()["entries"] if e["operation"] == "ProcessQuery"]
    assert [e["count"] for e in ledger] == [1]


def test_an_unknown_account_is_a_null_object_and_a_failed_write() -> None:
    at = site()
    nobody = '<Method Id="2" ParentId="1" Name="GetPropertiesFor"><Parameters>{}</Parameters></Method>'.format(
        parameter("i:0#.f|membership|nobody@fjordlys.example")
    )
    found = sent(
        at, request('<ObjectPath Id="3" ObjectPathId="2" /><Query Id="4" ObjectPathId="2" />', MANAGER + nobody)
    )
    assert found[1:] == [3, {"IsNull": True}, 4, None]


def test_one_property_is_read() -> None:
    at = site()
    user = at.shown()
    action = (
        '<Method Name="GetUserProfilePropertyFor" Id="5" ObjectPathId="1"><Parameters>'
        f"{parameter(account_name(user))}{parameter('PictureURL')}</Parameters></Method>"
    )
    assert sent(at, request(action))[1:] == [5, at.properties(user)["PictureURL"]]


def test_methods_before_the_error_stay_and_those_after_it_do_not_happen() -> None:
    at = site()
    user, closed = at.shown(), at.person(Case.NOT_EDITABLE)
    actions = (
        setting(1, user, "AboutMe", "before")
        + setting(2, closed, "PictureURL", "http://x/y_MThumb.jpg")
        + setting(3, user, "Assistant", "after")
    )
    found = sent(at, request(actions))
    assert len(found) == 1
    info = found[0]["ErrorInfo"]
    assert info["ErrorTypeName"] == "Microsoft.Office.Server.UserProfiles.PropertyNotEditableException"
    assert info["TraceCorrelationId"] == found[0]["TraceCorrelationId"]
    properties = at.properties(user)
    assert (properties["AboutMe"], properties["Assistant"]) == ("before", "")
    assert at.properties(closed)["PictureURL"] == ""


@pytest.mark.parametrize("name", ["AccountName", "msOnline-ObjectId", "NoSuchProperty"])
def test_what_nobody_may_set(name: str) -> None:
    at = site()
    user = at.shown()
    before = at.properties(user)
    assert sent(at, request(setting(1, user, name, "x")))[0]["ErrorInfo"]["ErrorTypeName"].startswith(
        "Microsoft.Office.Server.UserProfiles."
    )
    assert at.properties(user) == before


def test_rights_are_those_of_rest() -> None:
    at = site(app_only_profile_writes="denied")
    user = at.shown()
    body = request(setting(1, user, "AboutMe", "x"))
    for headers in (at.app(), at.delegated(at.person(Case.CHANGED_SINCE_PULL))):
        assert sent(at, body, headers)[0]["ErrorInfo"]["ErrorTypeName"] == "System.UnauthorizedAccessException"
    for headers in (at.delegated(at.administrator()), at.digest(at.session(user))):
        assert sent(at, body, headers)[0]["ErrorInfo"] is None


BOMB = f"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
{request('<Method Name="&b;" Id="1" ObjectPathId="1" />')}"""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<Request/>",
        BOMB.encode(),
        BOMB.encode("utf-16"),
        b"<a>" * 60 + b"</a>" * 60,
        b"<Request>" + b" " * MAX_BYTES + b"</Request>",
        request('<Method Name="Delete" Id="1" ObjectPathId="1" />').encode(),
        request('<Query Id="1" ObjectPathId="99" />').encode(),
        request('<ObjectPath Id="1" ObjectPathId="1" />', '<Constructor Id="1" TypeId="{0}" />').encode(),
        request(
            '<Method Name="Delete" Id="1" ObjectPathId="2" />',
            MANAGER + '<Method Id="2" ParentId="1" Name="GetPropertiesFor" />',
        ).encode(),
        request(
            '<ObjectPath Id="1" ObjectPathId="1" />', '<Method Id="1" ParentId="1" Name="GetPropertiesFor" />'
        ).encode(),
    ],
    ids=range(12),
)
def test_rubbish_is_an_error_and_nothing_else(body: bytes) -> None:
    at = site(people=10)
    assert sent(at, body)[0]["ErrorInfo"]["ErrorTypeName"] == "Microsoft.SharePoint.Client.InvalidClientQueryException"
    assert json.dumps(at.tenant.ledger.as_json())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_however_valid_the_rest(encoding: str) -> None:
    at = site(people=10)
    user = next(u for u in at.tenant.store.users if u.user_type == "Member")
    wanted = request(setting(1, user, "AboutMe", "ENTITY")).replace("ENTITY", "&b;")
    body = f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>{wanted}'
    assert "document type" in sent(at, body.encode(encoding))[0]["ErrorInfo"]["ErrorMessage"]
    assert at.properties(user)["AboutMe"] == ""
