"""SharePoint's names for people and places: claims accounts, hosts, the picture library's folders and files.

Sources: account names and URLs in pnp/cli-microsoft365 `spo userprofile get` (a 2022 sample); file names in the
same sample and in pnp/PnP `Core.ProfilePictureUploader`.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request

from localtenant.store.records import User
from localtenant.tenant import Tenant

CLAIM = "i:0#.f|membership|"
LIBRARY = "/User Photos"
LIBRARY_TITLE = "User Photos"
SIZES = ("S", "M", "L")

_THUMB = re.compile(r"_([SML])Thumb\.jpg$", re.IGNORECASE)
_NAMESPACE = uuid.UUID("5f0c6f0e-3d54-4c6b-9a57-5b6a0e3f1d11")


def account_name(user: User) -> str:
    """The claims name that profiles go by."""
    return CLAIM + user.upn


def by_account(tenant: Tenant, account: str) -> User | None:
    """The person of a claims name; a UPN or an address alone is not an account."""
    if not account.casefold().startswith(CLAIM):
        return None
    return tenant.store.user_by_upn(account[len(CLAIM) :])


def my_site_host(tenant: Tenant, request: Request | None = None) -> str:
    """Where profiles and pictures live, without a trailing slash.

    Under one of the vendor's host names it is that organisation's `-my` host with the `:443` that profiles print;
    anywhere else the tenant's one origin.
    """
    host = (request.headers.get("host") or "").partition(":")[0].lower() if request is not None else ""
    name, dot, rest = host.partition(".")
    if dot and rest.startswith("sharepoint."):
        organisation = re.sub(r"-(my|admin)$", "", name)
        return f"https://{organisation}-my.{rest}:443"
    return tenant.url


def derived_guid(*parts: str) -> str:
    """A guid that is the same for the same words."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def mangled(upn: str) -> str:
    """A UPN as SharePoint wrote it into names: every `@` and `.` an underscore."""
    return upn.replace("@", "_").replace(".", "_")


def thumb_path(tenant: Tenant, user: User, size: str) -> str:
    """Where a new thumbnail of a person goes: folder and file name as the behaviours say."""
    prefix = user.id if tenant.behaviours["file_prefix"] == "object_id" else mangled(user.upn)
    return f"{LIBRARY}/{tenant.behaviours['folder_name']}/{prefix}_{size}Thumb.jpg"


def path_of_url(url: str) -> str:
    """The server-relative path, decoded, of a picture's URL; whatever follows a `?` is no part of it."""
    return unquote(urlsplit(url).path)


def sibling(path: str, size: str) -> str:
    """The same person's thumbnail in another size; a path that names no size stays as it is."""
    return _THUMB.sub(f"_{size}Thumb.jpg", path)


def absolute(host: str, url: str) -> str:
    """A URL under `host` where only a server-relative path is kept; a whole URL stays as somebody set it."""
    return host + quote(unquote(url)) if url.startswith("/") else url


def origin_of(tenant: Tenant, request: Request) -> str:
    """The origin that the request came to: a real SharePoint host under its own name, else the tenant's address."""
    host = (request.headers.get("host") or "").partition(":")[0].lower()
    return f"https://{host}" if ".sharepoint." in host else tenant.url
