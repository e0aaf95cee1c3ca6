"""People from a seed and a number: names, addresses, ids; and what Exchange and the directory hold of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from localtenant.store.records import Case, Drawn, Mailbox, Scaled, StoredPicture, User
from localtenant.worlds.cases import Kind, Plain, kind
from localtenant.worlds.names import APOSTROPHE, CULTURES, DEPARTMENTS, LONGEST, hint
from localtenant.worlds.recipes import recipe

ADMINISTRATORS: dict[int, tuple[str, ...]] = {
    0: ("Global Administrator",),
    1: ("SharePoint Administrator",),
    3: ("User Administrator", "People Administrator"),
}
LONG_NAME = 8
WITH_APOSTROPHE = 6

NO_EXCHANGE_PICTURE = frozenset(
    {
        Case.NO_MAILBOX,
        Case.GUEST,
        Case.ON_PREMISES_MAILBOX,
        Case.TOMBSTONED,
        Case.DIRECTORY_ONLY,
        Plain.NO_PICTURE,
    }
)


@dataclass(frozen=True, slots=True)
class Lot:
    """What chance gave the person with this number: 128 hex digits that depend on the seed and the number alone."""

    number: int
    digits: str

    @classmethod
    def draw(cls, seed: int, number: int) -> Lot:
        """The same for the same seed and number, however large the world is."""
        return cls(number, blake2b(f"{seed}/{number}".encode()).hexdigest())

    def below(self, limit: int, place: int) -> int:
        """A number from 0 to limit - 1 out of the six digits at `place`."""
        return int(self.digits[place : place + 6], 16) % limit

    def uuid(self, place: int) -> str:
        """An id of the usual shape out of the 32 digits at `place`."""
        d = self.digits[place : place + 32]
        return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-8{d[17:20]}-{d[20:]}"

    def etag(self, place: int) -> str:
        """Eight digits, as Exchange marks a picture."""
        return self.digits[place : place + 8].upper()


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person made up: the record, the mailbox if they have one, and their kind."""

    lot: Lot
    kind: Kind
    user: User
    mailbox: Mailbox | None


class Names:
    """Names and the local parts of addresses, each address given out once."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def of(self, lot: Lot) -> tuple[str, str, str, str]:
        """(given name, surname, display name, local part of the UPN)."""
        if lot.number == LONG_NAME:
            given, surname, local = LONGEST
            return given, surname, f"{given} {surname}", self._unique(local)
        called = hint(lot.number)
        culture = CULTURES[called[0]]
        firsts, lasts = (
            (culture.women, culture.womens_surnames) if called[1] == "w" else (culture.men, culture.mens_surnames)
        )
        given, given_ascii = firsts[lot.below(len(firsts), 64)]
        surname, surname_ascii = lasts[lot.below(len(lasts), 70)]
        if lot.number == WITH_APOSTROPHE:
            surname, surname_ascii = APOSTROPHE
        display = surname + given if culture.surname_first else f"{given} {surname}"
        return given, surname, display, self._unique(f"{given_ascii}.{surname_ascii}")

    def _unique(self, local: str) -> str:
        count = self._taken.get(local, 0) + 1
        self._taken[local] = count
        return local if count == 1 else f"{local}{count}"


def person(lot: Lot, names: Names, domain: str, now: datetime) -> Newcomer:
    """One person with their mailbox. Everything in it happened before `now`, pictures changed at least a day ago."""
    is_a = kind(lot.number)
    given, surname, display, local = names.of(lot)
    guest, mailless = is_a is Case.GUEST, is_a in (Case.GUEST, Case.NO_MAILBOX)
    upn = f"{local}_partner.example#EXT#@{domain}" if guest else f"{local}@{domain}"
    department, titles = DEPARTMENTS[lot.below(len(DEPARTMENTS), 76)]
    user = User(
        id=lot.uuid(0),
        upn=upn,
        mail=f"{local}@partner.example" if guest else None if mailless else _mail(lot, local, domain),
        display_name=display,
        given_name=given,
        surname=surname,
        case=is_a if isinstance(is_a, Case) else Case.PLAIN,
        user_type="Guest" if guest else "Member",
        account_enabled=is_a is not Case.DISABLED,
        plans=() if guest else ("SharePoint",) if mailless else ("exchange", "SharePoint"),
        on_premises_sync=is_a is Case.ON_PREMISES_MAILBOX or lot.below(10, 82) < 4,
        geography="APC" if is_a is Case.OTHER_GEOGRAPHY else None,
        created_at=now - timedelta(days=900 + lot.below(2000, 82)),
        department=None if guest else department,
        job_title=None if guest else titles[lot.below(len(titles), 88)],
        roles=ADMINISTRATORS.get(lot.number, ()),
        picture=_directory_picture(lot, is_a, now),
        changed_seq=0,
    )
    mailbox = None
    if not mailless:
        mailbox = Mailbox(
            user_id=user.id,
            on_premises=is_a is Case.ON_PREMISES_MAILBOX,
            picture=_mailbox_picture(lot, is_a, now),
            tombstone=is_a is Case.TOMBSTONED,
        )
    return Newcomer(lot, is_a, user, mailbox)


def _mail(lot: Lot, local: str, domain: str) -> str:
    """Mostly the UPN; for one in twelve another address, for another one the UPN with capitals."""
    which = lot.below(12, 94)
    if which == 0:
        first, _, last = local.partition(".")
        return f"{last}.{first}@{domain}" if last else f"mail.{local}@{domain}"
    if which == 1:
        return f"{local.title()}@{domain}"
    return f"{local}@{domain}"


def _mailbox_picture(lot: Lot, is_a: Kind, now: datetime) -> StoredPicture | None:
    if is_a in NO_EXCHANGE_PICTURE:
        return None
    hours = 26 + lot.below(40, 100) if is_a is Case.CHANGED_SINCE_PULL else 24 * 60 + lot.below(20_000, 100)
    if is_a is Plain.PLACEHOLDER:
        hours = 26 + lot.below(48, 100)
    return StoredPicture(Drawn(recipe(lot.number)), lot.etag(106), now - timedelta(hours=hours))


def _directory_picture(lot: Lot, is_a: Kind, now: datetime) -> StoredPicture | None:
    """What the directory shows: its own where Exchange has none, a small copy of Exchange's for one in five others."""
    at = now - timedelta(hours=24 * 60 + lot.below(20_000, 112))
    if is_a in (Case.DIRECTORY_ONLY, Case.TOMBSTONED, Case.ON_PREMISES_MAILBOX):
        return StoredPicture(Drawn(recipe(lot.number)), lot.etag(112), at)
    if is_a in (Case.NO_MAILBOX, Case.GUEST):
        has_one = (lot.number // 50) % 2 == 0
        return StoredPicture(Drawn(recipe(lot.number)), lot.etag(112), at) if has_one else None
    if is_a not in NO_EXCHANGE_PICTURE and lot.below(5, 116) == 0:
        return StoredPicture(Scaled(Drawn(recipe(lot.number)), 96, "graph"), lot.etag(112), at)
    return None
