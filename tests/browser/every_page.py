"""All pages of the portal, made to stand beside app.ROUTES: a route that is new fails until it is here.

What comes first leaves its people as what comes later wants them: first nothing is brought, then everything is.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import FilePayload, Page, Response
from tests.portal.administered import ROUTE, Administered

from samepic.portal.api.routes import ROUTES as API
from samepic.portal.person.errands import Errands, GoesOn
from samepic.portal.roles import Role


@dataclass(frozen=True)
class Visit:
    """A window that goes somewhere. own: the person whose window it is; after: what is undone after the look."""

    page: Page
    at: Administered
    own: str
    after: ExitStack


Goes = Callable[[Visit], Response | None]


@dataclass(frozen=True)
class Shown:
    """One page, or one state of it. name: of its picture in docs/start/portal. arrives: what comes by itself, later."""

    name: str
    goes: Goes
    role: Role = Role.PERSON
    arrives: str = "h1"
    status: int = 200


def to(address: str) -> Goes:
    """Type an address."""

    def go(visit: Visit) -> Response | None:
        return visit.page.goto(visit.at.portal.url + address.format(**_facts(visit)))

    return go


def sent(address: str, form: str, **fields: Any) -> Goes:
    """Send a form of a page as a browser without scripts does; True ticks a box, a dict is a file."""

    def go(visit: Visit) -> Response | None:
        to(address)(visit)
        visit.page.wait_for_selector(form, state="attached")
        for name, value in fields.items():
            at = visit.page.locator(f"{form} [name={name}]").first
            if isinstance(value, dict):
                at.set_input_files(value)
            else:
                at.evaluate("(e, value) => { if (value === true) e.checked = true; else e.value = value; }", value)
        return _submitted(visit, form)

    return go


def _submitted(visit: Visit, form: str) -> Response | None:
    with visit.page.expect_navigation() as gone:
        visit.page.locator(form).first.evaluate("(form) => HTMLFormElement.prototype.submit.call(form)")
    return gone.value


def brought_at_home(visit: Visit) -> Response | None:
    """The first page after its button."""
    answer = to("/")(visit)
    visit.page.click(".tile button")
    return answer


def cutting(visit: Visit) -> Response | None:
    """A picture is chosen and being cut: the one that the person has."""
    answer = to("/my/upload")(visit)
    visit.page.set_input_files("#picture", _file(visit))
    return answer


def given(visit: Visit) -> Response | None:
    """A picture was sent: the person's own, looking the other way."""
    file = _file(visit)
    return sent("/my/upload", "#upload", picture=file | {"buffer": _turned(file["buffer"])})(visit)


LEARNS = "**/my/going-on"


def going_on(visit: Visit) -> Response | None:
    """The mailbox has another picture, and to bring it takes longer than a page waits, which does not learn the end."""
    form, page = "form[action='/my/everywhere']", visit.page
    visit.at.portal.at.control.put_picture(visit.own, "exchange", _nearer(_file(visit)["buffer"]))
    to("/my")(visit)
    page.wait_for_selector(form)
    page.route(LEARNS, lambda asked: None if asked.request.resource_type == "xhr" else asked.continue_())
    visit.after.callback(page.unroute, LEARNS)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Errands, "change", _waiting_no_longer(Errands.change))
        return _submitted(visit, form)


def _waiting_no_longer(change: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
    """What is done is patient, and ends as it would; the page that asked for it is not."""
    begun = set[asyncio.Future[object]]()

    async def no_longer(*what: Any) -> object:
        task = asyncio.ensure_future(change(*what))
        begun.add(task)
        raise GoesOn

    return no_longer


def gone_on(visit: Visit) -> Response | None:
    """What came of it, once it is there."""
    answer = to("/my/going-on")(visit)
    while answer is not None and answer.status == 202:
        answer = to("/my/going-on")(visit)
    return answer


def at_work(visit: Visit) -> Response | None:
    """A run that goes on."""
    run = visit.after.enter_context(visit.at.sweep())
    return to(f"/admin/runs/{run}")(visit)


def cancelled(visit: Visit) -> Response | None:
    """The same, ended by a word."""
    run = visit.after.enter_context(visit.at.sweep())
    return sent(f"/admin/runs/{run}", "form[action$=cancel]")(visit)


def silent(address: str) -> Goes:
    """A page while SharePoint answers nobody."""

    def go(visit: Visit) -> Response | None:
        control = visit.at.portal.at.control
        control.post_fault(kind="status", api="sharepoint", status=401, times=None)
        visit.after.callback(control.clear_faults)
        return to(address)(visit)

    return go


def ending(visit: Visit) -> Response | None:
    """Somebody's page, on which their sessions are about to be ended."""
    answer = to("/admin/people/{person}")(visit)
    visit.page.locator("details.sessions summary").click()
    visit.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished)).then(() => null)")
    return answer


def ended(visit: Visit) -> Response | None:
    """Somebody was signed in with two browsers."""
    for _ in range(2):
        visit.at.portal.visit(_facts(visit)["person"])
    return sent("/admin/people/{person}", "form[action$=sessions]")(visit)


def rejected(visit: Visit) -> Response | None:
    """A plan after somebody's no."""
    visit.after.callback(visit.at.wait_anew)
    return sent(f"/admin/plans/{ROUTE}/{{plan}}", "form.word", why="The old pictures are the better ones")(visit)


def _upright(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def _turned(data: bytes) -> bytes:
    """A picture, looking the other way."""
    turned = io.BytesIO()
    ImageOps.mirror(_upright(data)).save(turned, "JPEG")
    return turned.getvalue()


def _nearer(data: bytes) -> bytes:
    """A picture taken from nearer by."""
    whole, nearer = _upright(data), io.BytesIO()
    edge = round(0.6 * min(whole.size))
    left, top = (whole.width - edge) // 2, (whole.height - edge) // 3
    whole.crop((left, top, left + edge, top + edge)).save(nearer, "JPEG")
    return nearer.getvalue()


def _file(visit: Visit) -> FilePayload:
    data = visit.at.portal.at.control.picture(visit.own, "exchange")
    assert data is not None
    return FilePayload(name="me.jpg", mimeType="image/jpeg", buffer=data)


def _facts(visit: Visit) -> dict[str, str]:
    run = visit.at.state.runs.latest_sweep(ROUTE)
    plain = visit.at.portal.newcomers("plain")[0]
    return {"run": run.run if run else "", "plan": visit.at.plan, "person": plain, "route": ROUTE}


A_TEXT = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"Dear colleagues,\n"}
DESK, ADMIN = Role.HELPDESK, Role.ADMINISTRATOR
NO_ANSWER = "main [role=status] .problem"
TILE = f"form[action='/tiles/{ROUTE}']"
OF_ROUTES: dict[tuple[str, str], tuple[Shown, ...] | str] = {
    ("GET", "/static/{digest:str}/{name:path}"): "a file",
    ("GET", "/sign-in"): "leads to the provider",
    ("GET", "/sign-in/done"): (Shown("sign-in-failed", to("/sign-in/done"), Role.ANYBODY, status=400),),
    ("POST", "/sign-out"): "leads to the provider",
    ("GET", "/signed-out"): (Shown("signed-out", to("/signed-out"), Role.ANYBODY),),
    ("GET", "/help"): (Shown("help", to("/help"), Role.ANYBODY),),
    ("GET", "/help/add-your-picture"): (Shown("help-add", to("/help/add-your-picture"), Role.ANYBODY),),
    ("GET", "/help/my-data"): (
        Shown("help-my-data-stranger", to("/help/my-data"), Role.ANYBODY),
        Shown("help-my-data", to("/help/my-data"), arrives=".looks, [hx-get='/my/looks'] p:not(:has(a))"),
    ),
    ("GET", "/my/looks"): (Shown("looks", to("/my/looks")),),
    ("GET", "/my/why"): (
        Shown("why", to("/my/why"), arrives=".way h3 .mark"),
        Shown("why-silent", silent("/my/why"), arrives=NO_ANSWER),
    ),
    ("GET", "/my/why/{route:str}"): (Shown("why-one", to("/my/why/{route}")),),
    ("GET", "/tiles/{route:str}"): (Shown("tile", to("/tiles/{route}")),),
    ("GET", "/"): (
        Shown("home-before", to("/"), arrives=".pair .face:not(.coming)"),
        Shown("home", brought_at_home, arrives=".good"),
        Shown("home-silent", silent("/"), arrives=NO_ANSWER),
    ),
    ("POST", "/tiles/{route:str}"): (Shown("tile-brought", sent("/tiles/{route}", TILE)),),
    ("GET", "/my/now"): (Shown("now", to("/my/now")),),
    ("GET", "/my/upload"): (Shown("upload", cutting, arrives=".cropper-container"),),
    ("POST", "/my/upload"): (
        Shown("upload-done", given),
        Shown("upload-refused", sent("/my/upload", "#upload", picture=A_TEXT), status=400),
    ),
    ("POST", "/my/everywhere"): (
        Shown("brought-everywhere", sent("/my", "form[action='/my/everywhere']")),
        Shown("going-on", going_on, status=202),
    ),
    ("GET", "/my/going-on"): (Shown("gone-on", gone_on),),
    ("GET", "/my"): (
        Shown("my-picture", to("/my"), arrives=".systems img.face"),
        Shown("my-picture-silent", silent("/my"), arrives=".systems .problem"),
    ),
    ("GET", "/my/past"): (Shown("past", to("/my/past"), arrives=".undo"),),
    ("POST", "/my/back"): (Shown("taken-again", sent("/my/past", "form[action='/my/back']")),),
    ("POST", "/my/undo"): (
        Shown("undone", sent("/my/past", "form.undo")),
        Shown("undone-too-late", sent("/my/past", "form.undo", mark="another"), status=409),
    ),
    ("GET", "/my/pictures/{route:str}/{side:str}/{version:str}"): "a picture",
    ("GET", "/my/past/{route:str}/{name:str}"): "a picture",
    ("GET", "/my/takeaway.zip"): "a file",
    ("GET", "/admin"): (Shown("overview", to("/admin"), ADMIN),),
    ("GET", "/admin/runs"): (Shown("runs", to("/admin/runs"), ADMIN),),
    ("GET", "/admin/runs/{run:str}"): (
        Shown("run", to("/admin/runs/{run}"), ADMIN),
        Shown("run-at-work", at_work, ADMIN, arrives="#progress"),
    ),
    ("GET", "/admin/runs/{run:str}/live"): "a stream",
    ("POST", "/admin/runs/{run:str}/cancel"): (Shown("run-cancelled", cancelled, ADMIN),),
    ("GET", "/admin/plans"): (Shown("plans", to("/admin/plans"), ADMIN),),
    ("GET", "/admin/plans/{route:str}/{plan:str}"): (
        Shown("held-plan", to("/admin/plans/{route}/{plan}"), ADMIN, arrives=".sheet img"),
    ),
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces/{number:int}/{side:str}"): "a picture",
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces.png"): "a picture",
    ("GET", "/admin/plans/{route:str}/{plan:str}/faces.csv"): "a file",
    ("POST", "/admin/plans/{route:str}/{plan:str}/{word:str}"): (
        Shown("plan-without-reason", sent("/admin/plans/{route}/{plan}", "form.word"), ADMIN, status=400),
        Shown("plan-rejected", rejected, ADMIN),
    ),
    ("GET", "/admin/people"): (
        Shown("people", to("/admin/people"), ADMIN, arrives=".people img"),
        Shown("people-nobody", to("/admin/people?q=nobody+at+all"), DESK),
    ),
    ("GET", "/admin/people/{key:str}"): (
        Shown("person", to("/admin/people/{person}"), DESK, arrives=".pair img.face"),
        Shown("person-to-end", ending, ADMIN, arrives=".pair img.face"),
        Shown("person-silent", silent("/admin/people/{person}"), DESK, arrives=NO_ANSWER),
    ),
    ("GET", "/admin/people/{key:str}/face"): "a picture",
    ("GET", "/admin/people/{key:str}/pictures/{route:str}/{side:str}"): "a picture",
    ("GET", "/admin/people/{key:str}/routes/{route:str}"): (
        Shown("person-on-route", to("/admin/people/{person}/routes/{route}"), DESK),
    ),
    ("POST", "/admin/people/{key:str}/routes/{route:str}"): (
        Shown("person-brought", sent("/admin/people/{person}/routes/{route}", "section form"), DESK),
    ),
    ("POST", "/admin/people/{key:str}/sessions"): (Shown("sessions-ended", ended, ADMIN),),
    ("POST", "/admin/bulk/{route:str}"): (
        Shown("bulk", sent("/admin/people?state=new", "main form[method=post]", person=True), ADMIN),
        Shown("bulk-nobody", sent("/admin/people", "main form[method=post]"), ADMIN, status=400),
    ),
    ("GET", "/admin/systems"): (Shown("systems", to("/admin/systems"), ADMIN),),
    ("POST", "/admin/systems/{system:str}"): (Shown("system-tried", sent("/admin/systems", ".systems form"), ADMIN),),
    ("GET", "/admin/audit"): (Shown("audit-log", to("/admin/audit"), ADMIN),),
    ("GET", "/admin/audit.csv"): "a file",
}
OF_ROUTES |= {(str(method), path): "a program's" for one in API for path in one.paths for method in one.http_methods}
"""Each route's pages, or what it answers with instead."""

ERRORS = (
    Shown("nothing-here", to("/nowhere"), status=404),
    Shown("not-for-you", to("/admin"), status=403),
    Shown("nobody-known", to("/admin/people/nobody"), DESK, status=404),
    Shown("not-understood", to("/admin/audit?before=x"), ADMIN, status=400),
)

EVERY = (*(one for pages in OF_ROUTES.values() if not isinstance(pages, str) for one in pages), *ERRORS)
