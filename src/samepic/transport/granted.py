"""What an app was granted, as the token says that it was just given."""

from __future__ import annotations

import base64
import json


def roles_of(token: str) -> frozenset[str] | None:
    """The application permissions in an app's own access token; None where it cannot be read.

    For telling an administrator beforehand what would be refused, and for no decision: whoever serves the API decides,
    and may encode its tokens as it likes. A token that grants nothing has no `roles` at all.
    Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict) or "aud" not in claims:
        return None
    roles = claims.get("roles", [])
    return frozenset(str(one) for one in roles) if isinstance(roles, list) else None
