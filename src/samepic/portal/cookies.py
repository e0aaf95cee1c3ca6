"""The two cookies that the portal sets by itself; the third is the language's."""

from __future__ import annotations

from litestar.datastructures import Cookie

SESSION = "samepic-session"
SIGNING_IN = "samepic-signing-in"


def named(name: str, secure: bool) -> str:
    """`__Host-` where there is TLS: then no other host of the domain and no plain address can set it (RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


def held(name: str, value: str, *, secure: bool, seconds: int | None = None) -> Cookie:
    """A cookie that no script reads and no other site's form sends. seconds: None ends with the browser."""
    return Cookie(
        key=named(name, secure), value=value, path="/", httponly=True, secure=secure, samesite="lax", max_age=seconds
    )


def dropped(name: str, *, secure: bool) -> Cookie:
    """The same, taken away."""
    return held(name, "", secure=secure, seconds=0)
