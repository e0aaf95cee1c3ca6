"""The portal as one web application. Every route of it stands in ROUTES."""

from __future__ import annotations

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ASGIApp

from samepic import __version__
from samepic.portal import admin, often, plain, roles, same_origin
from samepic.portal.answers import HANDLERS
from samepic.portal.api import routes as api
from samepic.portal.authentication import ByCookieOrToken
from samepic.portal.bodies import in_time
from samepic.portal.headers import headed
from samepic.portal.pages.assets import asset
from samepic.portal.pages.compression import compressing
from samepic.portal.person import help_pages, home, mine, my_data, past, pictures, takeaway, upload, why
from samepic.portal.roles import Role, open_to
from samepic.portal.sign_in import routes as sign_in
from samepic.portal.site import Site

ROUTES = (
    asset,
    sign_in.sign_in,
    sign_in.done,
    sign_in.sign_out,
    sign_in.signed_out,
    home.home,
    home.tile,
    home.bring,
    pictures.picture,
    mine.my_picture,
    mine.now_shown,
    mine.bring_everywhere,
    mine.going_on,
    past.past,
    past.past_picture,
    past.back,
    past.undo_last,
    upload.upload_form,
    upload.upload,
    *api.ROUTES,
    *admin.ROUTES,
    why.why,
    why.one_way,
    help_pages.help_page,
    help_pages.help_add,
    my_data.my_data,
    my_data.looks,
    takeaway.takeaway,
)

MOST_BODY = 1_000_000
"""Bytes of one request, where a route says nothing else: forms are short."""


def build_app(site: Site, sign_in_origin: str) -> ASGIApp:
    """All routes behind the same doors, the addresses that lead nowhere too.

    Raises LookupError where a route does not say who may use it.
    """
    silent = [str(one) for one in ROUTES if isinstance(one, BaseRouteHandler) and roles.least_role(one) is None]
    if silent:
        raise LookupError(f"routes that do not say who may use them: {', '.join(silent)}")

    def the_site() -> Site:
        return site

    app = Litestar(
        route_handlers=list(ROUTES),
        dependencies={"site": Provide(the_site, sync_to_thread=False)},
        guards=[plain.guard, often.guard, same_origin.guard, roles.guard],
        before_request=same_origin.checked,
        compression_config=compressing(),
        middleware=[in_time, ByCookieOrToken],
        exception_handlers=HANDLERS,
        openapi_config=OpenAPIConfig(
            "Samepic",
            __version__,
            description="Profile pictures: what systems show, and why; bring one, and say go or no to a held plan.",
            components=Components(security_schemes={"token": SecurityScheme("http", scheme="bearer")}),
            security=[{"token": []}],
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            openapi_router=Router("/api", route_handlers=[], opt=open_to(Role.ANYBODY)),
        ),
        include_in_schema=False,
        request_max_body_size=MOST_BODY,
        state=State({"site": site}),
        logging_config=None,
    )
    return headed(site.secure, sign_in_origin)(app)
