"""The home page, SharePoint's and OneDrive's landing pages, and the two pages of help.

The landing pages show the person's own large picture by `userphoto.aspx?size=L`: the request that makes SharePoint
ask Exchange for it (facts §1), made by the person's browser with the person's session.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from localtenant.authority.resources import sharepoint_hosts
from localtenant.home.face import initials, room
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
    return room(
        tenant,
        visit,
        "home.html",
        sharepoint=SHAREPOINT_PATH if at == tenant.url else f"https://{sites}{SHAREPOINT_PATH}",
        onedrive=ONEDRIVE_PATH if at == tenant.url else f"https://{personal}{ONEDRIVE_PATH}",
    )


async def sharepoint(tenant: Tenant, visit: Visit) -> Response:
    """`GET /_layouts/15/sharepoint.aspx`."""
    colleagues = [
        {"name": user.display_name, "title": user.job_title, "initials": initials(user), "src": userphoto(user, "M")}
        for user in colleagues_of(tenant, visit.user)
    ]
    return room(
        tenant,
        visit,
        "sharepoint.html",
        own=userphoto(visit.user, "L"),
        department=visit.user.department,
        colleagues=colleagues,
    )


async def onedrive(tenant: Tenant, visit: Visit) -> Response:
    """`GET /_layouts/15/onedrive.aspx`."""
    return room(tenant, visit, "onedrive.html", own=userphoto(visit.user, "L"))


async def help_add(tenant: Tenant, request: Request) -> Response:
    """`GET /help/add-your-picture`, for everybody."""
    return _for_everybody(tenant, request, "help_add.html")


async def help_sync(tenant: Tenant, request: Request) -> Response:
    """`GET /help/picture-sync`, for everybody."""
    return _for_everybody(tenant, request, "help_sync.html")


def _for_everybody(tenant: Tenant, request: Request, template: str) -> Response:
    visit = visit_of(tenant, request)
    return room(tenant, visit, template) if visit else page(tenant, request, template, person=None)


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
