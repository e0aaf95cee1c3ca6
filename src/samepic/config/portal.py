"""`[portal]` of samepic.toml."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from samepic.config.secrets import SecretSource
from samepic.config.section import Section, listening


class PortalSettings(Section):
    """`[portal]`: the pages that `samepic serve` shows to people and administrators."""

    listen: str = Field(default="127.0.0.1:8470", description="address and port that it answers at")
    url: str | None = Field(
        default=None,
        description="how people reach it, e.g. https://pictures.example.com, where a proxy with TLS stands before it; "
        "its /sign-in/done is the redirect URI to register. Left out: http://localhost with the port of listen",
    )
    issuer: str | None = Field(
        default=None, description="the OpenID provider that people sign in with; left out, the tenant's own"
    )
    client_id: str | None = Field(
        default=None, description="how the portal is registered there; left out, as in [microsoft365]"
    )
    secret: SecretSource | None = Field(
        default=None, description="what it proves itself with there; left out, as in [microsoft365]"
    )
    person_claim: str = Field(
        default="oid",
        min_length=1,
        description="what the ID token calls a person by: an object id, UPN or mail of the directory",
    )
    administrators: tuple[str, ...] = Field(
        default=(), description="groups, by object id, whose members see and approve everything; or names of app roles"
    )
    helpdesk: tuple[str, ...] = Field(
        default=(), description="groups whose members may look at everybody, and bring one person's picture"
    )
    proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="addresses of the proxies before it, or networks such as 10.0.0.0/24, whose X-Forwarded-For is "
        "believed: for limits and the log",
    )
    uploads: Literal["app", "off"] = Field(
        default="off",
        description="whether people may give a picture here; app: Samepic puts it into their mailbox, for which "
        "the app needs ProfilePhoto.ReadWrite.All (Microsoft Graph, application)",
    )
    looks_per_minute: int = Field(
        default=600, ge=60, description="pages and faces that one person may look at in a minute"
    )
    changes_per_minute: int = Field(default=60, ge=6, description="what one person may bring or change in a minute")
    session_hours: float = Field(
        default=8, gt=0, le=168, description="after so long everybody signs in again; after an hour of silence, too"
    )

    @field_validator("listen")
    @classmethod
    def _an_address_and_a_port(cls, value: str) -> str:
        return listening(value)

    @field_validator("proxies")
    @classmethod
    def _addresses_or_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ip_network(one)
            except ValueError:
                words = f"{one} is no address and no network: 10.0.0.7, or 10.0.0.0/24 with nothing behind its bits"
                raise ValueError(words) from None
        return value

    @field_validator("url", "issuer")
    @classmethod
    def _an_origin_for_people(cls, value: str | None) -> str | None:
        if value is None:
            return value
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError("is an address that starts with https://; http:// is for this machine only")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _a_provider_of_ones_own(self) -> Self:
        if self.url is not None and urlsplit(self.url).path:
            raise ValueError("url is an origin, without a path: https://pictures.example.com")
        if self.issuer is not None and (self.client_id is None or self.secret is None):
            raise ValueError("issuer goes with client_id and secret")
        return self

    @property
    def in_use(self) -> bool:
        """Whether anything of it was said that only the portal needs."""
        said = (self.url, self.issuer, self.client_id, *self.administrators, *self.helpdesk)
        return any(said) or self.uploads != "off"

    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
