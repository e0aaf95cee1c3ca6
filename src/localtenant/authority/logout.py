"""Signing out: the sessions end, and the browser goes back only to a registered address.

Source: `v2-protocols-oidc`, "Send a sign-out request".
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localtenant.authority.asked import check_tenant, once
from localtenant.authority.redirects import is_registered, with_answer
from localtenant.authority.refusals import Refusal
from localtenant.authority.registered import all_apps
from localtenant.authority.sessions import end
from localtenant.pages.render import page
from localtenant.tenant import Tenant


async def logout(tenant: Tenant, request: Request) -> Response:
    """`GET|POST /{tenant}/oauth2/v2.0/logout`; an unregistered return address is shown nothing but the door."""
    response: Response
    try:
        check_tenant(tenant, request)
        fields = once(request.query_params.multi_items())
    except Refusal as why:
        return page(tenant, request, "error.html", status=400, number=why.number, message=why.sentence)
    back = fields.get("post_logout_redirect_uri", "")
    if back and any(is_registered(tenant, back, app.logout_uris) for app in all_apps(tenant)):
        state = {"state": fields["state"]} if "state" in fields else {}
        response = RedirectResponse(with_answer(back, state) if state else back, 302)
    else:
        response = page(tenant, request, "signed_out.html")
    end(tenant, request, response)
    return response
