"""SharePoint's beginnings: profiles and picture files, as earlier visits have left them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from localtenant.store.records import Case, Drawn, LibraryFile, Profile, Scaled
from localtenant.worlds import recipes
from localtenant.worlds.cases import Plain
from localtenant.worlds.people import Lot, Newcomer

LIBRARY = "/User Photos"

_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_SHOWN = frozenset(
    {Plain.IN_STEP, Case.DISABLED, Case.SYNC_OFF, Case.CHANGED_SINCE_PULL, Case.RENAMED_UPN},
)
_PLACEHOLDER = frozenset({Plain.PLACEHOLDER, Plain.NO_PICTURE, Case.TOMBSTONED})


def picture_timestamp(at: datetime) -> str:
    """SPS-PictureTimestamp: whole seconds since the year 1 (facts §2.3, calculated from samples)."""
    return str(int((at - _YEAR_ONE).total_seconds()))


def mangled(upn: str) -> str:
    """A UPN as a file name, as SharePoint's own files had it until 2020 (facts §2.2)."""
    return upn.replace("@", "_").replace(".", "_")


class Beginnings:
    """Gives out item ids in ascending order; `file_prefix` is `object_id` or `mangled_upn`.

    placeholder_files: a pull that found no picture has left the grey figure in the library.

    Files get numbers and dates in the order in which people are asked for, so that a larger world keeps the smaller's.
    """

    def __init__(self, folder: str, file_prefix: str, large_px: int, placeholder_files: bool, now: datetime) -> None:
        self._folder = f"{LIBRARY}/{folder}"
        self._file_prefix = file_prefix
        self._sizes = (("S", 48), ("M", 72), ("L", large_px))
        self._placeholder_files = placeholder_files
        self._now = now
        self._next_item = 2  # the folder itself is the library's first item

    def profile(self, person: Newcomer) -> Profile | None:
        """The profile: none for guests, empty strings for those who never visited SharePoint.

        `picture_url` is server-relative, since the tenant's address is not known when a world is made.
        """
        user, kind = person.user, person.kind
        if kind is Case.GUEST:
            return None
        if kind not in _SHOWN and kind not in _PLACEHOLDER:
            return Profile(user_id=user.id, editable=kind is not Case.NOT_EDITABLE)
        pulled_at = self._pulled_at(person.lot)
        return Profile(
            user_id=user.id,
            picture_url=f"{self._folder}/{self._prefix(person)}_MThumb.jpg",
            picture_timestamp=picture_timestamp(pulled_at),
            placeholder_state="0" if kind in _SHOWN else "1",
            exchange_sync_state="0" if kind is Case.SYNC_OFF else "1",
            last_pull=pulled_at,
        )

    def files(self, person: Newcomer) -> Iterator[LibraryFile]:
        """The person's three files, or what a leaver left behind under this person's address."""
        lot, kind = person.lot, person.kind
        if kind is Case.RECYCLED_UPN:
            old = Drawn(recipes.leaver(lot.number))
            yield from self._three(lot, mangled(person.user.upn), old)
            if (lot.number // 50) % 2 == 0:
                yield from self._three(lot, lot.uuid(96), old, shift=1)
        elif kind in _SHOWN:
            text = recipes.recipe(lot.number)
            if kind is Case.CHANGED_SINCE_PULL:
                text = recipes.older(lot.number)
            elif kind is Case.SYNC_OFF:
                text = recipes.local(lot.number)
            yield from self._three(lot, self._prefix(person), Drawn(text))

        elif kind in _PLACEHOLDER and self._placeholder_files:
            yield from self._three(lot, self._prefix(person), Drawn(recipes.NOBODY))

    def _prefix(self, person: Newcomer) -> str:
        if person.kind is Case.RENAMED_UPN:
            first, _, last = person.user.upn.partition(".")
            _, _, domain = last.partition("@")
            return mangled(f"{first[0]}{last[0]}{1000 + person.lot.number}@{domain}")
        return person.user.id if self._file_prefix == "object_id" else mangled(person.user.upn)

    def _pulled_at(self, lot: Lot) -> datetime:
        """4 to 34 days ago: longer than any gate."""
        return self._now - timedelta(hours=96 + lot.below(720, 118), seconds=lot.below(3600, 120))

    def _three(self, lot: Lot, prefix: str, picture: Drawn, shift: int = 0) -> Iterator[LibraryFile]:
        modified_at = self._pulled_at(lot)
        for turn, (letter, edge_px) in enumerate(self._sizes):
            item_id = self._next_item
            self._next_item += 1
            created_at = self._now - timedelta(days=35 + 900 / (1 + item_id / 3000), seconds=-turn)
            yield LibraryFile(
                item_id=item_id,
                unique_id=lot.uuid(32 + 13 * turn + shift),
                folder=self._folder,
                name=f"{prefix}_{letter}Thumb.jpg",
                ref=Scaled(picture, edge_px, "library"),
                version=1 + lot.below(4, 122 - 6 * turn),
                created_at=created_at,
                modified_at=modified_at + timedelta(seconds=turn),
            )
