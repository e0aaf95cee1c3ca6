"""The address of a PostgreSQL database: what is taken as one, and how a password comes to it.

Whatever is wrong with an address, it is not repeated: a password may stand in it.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlsplit

VARIABLE = "SAMEPIC_STATE_URL"
"""Names the database in place of [state] url; a password may stand in it, as in any other variable."""

SHAPE = (
    "an address is postgresql://USER@HOST:PORT/DATABASE; in a user's name or a password write / as %2F, @ as %40, "
    ": as %3A, # as %23, ? as %3F and % as %25"
)


def refuse(url: str) -> None:
    """Raise ValueError where this is no address of a database."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(SHAPE) from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/") or parts.fragment or port == 0:
        raise ValueError(SHAPE)
    if "@" in parts.path or parts.netloc.count("@") > 1:
        raise ValueError(SHAPE)


def refuse_password(url: str) -> None:
    """The same, and where a password stands in it. Raises ValueError."""
    refuse(url)
    if password_of(url) is not None:
        raise ValueError(
            'a secret is not written in this file; take the password out of it and write password = { env = "NAME" }, '
            f"or put the whole address into the environment variable {VARIABLE}"
        )


def password_of(url: str) -> str | None:
    """As it stands in the address, or as one of the settings behind its question mark."""
    parts = urlsplit(url)
    return unquote(parts.password or "") or dict(parse_qsl(parts.query)).get("password")


def with_password(url: str, password: str) -> str:
    """The address with a user's password in it."""
    parts = urlsplit(url)
    user, _, hosts = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{hosts}").geturl()
