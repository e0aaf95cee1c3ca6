"""People's SharePoint profiles: the picture's properties, and the others as far as clients read them.

Property names, order and values: the 2022 sample in pnp/cli-microsoft365 `spo userprofile get`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from localtenant.sharepoint.errors import property_not_editable, read_only_property, unknown_property
from localtenant.sharepoint.names import absolute, account_name, derived_guid, mangled
from localtenant.sharepoint.property_names import FROM_DIRECTORY, KNOWN, NAMES
from localtenant.store.records import Profile, User
from localtenant.tenant import Tenant

_PICTURE = {
    "PictureURL": "picture_url",
    "SPS-PictureTimestamp": "picture_timestamp",
    "SPS-PicturePlaceholderState": "placeholder_state",
    "SPS-PictureExchangeSyncState": "exchange_sync_state",
}
_DOMAIN = "DC=SPODS188311,DC=msft,DC=net"
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


def profile_of(tenant: Tenant, user: User) -> Profile | None:
    """A person's profile; None for guests, who have none."""
    found = tenant.store.profiles.get(user.id)
    if found is None and user.user_type != "Guest":
        return Profile(user.id)
    return found


def keep(tenant: Tenant, profile: Profile) -> Profile:
    """Store a profile in the old one's stead."""
    return tenant.store.profiles.put(profile.user_id, profile)


def is_elsewhere(user: User) -> bool:
    """Whether the person's profile lives with another geography's My Site host."""
    return bool(user.geography)


def host_of(tenant: Tenant, user: User, host: str) -> str:
    """The person's My Site host; another geography's carries its code, as in `contosoapc-my.sharepoint.com`."""
    if not is_elsewhere(user):
        return host
    name = tenant.domain.partition(".")[0]
    return f"https://{name}{(user.geography or '').lower()}-my.sharepoint.com:443"


def timestamp(tenant: Tenant, at: datetime) -> str:
    """SPS-PictureTimestamp: whole seconds since the year 1, in the zone that the behaviour says (facts §2.3)."""
    zone = timedelta(hours=-8) if tenant.behaviours["timestamp_zone"] == "minus_8" else timedelta()
    return str(int((at + zone - _YEAR_ONE).total_seconds()))


def picture_url(profile: Profile, host: str) -> str | None:
    """The top-level PictureUrl: with the timestamp while a real picture is shown, else None (sample A)."""
    if profile.placeholder_state != "0" or not profile.picture_url:
        return None
    return f"{absolute(host, profile.picture_url)}?t={profile.picture_timestamp}"


def properties(tenant: Tenant, user: User, profile: Profile, host: str) -> dict[str, str]:
    """All properties by name, in the vendor's order."""
    own = {
        "UserProfile_GUID": derived_guid("profile", user.id),
        "SID": f"i:0h.f|membership|{user.id.replace('-', '')[:16]}@live.com",
        "ADGuid": "System.Byte[]",
        "AccountName": account_name(user),
        "FirstName": user.given_name,
        "LastName": user.surname,
        "PreferredName": user.display_name,
        "Department": user.department or "",
        "Title": user.job_title or "",
        "SPS-Department": user.department or "",
        "SPS-JobTitle": user.job_title or "",
        "PersonalSpace": f"/personal/{mangled(user.upn)}/",
        "PictureURL": absolute(host, profile.picture_url) if profile.picture_url else "",
        "UserName": user.upn,
        "SPS-SipAddress": user.upn,
        "SPS-ClaimID": user.upn,
        "SPS-ClaimProviderID": "membership",
        "SPS-UserPrincipalName": user.upn,
        "SPS-DistinguishedName": f"CN={user.id},OU={tenant.tenant_id},OU=Tenants,OU=MSOnline,{_DOMAIN}",
        "SPS-ClaimProviderType": "Forms",
        "SPS-SavedAccountName": account_name(user),
        "WorkEmail": user.mail or "",
        "SPS-PictureTimestamp": profile.picture_timestamp,
        "SPS-PicturePlaceholderState": profile.placeholder_state,
        "SPS-PictureExchangeSyncState": profile.exchange_sync_state,
        "SPS-UserType": "1" if user.user_type == "Guest" else "0",
        "SPS-HideFromAddressLists": "False",
        "msOnline-ObjectId": user.id,
        "PreferredDataLocation": user.geography or "",
    }
    found = {name: own.get(name, "") for name in NAMES}
    found.update(profile.properties)
    return found


def person_properties(tenant: Tenant, user: User, profile: Profile, host: str) -> Iterator[tuple[str, object]]:
    """SP.UserProfiles.PersonProperties but for UserProfileProperties, in the order of the sample."""
    host = host_of(tenant, user, host)
    encoded = account_name(user).replace(":", "%3A").replace("#", "%23").replace("|", "%7C").replace("@", "%40")
    yield "AccountName", account_name(user)
    yield "DirectReports", []
    yield "DisplayName", user.display_name
    yield "Email", user.mail
    yield "ExtendedManagers", []
    yield "ExtendedReports", [account_name(user)]
    yield "IsFollowed", False
    yield "LatestPost", None
    yield "Peers", []
    yield "PersonalSiteHostUrl", f"{host}/"
    yield "PersonalUrl", f"{host.removesuffix(':443')}/personal/{mangled(user.upn)}/"
    yield "PictureUrl", picture_url(profile, host)
    yield "Title", user.job_title
    yield "UserUrl", f"{host}/Person.aspx?accountname={encoded.replace('.', '%2E')}"


def set_property(tenant: Tenant, profile: Profile, name: str, value: str) -> Profile:
    """Set one property as a caller with the right to; refused for read-only, closed and unknown ones.

    A picture property that is closed for editing is closed for everybody: SharePoint then takes no picture at all
    (SupportArticles-docs `profile-picture-not-showing.md`).
    """
    if name in _PICTURE:
        if not profile.editable:
            raise property_not_editable()
        return keep(tenant, replace(profile, **{_PICTURE[name]: value}))  # type: ignore[arg-type]  # all four are text
    if name in FROM_DIRECTORY:
        raise read_only_property(name)
    if name not in KNOWN:
        raise unknown_property(name)
    others = tuple((n, v) for n, v in profile.properties if n != name)
    return keep(tenant, replace(profile, properties=(*others, (name, value))))


def property_of(tenant: Tenant, user: User, profile: Profile, name: str, host: str) -> str | None:
    """One property by its exact name; None for a name that the schema does not have."""
    return properties(tenant, user, profile, host_of(tenant, user, host)).get(name)
