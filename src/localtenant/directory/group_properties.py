"""A group as Graph prints one. Source: api-reference/v1.0/resources/group.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from localtenant.store.records import Group

TYPE = "microsoft.graph.group"

_VALUES: dict[str, Callable[[Group], object]] = {
    "id": lambda group: group.id,
    "displayName": lambda group: group.display_name,
    "mailEnabled": lambda group: False,
    "securityEnabled": lambda group: True,
    "mailNickname": lambda group: "".join(c for c in group.display_name if c.isalnum()),
}
_LISTS_TEXT = """
    groupTypes proxyAddresses creationOptions resourceBehaviorOptions resourceProvisioningOptions assignedLabels
    assignedLicenses onPremisesProvisioningErrors serviceProvisioningErrors infoCatalogs
"""
_LISTS = frozenset(_LISTS_TEXT.split())
_OTHERS_TEXT = """
    classification createdDateTime deletedDateTime description expirationDateTime isAssignableToRole mail
    membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime
    onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
    preferredDataLocation preferredLanguage renewedDateTime securityIdentifier theme uniqueName visibility
    isManagementRestricted
"""
_OTHERS = frozenset(_OTHERS_TEXT.split())

NAMES = frozenset(_VALUES) | _LISTS | _OTHERS
DEFAULT = ("id", "deletedDateTime", "createdDateTime", "description", "displayName", "groupTypes", "mail",
           "mailEnabled", "mailNickname", "securityEnabled", "visibility")  # fmt: skip


def value(group: Group, name: str) -> object:
    """One property's value: null, or an empty collection, where the tenant carries none."""
    read = _VALUES.get(name)
    if read is not None:
        return read(group)
    return [] if name in _LISTS else None


def as_json(group: Group, names: Iterable[str]) -> dict[str, object]:
    """The chosen properties, in the order asked for."""
    return {name: value(group, name) for name in names}
