"""All tables and blobs of one tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, runtime_checkable

from localtenant.store.folder import StateFolder
from localtenant.store.measure import Measure, measure
from localtenant.store.names import Names
from localtenant.store.past import Past
from localtenant.store.records import (
    Group,
    Held,
    LibraryFile,
    LibraryFolder,
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

    def __init__(self, draw: Draws, folder: StateFolder | None = None) -> None:
        """Empty. folder: where changes and uploads are kept; without one they live as long as the process."""
        self._folder = folder
        self.last_item_id = 0  # the highest of files put since the world was made, those deleted since among them
        self.past = Past()
        self.users: Table[User] = Table("users", self._changed, self.past)
        self.groups: Table[Group] = Table("groups", self._changed, self.past)
        self.mailboxes: Table[Mailbox] = Table("mailboxes", self._changed, self.past)  # by user id
        self.profiles: Table[Profile] = Table("profiles", self._changed, self.past)  # by user id
        self.files: Table[LibraryFile] = Table("files", self._changed, self.past)  # by folded server-relative path
        self.folders: Table[LibraryFolder] = Table(
            "folders", self._changed, self.past
        )  # by folded server-relative path
        self.removed_users: Table[RemovedUser] = Table("removed_users", self._changed, self.past)
        self.settings: Table[PhotoUpdateSettings] = Table("settings", self._changed, self.past)  # "photoUpdateSettings"
        self._names = Names(self.users)
        self._measured: dict[PictureRef, Measure | None] = {}
        self._blobs: dict[str, bytes] = {}
        self._draw = draw
        self._measures = draw if isinstance(draw, Measures) else None

    def _changed(self, table: str, key: str, record: object | None) -> None:
        if isinstance(record, LibraryFile):
            self.last_item_id = max(self.last_item_id, record.item_id)
        if self._folder is not None:
            self._folder.note(table, key, record)

    @property
    def tables(self) -> tuple[Table[Any], ...]:
        """Every table of records."""
        return tuple(value for value in vars(self).values() if isinstance(value, Table))

    def commit(self) -> None:
        """Put every change since the last call into the state folder, all of them or none; before any answer."""
        if self._folder is not None:
            self._folder.commit(last_item_id=self.last_item_id)

    def recall(self) -> None:
        """After a world was loaded: lay over it what the state folder has kept, and drop uploads that nothing names."""
        if self._folder is not None:
            self.last_item_id = self._folder.remembered("last_item_id") or 0
            named: set[str] = set()
            for table in self.tables:
                changes = self._folder.changes(table.name)
                table.lay_over(changes)
                named.update(*map(uploads_in, changes.values()))
            self._folder.sweep(named)

    def restore(self) -> None:
        """Take every change back: the world as it was loaded."""
        for table in self.tables:
            table.restore()
        self._blobs.clear()
        self._measured.clear()
        if self._folder is not None:
            self._folder.forget_changes()

    def hold(self, data: bytes) -> Held:
        """Keep bytes; the same bytes are kept once."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self._folder is not None:
            self._folder.hold(sha256, data)
        else:
            self._blobs[sha256] = data
        return Held(sha256)

    def held(self, sha256: str) -> bytes:
        """Bytes that were kept; KeyError where they never were."""
        return self._blobs[sha256] if self._folder is None else self._folder.held(sha256)

    def bytes_of(self, ref: PictureRef) -> bytes:
        """Encoded bytes of a picture, drawn or scaled now if need be. Slow for big portraits: use a thread."""
        return self._draw(ref, self.held)

    def measure(self, ref: PictureRef) -> Measure | None:
        """Width, height and media type of a picture, None for bytes that are no picture. As slow as `bytes_of` once."""
        if not self.measures_at_once(ref) or ref not in self._measured:
            self._measured[ref] = measure(self.bytes_of(ref))
        return self._measured[ref]

    def measures_at_once(self, ref: PictureRef) -> bool:
        """Whether `measure` answers without drawing, so that no thread is needed."""
        if ref in self._measured or isinstance(ref, Held):
            return True
        known = self._measures.measure(ref) if self._measures is not None else None
        if known is not None:
            self._measured[ref] = known
        return known is not None

    def user(self, key: str) -> User | None:
        """A person by object id, else UPN, else mail: somebody's UPN is never taken for another's mail."""
        return self.users.get(key) or self._names.by_upn(key) or self._names.by_mail(key)

    def user_by_upn(self, upn: str) -> User | None:
        """A person by UPN alone, as Graph's paths name people."""
        return self._names.by_upn(upn)

    def user_by_mail(self, mail: str) -> User | None:
        """A person by mail alone."""
        return self._names.by_mail(mail)


def uploads_in(record: object) -> set[str]:
    """The sha256 of every upload that a record names."""
    if isinstance(record, Held):
        return {record.sha256}
    if is_dataclass(record) and not isinstance(record, type):
        return set().union(*(uploads_in(getattr(record, field.name)) for field in fields(record)))
    return set()
