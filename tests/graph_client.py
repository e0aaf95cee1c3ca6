"""A small hand-made tenant and callers of every kind, for tests of Graph and EWS in the test's own process."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from PIL import Image
from starlette.testclient import TestClient

from localtenant.authority.claims import BY_CERTIFICATE, NO_PROOF, app_token, user_token
from localtenant.authority.desk import AuthorityDesk
from localtenant.authority.registered import client_app, public_app
from localtenant.behaviours import Behaviours
from localtenant.server import build_app
from localtenant.store.records import Drawn, Group, Held, Mailbox, PictureRef, Scaled, StoredPicture, User
from localtenant.store.scaling import graph_size
from localtenant.store.store import Store
from localtenant.tenant import Tenant

URL = "http://127.0.0.1:9"
TENANT_ID = "6f1c0f2e-55f3-4d53-9f2b-1d2b7b0a4b11"
GRAPH = "https://graph.microsoft.com"
EWS = "https://outlook.office365.com"
DOMAIN = "fjordlys.example"


def identifier(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def picture_bytes(width: int = 648, height: int = 648, kind: str = "JPEG", shade: int = 0) -> bytes:
    image = Image.radial_gradient("L").resize((width, height)).point(lambda v: (v + shade) % 256).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


DESK = AuthorityDesk()
"""One authority for all these tenants: making its keys is most of what a tenant costs."""


class CountingDraws:
    """Draws like a world does, and tells how often and in which threads."""

    def __init__(self) -> None:
        self.drawn: list[tuple[PictureRef, str]] = []

    def __call__(self, ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
        if not isinstance(ref, Held):
            self.drawn.append((ref, threading.current_thread().name))
        if isinstance(ref, Drawn):
            return picture_bytes(*map(int, ref.recipe.split("x")))
        if isinstance(ref, Scaled):
            return graph_size(self(ref.of, held), ref.edge_px)
        return held(ref.sha256)


def person(number: int, name: str, **changes: Any) -> User:
    upn = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
    given, _, surname = name.partition(" ")
    fields: dict[str, Any] = {
        "id": identifier(number),
        "upn": upn,
        "mail": upn,
        "display_name": name,
        "given_name": given,
        "surname": surname,
        "created_at": datetime(2020, 1, 2, tzinfo=UTC),
    }
    return User(**fields | changes)


def portrait(width: int = 648, height: int = 648, etag: str = "A1B2C3D4") -> StoredPicture:
    return StoredPicture(Drawn(f"{width}x{height}"), etag, datetime(2024, 1, 1, tzinfo=UTC))


KARI = person(1, "Kari Moe", department="Sales", job_title="Seller")
BJØRN = person(2, "Bjørn O'Dea", upn=f"bjorn.o'dea@{DOMAIN}", department="Sales")
GUEST = person(3, "Guy Ghost", upn=f"guy_x.example#EXT#@{DOMAIN}", mail="guy@x.example", user_type="Guest", plans=())
LEFT = person(4, "Liv Left", account_enabled=False)
HYBRID = person(5, "Hy Brid", on_premises_sync=True)
PLANLESS = person(6, "Pia Planless", plans=("SharePoint",), picture=portrait(96, 96, "D1D1D1D1"))
ADMIN = person(7, "Ada Admin", roles=("Global Administrator",))
EVERYBODY = (KARI, BJØRN, GUEST, LEFT, HYBRID, PLANLESS, ADMIN)

SALES = Group(identifier(101), "Sales", (KARI.id, BJØRN.id))
NORTH = Group(identifier(102), "North", (SALES.id, GUEST.id, identifier(103)))
LOOP = Group(identifier(103), "Loop", (NORTH.id, ADMIN.id))


class World:
    """The tenant, its application, and requests as whoever is chosen."""

    def __init__(self, **behaviours: str) -> None:
        self.draws = CountingDraws()
        store = Store(self.draws)
        store.users.load({user.id: user for user in EVERYBODY})
        store.groups.load({group.id: group for group in (SALES, NORTH, LOOP)})
        store.mailboxes.load(
            {
                KARI.id: Mailbox(KARI.id, picture=portrait()),
                BJØRN.id: Mailbox(BJØRN.id),
                LEFT.id: Mailbox(LEFT.id),
                HYBRID.id: Mailbox(HYBRID.id, on_premises=True),
                ADMIN.id: Mailbox(ADMIN.id),
            }
        )
        self.tenant = Tenant(TENANT_ID, DOMAIN, 1, store, url=URL, behaviours=Behaviours(behaviours), authority=DESK)
        self.client = TestClient(build_app(self.tenant), base_url=URL)

    def app(self, *roles: str, audience: str = GRAPH) -> dict[str, str]:
        """Headers of an app that has these roles."""
        token = app_token(
            self.tenant, client_app(self.tenant), at=URL, audience=audience, roles=roles, proof=BY_CERTIFICATE
        )
        return {"Authorization": f"Bearer {token}"}

    def user(self, user: User, *scopes: str, audience: str = GRAPH) -> dict[str, str]:
        """Headers of a signed-in person whose client has these scopes."""
        token = user_token(
            self.tenant, public_app(self.tenant), user, at=URL, audience=audience, scopes=scopes, proof=NO_PROOF
        )
        return {"Authorization": f"Bearer {token}"}

    def get(self, path: str, headers: dict[str, str] | None = None, **more: str) -> Any:
        """The JSON of a successful GET as an app that may read everything."""
        answer = self.client.get(path, headers={**(headers or self.reader()), **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def error(self, path: str, headers: dict[str, str] | None = None, **more: str) -> tuple[int, str, str]:
        """Status, code and message of a GET that fails."""
        answer = self.client.get(path, headers={**(headers or self.reader()), **more})
        error = answer.json()["error"]
        assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
        return answer.status_code, error["code"], error["message"]

    def reader(self) -> dict[str, str]:
        return self.app("User.Read.All", "GroupMember.Read.All", "ProfilePhoto.Read.All")

    def writer(self) -> dict[str, str]:
        return self.app("User.Read.All", "ProfilePhoto.ReadWrite.All")


def ids(answer: Any) -> list[str]:
    return [entry["id"] for entry in answer["value"]]


def of(users: Collection[User | Group]) -> list[str]:
    return sorted(user.id for user in users)
