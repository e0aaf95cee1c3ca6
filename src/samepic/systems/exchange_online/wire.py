"""What is asked of Exchange Online beside pictures, as documented.

Sources: learn.microsoft.com/graph/api/peopleadminsettings-list-photoupdatesettings (beta; absent from v1.0),
/graph/api/organization-list
"""

from __future__ import annotations

from typing import Any

from samepic.model.sayings import saying

ONE_USER = "/v1.0/users?$select=id&$top=1"
PICTURE_POLICY = "/beta/admin/people/photoUpdateSettings"
ORGANISATION = "/v1.0/organization?$select=onPremisesSyncEnabled"
POLICY_UNTOLD = saying("note_policy_untold")
ROLES_UNTOLD = saying("note_roles_untold")


def policy_note(settings: dict[str, Any]) -> str | None:
    """What an organisation's rule of where pictures come from means for us; None where it is silent."""
    if settings.get("source") == "onPremises":
        return saying("note_on_premises")
    return None


def hybrid_note(organisation: dict[str, Any]) -> str | None:
    """Whether people come from an Active Directory as well."""
    rows = organisation.get("value")
    first = rows[0] if isinstance(rows, list) and rows else None
    if isinstance(first, dict) and first.get("onPremisesSyncEnabled"):
        return saying("note_hybrid")
    return None
