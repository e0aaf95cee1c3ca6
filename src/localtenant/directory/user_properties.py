"""A person as Graph prints one: which properties exist, which come unasked, and their values.

Source: api-reference/v1.0/resources/user.md; the names as in the vendor's metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from localtenant.store.records import User

TYPE = "microsoft.graph.user"

DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)

_SERVICE_PLANS = {
    "exchange": "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "SharePoint": "5dbe027f-2339-4123-9542-606e4d348a72",
}
_SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900"


def _date(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def _assigned_plans(user: User) -> list[dict[str, object]]:
    return [
        {
            "assignedDateTime": _date(user.created_at),
            "capabilityStatus": "Enabled",
            "service": service,
            "servicePlanId": _SERVICE_PLANS.get(service),
        }
        for service in user.plans
    ]


def _provisioned_plans(user: User) -> list[dict[str, object]]:
    return [
        {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service} for service in user.plans
    ]


_VALUES: dict[str, Callable[[User], object]] = {
    "id": lambda user: user.id,
    "userPrincipalName": lambda user: user.upn,
    "mail": lambda user: user.mail,
    "displayName": lambda user: user.display_name,
    "givenName": lambda user: user.given_name or None,
    "surname": lambda user: user.surname or None,
    "jobTitle": lambda user: user.job_title,
    "department": lambda user: user.department,
    "accountEnabled": lambda user: user.account_enabled,
    "userType": lambda user: user.user_type,
    "createdDateTime": lambda user: _date(user.created_at),
    "externalUserState": lambda user: "Accepted" if user.user_type == "Guest" else None,
    "creationType": lambda user: "Invitation" if user.user_type == "Guest" else None,
    "mailNickname": lambda user: user.upn.partition("@")[0],
    "onPremisesSyncEnabled": lambda user: user.on_premises_sync or None,
    "preferredDataLocation": lambda user: user.geography,
    "proxyAddresses": lambda user: [f"SMTP:{user.mail}"] if user.mail else [],
    "assignedPlans": _assigned_plans,
    "provisionedPlans": _provisioned_plans,
    "assignedLicenses": lambda user: [{"disabledPlans": [], "skuId": _SKU}] if user.plans else [],
}

_LISTS_TEXT = """
    businessPhones imAddresses otherMails interests pastProjects responsibilities schools skills identities
    licenseAssignmentStates onPremisesProvisioningErrors serviceProvisioningErrors
"""
_LISTS = frozenset(_LISTS_TEXT.split())

_OTHERS_TEXT = """
    aboutMe ageGroup authorizationInfo birthday city companyName consentProvidedForMinor country
    customSecurityAttributes deviceEnrollmentLimit employeeHireDate employeeId employeeLeaveDateTime employeeOrgData
    employeeType externalUserStateChangeDateTime faxNumber hireDate identityParentId isManagementRestricted
    isResourceAccount lastPasswordChangeDateTime legalAgeGroupClassification mailboxSettings mobilePhone mySite
    officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
    onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier
    onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode preferredLanguage preferredName print
    securityIdentifier showInAddressList signInActivity signInSessionsValidFromDateTime state streetAddress
    usageLocation deletedDateTime
"""
_OTHERS = frozenset(_OTHERS_TEXT.split())

NAMES = frozenset(_VALUES) | _LISTS | _OTHERS
"""Every property that may be selected."""

CARRIED = (*DEFAULT, *(name for name in _VALUES if name not in DEFAULT))
"""What beta prints unasked, as far as this tenant carries it."""


def value(user: User, name: str) -> object:
    """One property's value: null, or an empty collection, where the tenant carries none."""
    read = _VALUES.get(name)
    if read is not None:
        return read(user)
    return [] if name in _LISTS else None


def as_json(user: User, names: Iterable[str]) -> dict[str, object]:
    """The chosen properties, in the order asked for."""
    return {name: value(user, name) for name in names}
