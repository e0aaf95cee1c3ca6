"""All tables and blobs of one tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from localtenant.store.measure import Measure, measure
from localtenant.store.names import Names
from localtenant.store.records import (
    Group,
    Held,
    LibraryFile,
    Mailbox,
    PhotoUpdateSettings,
    PictureRef,
    Profile,
    RemovedUser,
    User,
)
from localtenant.store.table import Table


class Draws(Protocol):
    """Whatever turns a reference into bytes: the world draws, the imaging scales."""

    def __call__(self, ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
        """Encoded bytes of the picture; the same reference always gives the same bytes."""
        ...


@runtime_checkable
class Measures(Protocol):
    """What a world's drawing also is when it knows its pictures' sizes without drawing them."""

    def measure(self, ref: PictureRef) -> Measure | None:
        """Size and media type of the bytes that drawing gives; None where only drawing tells."""
        ...


class Store:
    """Everything one tenant holds. Lookups by UPN and mail fold case, as the vendor does."""

    def __init__(self, draw: Draws) -> None:
        self.users: Table[User] = Table("users", self._changed)
        self.groups: Table[Group] = Table("groups", self._changed)
        self.mailboxes: Table[Mailbox] = Table("mailboxes", self._changed)  # by user id
        self.profiles: Table[Profile] = Table("profiles", self._changed)  # by user id
        self.files: Table[LibraryFile] = Table("files", self._changed)  # by folded server-relative path
        self.removed_users: Table[RemovedUser] = Table("removed_users", self._changed)
        self.settings: Table[PhotoUpdateSettings] = Table("settings", self._changed)  # "photoUpdateSettings"
        self._names = Names(self.users)
        self._measured: dict[PictureRef, Measure | None] = {}
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

    def measure(self, ref: PictureRef) -> Measure | None:
        """Width, height and media type of a picture, None for bytes that are no picture. As slow as `bytes_of` once."""
        if ref not in self._measured:
            known = self._draw.measure(ref) if isinstance(self._draw, Measures) else None
            self._measured[ref] = known or measure(self.bytes_of(ref))
        return self._measured[ref]

    def measures_at_once(self, ref: PictureRef) -> bool:
        """Whether `measure` answers without drawing, so that no thread is needed."""
        if ref in self._measured or isinstance(ref, Held):
            return True
        return isinstance(self._draw, Measures) and self._draw.measure(ref) is not None

    def user(self, key: str) -> User | None:
        """A person by object id, else UPN, else mail: somebody's UPN is never taken for another's mail."""
        return self.users.get(key) or self._names.by_upn(key) or self._names.by_mail(key)

    def user_by_upn(self, upn: str) -> User | None:
        """A person by UPN alone, as Graph's paths name people."""
        return self._names.by_upn(upn)
