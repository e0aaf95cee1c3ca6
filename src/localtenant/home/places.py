"""The home page, SharePoint's and OneDrive's landing pages, and the two pages of help.

The landing pages show the person's own large picture by `userphoto.aspx?size=L`: the request that makes SharePoint
ask Exchange for it (facts §1), made by the person's browser with the person's session.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from localtenant.authority.resources import sharepoint_hosts
from localtenant.home.face import initials, person_of
from localtenant.home.signing_in import Visit, here, visit_of
from localtenant.pages.render import page
from localtenant.store.records import User
from localtenant.tenant import Tenant

SHAREPOINT_PATH = "/_layouts/15/sharepoint.aspx"
ONEDRIVE_PATH = "/_layouts/15/onedrive.aspx"
COLLEAGUES = 12


async def home(tenant: Tenant, visit: Visit) -> Response:
    """`GET /`."""
    at = here(tenant, visit.request)
    sites, personal, _ = sharepoint_hosts(tenant)
    return page(
        tenant,
        visit.request,
        "home.html",
        person=person_of(tenant, visit),
        sharepoint=SHAREPOINT_PATH if at == tenant.url else f"https://{sites}{SHAREPOINT_PATH}",
        onedrive=ONEDRIVE_PATH if at == tenant.url else f"https://{personal}{ONEDRIVE_PATH}",
    )


async def sharepoint(tenant: Tenant, visit: Visit) -> Response:
    """`GET /_layouts/15/sharepoint.aspx`."""
    colleagues = [
        {"name": user.display_name, "title": user.job_title, "initials": initials(user), "src": userphoto(user, "M")}
        for user in colleagues_of(tenant, visit.user)
    ]
    return page(
        tenant,
        visit.request,
        "sharepoint.html",
        person=person_of(tenant, visit),
        own=userphoto(visit.user, "L"),
        department=visit.user.department,
        colleagues=colleagues,
    )


async def onedrive(tenant: Tenant, visit: Visit) -> Response:
    """`GET /_layouts/15/onedrive.aspx`."""
    return page(tenant, visit.request, "onedrive.html", person=person_of(tenant, visit), own=userphoto(visit.user, "L"))


async def help_add(tenant: Tenant, request: Request) -> Response:
    """`GET /help/add-your-picture`, for everybody."""
    return page(tenant, request, "help_add.html", person=_somebody(tenant, request))


async def help_sync(tenant: Tenant, request: Request) -> Response:
    """`GET /help/picture-sync`, for everybody."""
    return page(tenant, request, "help_sync.html", person=_somebody(tenant, request))


def _somebody(tenant: Tenant, request: Request) -> dict[str, object] | None:
    visit = visit_of(tenant, request)
    return person_of(tenant, visit) if visit else None


def userphoto(user: User, size: str) -> str:
    """The address at which SharePoint shows a person's picture. By mail where there is one: a UPN that differs from
    the mail finds nobody (sp-dev-docs issue 9289)."""
    return f"/_layouts/15/userphoto.aspx?size={size}&accountname={quote(user.mail or user.upn)}"


def colleagues_of(tenant: Tenant, user: User) -> list[User]:
    """Some people of the same department."""
    if user.department is None:
        return []
    same = (
        other
        for other in tenant.store.users
        if other.department == user.department
        and other.id != user.id
        and other.account_enabled
        and other.user_type == "Member"
    )
    return [other for other, _ in zip(same, range(COLLEAGUES), strict=False)]
