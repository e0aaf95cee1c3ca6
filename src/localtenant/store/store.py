"""All tables and blobs of one tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from localtenant.store.records import Group, Held, LibraryFile, Mailbox, PictureRef, Profile, User
from localtenant.store.table import Table


class Draws(Protocol):
    """Whatever turns a reference into bytes: the world draws, the imaging scales."""

    def __call__(self, ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
        """Encoded bytes of the picture; the same reference always gives the same bytes."""
        ...


class Store:
    """Everything one tenant holds. Lookups by UPN and mail fold case, as the vendor does."""

    def __init__(self, draw: Draws) -> None:
        self.users: Table[User] = Table("users", self._changed)
        self.groups: Table[Group] = Table("groups", self._changed)
        self.mailboxes: Table[Mailbox] = Table("mailboxes", self._changed)  # by user id
        self.profiles: Table[Profile] = Table("profiles", self._changed)  # by user id
        self.files: Table[LibraryFile] = Table("files", self._changed)  # by folded server-relative path
        self._blobs: dict[str, bytes] = {}
        self._draw = draw

    def _changed(self, table: str, key: str, record: object | None) -> None:
        """Persistence hooks in here."""

    def hold(self, data: bytes) -> Held:
        """Keep bytes; the same bytes are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._blobs[sha256] = data
        return Held(sha256)

    def held(self, sha256: str) -> bytes:
        """Bytes that were kept; KeyError where they never were."""
        return self._blobs[sha256]

    def bytes_of(self, ref: PictureRef) -> bytes:
        """Encoded bytes of a picture, drawn or scaled now if need be. Slow for big portraits: use a thread."""
        return self._draw(ref, self.held)

    def user(self, key: str) -> User | None:
        """A person by object id, UPN or mail."""
        found = self.users.get(key)
        if found is None:
            folded = key.casefold()
            found = next((u for u in self.users if folded in (u.upn.casefold(), (u.mail or "").casefold())), None)
        return found
