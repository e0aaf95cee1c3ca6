"""The people, and what they and other programs do to their pictures while all this happens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tests.pictures import encoded, mosaic
from tests.soak.ground import Ground
from tests.soak.truth import Truth
from tests.soak.witness import Witness
from tests.sync_bench import SIZES


@dataclass
class Person:
    """id: as the census and the files have it."""

    id: str
    upn: str
    truth: Truth


@cache
def face(number: int) -> bytes:
    """The picture of that number; no two are alike."""
    return encoded(mosaic(number, 160, 160))


class People:
    """Every deed is entered into the person's truth; where the tenant is away, it waits until it is back."""

    def __init__(self, ground: Ground, witness: Witness, people: list[Person]) -> None:
        self._ground = ground
        self._witness = witness
        self._people = people

    def uploads(self, who: int, picture: int) -> None:
        """Somebody changes their own picture."""
        person = self._people[who]
        self._ask(lambda control: control.put_picture(person.upn, "exchange", face(picture)))
        person.truth.the_source_gets(picture)

    def takes_away(self, who: int) -> None:
        """Somebody removes it."""
        person = self._people[who]
        if person.truth.source is not None:
            self._ask(lambda control: control.delete_picture(person.upn, "exchange"))
            person.truth.the_source_loses_it()

    def another_overwrites(self, who: int, picture: int) -> None:
        """Another program writes all three sizes in SharePoint."""
        person = self._people[who]
        raced = self._witness.open_now(person.id)
        for size in SIZES:
            self._ask(lambda control, size=size: control.put_picture(person.upn, f"sharepoint-{size}", face(picture)))
        person.truth.another_writes(picture, raced=raced or self._witness.open_now(person.id))

    def another_deletes(self, who: int) -> None:
        """Another program deletes them."""
        person = self._people[who]
        raced = self._witness.open_now(person.id)
        for size in SIZES:
            if self._ground.patiently("look", lambda c, size=size: c.picture(person.upn, f"sharepoint-{size}")):
                self._ask(lambda control, size=size: control.delete_picture(person.upn, f"sharepoint-{size}"))
        person.truth.another_deletes(raced=raced or self._witness.open_now(person.id))

    def asks(self, who: int) -> None:
        """Somebody asks for their own picture."""
        self._ground.begin("sync", "--json", self._people[who].upn)

    def sweep(self, full: bool) -> bool:
        """A sweep is asked for, or one is under way; whether it has begun."""
        return self._ground.sweep_now(full=full)

    def _ask(self, do: object) -> None:
        self._ground.patiently("a picture", do)
