"""A host that answers whatever it is asked with what it was sent to prove who asks, as it is and in code."""

from __future__ import annotations

import base64
import contextlib
import html
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote

ACCESS = "opaque~access-Canary+/4711=="
REFRESH = "0.opaque-refresh~Canary/0815+"
COOKIE = "session-cookie-Canary-1234567"
DEVICE = "device-code-Canary~89/+"
JWT = "eyJhbGciOiJSUzI1NiIsCanary.eyJvaWQiOiJjYW5hcnki.c2lnbmF0dXJlQ2FuYXJ5"


class Parrot:
    """mode: how an API answers; door: how the authority does (`opens`: gives a token)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.mode = "403"
        self.door = "opens"
        self.token = ACCESS
        self.heard: list[str] = []
        self.elsewhere = ""


@contextmanager
def parrot() -> Iterator[Parrot]:
    """One, on a free port, for as long as it is wanted."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Nothing."""

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode(errors="replace")
            said = f"{self.path}\n{self.headers}\n{body}"
            bird.heard.append(said)
            at_the_door = "/oauth2/" in self.path
            mode = bird.door if at_the_door else bird.mode
            if at_the_door and mode == "opens":
                return self._send(200, json.dumps(self._granted()).encode(), "application/json")
            if mode == "moved":
                return self._send(302, said.encode(), "text/plain", Location=f"{bird.elsewhere}{self.path}")
            if mode == "moved_in_circles":
                return self._send(307, said.encode(), "text/plain", Location=self.path)
            told = _every_way(self.headers, body, len(bird.heard))
            if mode == "page":
                return self._send(200, f"<html><body>{html.escape(told)}".encode(), "text/html")
            if mode == "shape":
                return self._send(200, json.dumps({"value": told, "d": [told]}).encode(), "application/json")
            if mode.endswith("cut"):
                return self._send(int(mode[:3]), told[: len(told) * 2 // 3].encode(), "text/plain")
            error: dict[str, object] = {"error": {"code": "Refused", "message": told}, "error_description": told}
            if at_the_door:
                error = {"error": "invalid_client", "error_description": told}
            return self._send(int(mode), json.dumps(error).encode(), "application/json")

        def _granted(self) -> dict[str, object]:
            if self.path.endswith("/devicecode"):
                return {"device_code": DEVICE, "user_code": "ABCD-EFGH", "verification_uri": f"{bird.url}/devicelogin",
                        "expires_in": 900, "interval": 0}  # fmt: skip
            return {"access_token": bird.token, "expires_in": 3600, "refresh_token": REFRESH, "token_type": "Bearer"}

        def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", f"sid={COOKIE}; Path=/")
            self.send_header("WWW-Authenticate", f'Bearer realm="{bird.token}"')
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bird = Parrot(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield bird
    finally:
        server.shutdown()
        server.server_close()


WAYS = (
    str,
    lambda text: quote(text, safe=""),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"{text}".encode()).decode(),
    lambda text: base64.b64encode(f"x{text}".encode()).decode(),
    lambda text: base64.b64encode(f"xy{text}".encode()).decode(),
    html.escape,
    lambda text: json.dumps(text),
    lambda text: text[:20],
)


def _every_way(headers: Mapping[str, str], body: str, number: int) -> str:
    """What proves who asks, in two of the ways that there are, in turn: little enough for the words of an error."""
    proofs = [headers[name].partition(" ")[2] for name in ("Authorization", "Proxy-Authorization") if name in headers]
    with contextlib.suppress(ValueError):
        proofs += [base64.b64decode(proof).decode().partition(":")[2] for proof in proofs]
    named = ("client_secret", "refresh_token", "device_code", "client_assertion")
    proofs += [value for name, value in parse_qsl(body) if name in named] if "grant_type" in body else []
    if not proofs:
        return "you sent nothing"
    proof = proofs[number % len(proofs)]
    return "you sent " + " and ".join(WAYS[(2 * number + more) % len(WAYS)](proof) for more in (0, 1))
