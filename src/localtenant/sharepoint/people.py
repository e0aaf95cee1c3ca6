"""PeopleManager's REST calls: reading profiles, setting their properties, uploading one's own picture.

Source: the $metadata in Office365-REST-Python-Client (SharePoint.xml 7472-7590), learn jj163883 (SetMyProfilePicture),
pnpjs #524 (bytes that are no picture).
"""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from localtenant.sharepoint import library, profiles, pull
from localtenant.sharepoint.access import check_profile_write
from localtenant.sharepoint.calls import Call
from localtenant.sharepoint.errors import access_denied, bad_argument, bad_query, unknown_account
from localtenant.sharepoint.names import SIZES, by_account, sibling, thumb_path
from localtenant.sharepoint.shapes import Complex, Entity, Many
from localtenant.store.measure import measure
from localtenant.store.records import Profile, User
from localtenant.store.scaling import is_readable

MAX_PICTURE_BYTES = 5_000_000

_KINDS = frozenset({"image/jpeg", "image/png", "image/bmp"})


def _person(call: Call, account: object) -> tuple[User, Profile] | None:
    if not isinstance(account, str):
        raise bad_query(f"The method {call.target.last.name} takes an accountName.")
    user = by_account(call.tenant, account)
    profile = profiles.profile_of(call.tenant, user) if user is not None else None
    return None if user is None or profile is None else (user, profile)


async def get_my_properties(call: Call) -> Response:
    """GET GetMyProperties; nothing for an app, which is nobody."""
    user = call.tenant.store.users.get(call.caller.user_id or "")
    return _print(call, user)


async def get_properties_for(call: Call) -> Response:
    """GET GetPropertiesFor(accountName=@v); nothing for an unknown account."""
    found = _person(call, call.target.last.argument("accountname"))
    return _print(call, found[0] if found else None)


def _print(call: Call, user: User | None) -> Response:
    method = call.target.last.name
    profile = profiles.profile_of(call.tenant, user) if user is not None else None
    if user is None or profile is None:
        return call.printer.value(None, method, "SP.UserProfiles.PersonProperties")
    properties: dict[str, object] = dict(profiles.person_properties(call.tenant, user, profile, call.host))
    for name, value in properties.items():
        if isinstance(value, list):
            properties[name] = Many("Edm.String", value)
    properties["UserProfileProperties"] = _key_values(call, user, profile)
    address = "SP.UserProfiles.PeopleManager/GetPropertiesFor"
    return call.printer.one(Entity("SP.UserProfiles.PersonProperties", lambda: address, properties), call.query)


def _key_values(call: Call, user: User, profile: Profile) -> Many:
    host = profiles.host_of(call.tenant, user, call.host)
    named = profiles.properties(call.tenant, user, profile, host)
    rows = [Complex("SP.KeyValue", {"Key": k, "Value": v, "ValueType": "Edm.String"}) for k, v in named.items()]
    return Many("SP.KeyValue", rows)


async def get_property_for(call: Call) -> Response:
    """GET GetUserProfilePropertyFor(accountName=@v,propertyName='PictureURL'); the name's case counts."""
    found = _person(call, call.target.last.argument("accountname"))
    name = call.target.last.argument("propertyname", at=1)
    value = profiles.property_of(call.tenant, *found, str(name), call.host) if found else None
    return call.printer.value(value, call.target.last.name, "Edm.String")


async def get_all_properties(call: Call) -> Response:
    """GET GetUserProfileProperties(accountName=@v)."""
    found = _person(call, call.target.last.argument("accountname"))
    rows = _key_values(call, *found) if found else None
    return call.printer.value(rows, call.target.last.name, "Collection(SP.KeyValue)")


async def set_property(call: Call) -> Response:
    """POST SetSingleValueProfileProperty {accountName, propertyName, propertyValue}."""
    body = await call.json()
    value = body.get("propertyValue")
    return await _set(call, body, "" if value is None else str(value))


async def set_values(call: Call) -> Response:
    """POST SetMultiValuedProfileProperty {accountName, propertyName, propertyValues}; values are kept joined by `|`."""
    body = await call.json()
    values = body.get("propertyValues") or []
    if isinstance(values, dict):
        values = values.get("results") or []
    return await _set(call, body, "|".join(map(str, values)))


async def _set(call: Call, body: dict[str, object], value: str) -> Response:
    found = _person(call, body.get("accountName"))
    if found is None:
        raise unknown_account()
    user, profile = found
    check_profile_write(call.tenant, call.caller, user)
    profiles.set_property(call.tenant, profile, str(body.get("propertyName")), value)
    return call.printer.value(None, call.target.last.name, "Edm.Null")


async def set_my_picture(call: Call) -> Response:
    """POST SetMyProfilePicture: BMP, JPEG or PNG of at most 5,000,000 bytes, for one's own profile only.

    Where people without an Exchange plan are shown from the people system, local uploads of theirs are off (MC653734).
    """
    user = call.tenant.store.users.get(call.caller.user_id or "")
    profile = profiles.profile_of(call.tenant, user) if user is not None else None
    if user is None or profile is None:
        raise access_denied()
    if call.tenant.behaviours["picture_store"] == "people_system" and "exchange" not in user.plans:
        raise access_denied()
    data = await call.request.body()
    found = await run_in_threadpool(measure, data) if len(data) <= MAX_PICTURE_BYTES else None
    if found is None or found.media_type not in _KINDS or not await run_in_threadpool(is_readable, data):
        raise bad_argument("Parameter is not valid.")
    medium = thumb_path(call.tenant, user, "M")
    held = call.tenant.store.hold(data)
    for size in SIZES:
        library.put_file(call.tenant, sibling(medium, size), pull.thumbnail(call.tenant, held, size))
    mailbox = call.tenant.store.mailboxes.get(user.id)
    has_mailbox = mailbox is not None and not mailbox.on_premises
    profiles.keep(
        call.tenant,
        replace(
            profile,
            picture_url=medium,
            picture_timestamp=profiles.timestamp(call.tenant, call.tenant.clock.now()),
            placeholder_state="0",
            exchange_sync_state=profile.exchange_sync_state if has_mailbox else "0",
        ),
    )
    return call.printer.value(None, call.target.last.name, "Edm.Null")
