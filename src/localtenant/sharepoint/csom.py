"""CSOM: `POST /_vti_bin/client.svc/ProcessQuery`, several methods on PeopleManager in one request.

Sources: facts §2.4 (the request as five public clients send it; a JSON array comes back, its first element holding
ErrorInfo); pnp/powershell #3891 (an unknown account is an object that is null); sp-dev-docs #8804 (ErrorInfo's shape).
Methods are carried out in order until the first error; what was done before it stays done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from localtenant.ledger import CHANGED
from localtenant.sharepoint import profiles
from localtenant.sharepoint.access import Caller, Needs, check, check_profile_write
from localtenant.sharepoint.csom_xml import Element, parse
from localtenant.sharepoint.errors import SharePointError, bad_query, unknown_account
from localtenant.sharepoint.names import by_account, derived_guid, my_site_host
from localtenant.sharepoint.operations import LIBRARY_VERSION
from localtenant.store.records import Profile, User
from localtenant.tenant import Tenant

PEOPLE_MANAGER = "cf560d69-0fdb-4489-a216-b6b47adf8ef8"
PERSON_TYPE = "SP.UserProfiles.PersonProperties"


@dataclass(frozen=True, slots=True)
class Manager:
    """The PeopleManager that a request constructs."""


@dataclass(frozen=True, slots=True)
class Person:
    """What GetPropertiesFor leads to."""

    user: User
    profile: Profile


CsomObject = Manager | Person | None


@dataclass(slots=True)
class Work:
    """One request at work: its object paths by id, what they have led to, what has been answered."""

    tenant: Tenant
    caller: Caller
    host: str
    paths: dict[str, Element]
    found: dict[str, CsomObject] = field(default_factory=dict)
    results: list[object] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def object_of(self, path_id: str) -> CsomObject:
        """The object at a path, made when first asked for."""
        if path_id not in self.found:
            path = self.paths.get(path_id)
            if path is None:
                raise bad_query(f"The object path {path_id} is not in the request.")
            self.found[path_id] = self._made(path)
        return self.found[path_id]

    def _made(self, path: Element) -> CsomObject:
        if path.name == "Constructor":
            if path.attributes.get("TypeId", "").strip("{}").casefold() != PEOPLE_MANAGER:
                raise bad_query(f"Cannot find stub for type with id {path.attributes.get('TypeId')}.")
            return Manager()
        name = path.attributes.get("Name", "")
        if path.name != "Method" or name not in ("GetPropertiesFor", "GetMyProperties"):
            raise bad_query(f"The method {name} does not exist.")
        parent = path.attributes.get("ParentId", "")
        if parent not in self.paths or self.paths[parent].name != "Constructor":
            raise bad_query(f"The method {name} does not exist.")
        self.object_of(parent)
        check(self.tenant, self.caller, Needs.READ_PROFILES)
        if name == "GetMyProperties":
            user = self.tenant.store.users.get(self.caller.user_id or "")
        else:
            user = by_account(self.tenant, str((_parameters(path) or [""])[0]))
        profile = profiles.profile_of(self.tenant, user) if user is not None else None
        return None if user is None or profile is None else Person(user, profile)


def answer(tenant: Tenant, caller: Caller, request: Request, body: bytes) -> Response:
    """Carry out a ProcessQuery; HTTP 200 even where a method fails."""
    trace = str(uuid4())
    try:
        root = parse(body)
        actions, paths = root.child("Actions"), root.child("ObjectPaths")
        if root.name != "Request" or actions is None or paths is None:
            raise bad_query("The request is not a client query.")
        by_id = {path.attributes.get("Id", ""): path for path in paths.children}
        work = Work(tenant, caller, my_site_host(tenant, request), by_id)
        request.scope[CHANGED] = work.changed
        for action in actions.children:
            _act(work, action)
    except SharePointError as error:
        return failed(error, trace)
    return _printed([_head(None, trace), *work.results])


def failed(error: SharePointError, trace: str, status: int = 200) -> Response:
    """An error alone: nothing that was asked before it is answered."""
    info = {
        "ErrorMessage": error.words,
        "ErrorValue": None,
        "TraceCorrelationId": trace,
        "ErrorCode": error.hresult,
        "ErrorTypeName": error.type_name,
    }
    return _printed([_head(info, trace)], status)


def _head(error: Mapping[str, object] | None, trace: str) -> dict[str, object]:
    return {
        "SchemaVersion": "15.0.0.0",
        "LibraryVersion": LIBRARY_VERSION,
        "ErrorInfo": error,
        "TraceCorrelationId": trace,
    }


def _printed(body: list[object], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json; charset=utf-8")


def _act(work: Work, action: Element) -> None:
    action_id = action.attributes.get("Id", "")
    number: object = int(action_id) if action_id.isdigit() else action_id
    subject = work.object_of(action.attributes.get("ObjectPathId", ""))
    if action.name == "ObjectPath":
        work.results += [number, {"IsNull": subject is None}]
    elif action.name == "ObjectIdentityQuery":
        work.results += [number, {"_ObjectIdentity_": f"{derived_guid(action_id)}|{PEOPLE_MANAGER}"}]
    elif action.name == "Query":
        work.results += [number, _queried(work, subject, action.child("Query"))]
    elif action.name == "Method" and isinstance(subject, Manager):
        result = _called(work, action.attributes.get("Name", ""), _parameters(action))
        if result is not _NOTHING:
            work.results += [number, result]
    else:
        raise bad_query(f"The action {action.name} is not valid here.")


_NOTHING = object()


def _called(work: Work, name: str, values: list[object]) -> object:
    if name in ("SetSingleValueProfileProperty", "SetMultiValuedProfileProperty"):
        account, prop, value = (*values, None, None, None)[:3]
        user, profile = _someone(work, account)
        check_profile_write(work.tenant, work.caller, user)
        text = "|".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        profiles.set_property(work.tenant, profile, str(prop), text)
        work.changed.append(f"{user.upn} {prop}")
        return _NOTHING
    check(work.tenant, work.caller, Needs.READ_PROFILES)
    if name == "GetUserProfilePropertyFor":
        account, prop = (*values, None, None)[:2]
        user, profile = _someone(work, account)
        return profiles.property_of(work.tenant, user, profile, str(prop), work.host) or ""
    if name == "GetUserProfilePropertiesFor":
        wanted = values[0] if values and isinstance(values[0], dict) else {}
        user, profile = _someone(work, wanted.get("AccountName"))
        names = wanted.get("PropertyNames") or []
        return [profiles.property_of(work.tenant, user, profile, str(n), work.host) or "" for n in names]
    raise bad_query(f"The method {name} does not exist.")


def _someone(work: Work, account: object) -> tuple[User, Profile]:
    user = by_account(work.tenant, str(account or ""))
    profile = profiles.profile_of(work.tenant, user) if user is not None else None
    if user is None or profile is None:
        raise unknown_account()
    return user, profile


def _queried(work: Work, subject: CsomObject, query: Element | None) -> object:
    """A person with the asked properties; UserProfileProperties is a dictionary here, not a list as in REST."""
    if not isinstance(subject, Person):
        return None if subject is None else {"_ObjectType_": "SP.UserProfiles.PeopleManager"}
    everything: dict[str, object] = {
        **dict(profiles.person_properties(work.tenant, subject.user, subject.profile, work.host)),
        "UserProfileProperties": profiles.properties(
            work.tenant, subject.user, subject.profile, profiles.host_of(work.tenant, subject.user, work.host)
        ),
    }
    wanted = everything.keys()
    if query is not None and query.attributes.get("SelectAllProperties", "true").casefold() != "true":
        listed = query.child("Properties")
        asked = {one.attributes.get("Name", "") for one in listed.children} if listed is not None else set()
        wanted = {name: None for name in everything if name in asked}.keys()
    return {"_ObjectType_": PERSON_TYPE, **{name: everything[name] for name in wanted}}


def _parameters(element: Element) -> list[object]:
    parameters = element.child("Parameters")
    return [_value(one) for one in parameters.children] if parameters is not None else []


def _value(element: Element) -> object:
    """A parameter's value: text, null, a list, or an object's properties."""
    kind = element.attributes.get("Type", "")
    if kind == "Null":
        return None
    if kind == "Array":
        return [_value(one) for one in element.children]
    if element.attributes.get("TypeId") or any(one.name == "Property" for one in element.children):
        return {one.attributes.get("Name", ""): _value(one) for one in element.children}
    return element.text
