"""A small client of the tenant's switchboard, for tests of every part."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class ControlError(AssertionError):
    """The switchboard refused."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


class TenantControl:
    """`/_tenant` of one running tenant. Everything raises ControlError where the tenant refuses."""

    def __init__(self, url: str, token: str, ca_file: str | None = None) -> None:
        self.url = url
        self.token = token
        # Loading what a machine trusts takes longer than most tests do.
        context = ssl.create_default_context(cafile=ca_file) if ca_file else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting)

    def call(self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json") -> bytes:
        """One request under `/_tenant`; the answer's body."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = content_type
        request = urllib.request.Request(f"{self.url}/_tenant{path}", body, headers, method=method)
        try:
            with self._opener.open(request, timeout=60) as answer:
                got: bytes = answer.read()
                return got
        except urllib.error.HTTPError as error:
            raise ControlError(error.code, error.read().decode(errors="replace")) from None

    def json(self, method: str, path: str, body: object = None) -> Any:
        """The same with JSON both ways; None for an empty answer."""
        got = self.call(method, path, None if body is None else json.dumps(body).encode())
        return json.loads(got) if got else None

    def healthz(self) -> Any:
        return self.json("GET", "/healthz")

    def people(self, case: str | None = None) -> list[dict[str, Any]]:
        """Everybody, or the people of one case."""
        everybody: list[dict[str, Any]] = self.json("GET", "/people")["people"]
        return [person for person in everybody if case in (None, person["case"])]

    def picture(self, person: str, store: str) -> bytes | None:
        """The very bytes that a store holds; store is exchange, directory or sharepoint-{s,m,l}."""
        try:
            return self.call("GET", self._picture(person, store))
        except ControlError as error:
            if error.status == 404:
                return None
            raise

    def put_picture(self, person: str, store: str, data: bytes) -> None:
        """As the person or another program would have done there."""
        self.call("PUT", self._picture(person, store), data, "image/jpeg")

    def delete_picture(self, person: str, store: str) -> None:
        self.call("DELETE", self._picture(person, store))

    def _picture(self, person: str, store: str) -> str:
        return f"/pictures/{urllib.parse.quote(person, safe='')}/{store}"

    def ledger(self) -> Any:
        return self.json("GET", "/ledger")

    def count(self, **matching: object) -> int:
        """How many requests the ledger has whose entry matches, e.g. `count(api="graph", status=200)`."""
        entries = self.ledger()["entries"]
        return sum(e["count"] for e in entries if all(e[name] == value for name, value in matching.items()))

    def changes(self, operation: str) -> list[dict[str, Any]]:
        """What was sent and carried out under the vendor's name of an operation, in order."""
        every: list[dict[str, Any]] = self.json("GET", "/changes")["changes"]
        return [change for change in every if change["operation"] == operation]

    def clear_ledger(self) -> None:
        self.json("DELETE", "/ledger")

    def post_fault(self, **fault: object) -> Any:
        """See docs/reference/control.md for the fields; the fault as the tenant keeps it, with its id."""
        return self.json("POST", "/faults", fault)

    def faults(self) -> list[Any]:
        found: list[Any] = self.json("GET", "/faults")["faults"]
        return found

    def release(self, fault_id: str) -> Any:
        """Let the requests go that a fault holds."""
        return self.json("POST", f"/faults/{fault_id}/release")

    def delete_fault(self, fault_id: str) -> None:
        self.json("DELETE", f"/faults/{fault_id}")

    def clear_faults(self) -> None:
        self.json("DELETE", "/faults")

    def advance(self, *, hours: float = 0, seconds: float = 0) -> Any:
        """Let the tenant's time pass at once."""
        return self.json("POST", "/clock", {"advance_seconds": hours * 3600 + seconds})

    def behaviours(self) -> Any:
        return self.json("GET", "/behaviours")

    def set_behaviours(self, **switches: str) -> Any:
        return self.json("PATCH", "/behaviours", switches)

    def reset(self) -> None:
        """The world as at the start, ledger and faults empty, behaviours as at the start."""
        self.json("POST", "/reset")
