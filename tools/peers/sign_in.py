"""Tokens for the contenders, from the tenant's own token endpoint; and what each is told on its command line."""

from __future__ import annotations

import json
import sys
import urllib.parse
import urllib.request
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samepic.transport.credentials import ClientCertificate


@dataclass(frozen=True, slots=True)
class Order:
    """What a contender is told: the tenant as it announced itself, the list of people, the folder of pictures."""

    said: dict[str, Any]
    people: list[dict[str, str]]
    pictures: Path

    @property
    def url(self) -> str:
        """The tenant's one origin."""
        url: str = self.said["url"]
        return url


def order() -> Order:
    """From the arguments: the tenant's announcement as JSON, the list, the folder, how many of the list."""
    said, people, pictures, most = sys.argv[1:5]
    with Path(people).open(encoding="utf-8", newline="") as file:
        rows = list(DictReader(file))
    return Order(json.loads(said), rows[: int(most)], Path(pictures))


def token(said: dict[str, Any], scope: str) -> dict[str, Any]:
    """The token endpoint's answer to the app's certificate (Microsoft identity platform, client credentials)."""
    endpoint = f"{said['url']}/{said['tenant_id']}/oauth2/v2.0/token"
    proof = ClientCertificate.load(Path(said["client_certificate"])).proof(said["client_id"], endpoint)
    form = {"grant_type": "client_credentials", "client_id": said["client_id"], "scope": scope, **proof}
    with urllib.request.urlopen(endpoint, urllib.parse.urlencode(form).encode()) as answer:  # noqa: S310  # loopback
        got: dict[str, Any] = json.loads(answer.read())
    return got


def graph_token(said: dict[str, Any]) -> dict[str, Any]:
    """For Graph, whichever host it is on."""
    return token(said, "https://graph.microsoft.com/.default")


def sharepoint_token(said: dict[str, Any]) -> dict[str, Any]:
    """For the tenant's SharePoint."""
    return token(said, f"{said['url']}/.default")
