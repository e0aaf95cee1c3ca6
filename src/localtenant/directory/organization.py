"""The organisation itself, and where its people's pictures may be changed.

Pages: api-reference/v1.0/api/organization-list; api-reference/beta/api/photoupdatesettings-{get,update,delete}.
"""

from __future__ import annotations

import json as json_text

from starlette.responses import Response

from localtenant.graph.door import Call, json
from localtenant.graph.errors import bad_request, no_such_resource
from localtenant.store.records import PhotoUpdateSettings
from localtenant.tenant import Tenant

SETTINGS = "photoUpdateSettings"
_SOURCES = (None, "cloud", "onPremises")


async def list_organization(call: Call) -> Response:
    """`GET /organization`: always one."""
    return json({"@odata.context": call.context("organization"), "value": [_organization(call.tenant)]})


async def get_organization(call: Call) -> Response:
    """`GET /organization/{id}`."""
    if call.named("organization") != call.tenant.tenant_id:
        raise no_such_resource(call.named("organization"))
    context: dict[str, object] = {"@odata.context": call.context("organization/$entity")}
    return json(context | _organization(call.tenant))


def _organization(tenant: Tenant) -> dict[str, object]:
    synced = any(user.on_premises_sync for user in tenant.store.users)
    return {
        "id": tenant.tenant_id,
        "displayName": tenant.domain.partition(".")[0].capitalize(),
        "tenantType": "AAD",
        "countryLetterCode": "NO",
        "preferredLanguage": "en",
        "onPremisesSyncEnabled": True if synced else None,
        "businessPhones": [],
        "technicalNotificationMails": [],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": True,
                "isInitial": True,
                "name": tenant.domain,
                "type": "Managed",
            }
        ],
    }


def photo_settings(tenant: Tenant) -> PhotoUpdateSettings:
    """The settings as set; source None means that both the cloud and the premises may change pictures."""
    return tenant.store.settings.get(SETTINGS) or PhotoUpdateSettings()


async def get_photo_settings(call: Call) -> Response:
    """`GET /beta/admin/people/photoUpdateSettings`."""
    return _printed(call, photo_settings(call.tenant))


async def update_photo_settings(call: Call) -> Response:
    """`PATCH /beta/admin/people/photoUpdateSettings`; what the body does not name stays."""
    try:
        body = json_text.loads(await call.request.body())
    except ValueError:
        raise bad_request("Unable to read JSON request payload.") from None
    if not isinstance(body, dict):
        raise bad_request("Unable to read JSON request payload.")
    before = photo_settings(call.tenant)
    source = body.get("source", before.source)
    roles = body.get("allowedRoles", list(before.allowed_roles))
    if source not in _SOURCES or not isinstance(roles, list):
        raise bad_request("Invalid value for 'source' or 'allowedRoles'.")
    settings = PhotoUpdateSettings(source, tuple(map(str, roles)))
    return _printed(call, call.tenant.store.settings.put(SETTINGS, settings))


async def delete_photo_settings(call: Call) -> Response:
    """`DELETE /beta/admin/people/photoUpdateSettings`: back to the beginning."""
    call.tenant.store.settings.delete(SETTINGS)
    return Response(status_code=204)


def _printed(call: Call, settings: PhotoUpdateSettings) -> Response:
    return json(
        {
            "@odata.context": call.context("admin/people/photoUpdateSettings/$entity"),
            "source": settings.source,
            "allowedRoles": list(settings.allowed_roles),
        }
    )
