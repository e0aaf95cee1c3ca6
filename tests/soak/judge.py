"""What has to be true when everything has come to rest."""

from __future__ import annotations

from collections import Counter

from tests.soak.ground import Ground
from tests.soak.people import Person, face
from tests.soak.troubles import Troubles
from tests.soak.witness import Witness
from tests.sync_bench import SIZES, difference

SAME = 12
"""Mean difference of two pictures' pixels; two faces differ by more than 40."""


class Judge:
    """Each method says what is wrong, in lines; nothing where all is right."""

    def __init__(self, ground: Ground, witness: Witness, troubles: Troubles, people: list[Person]) -> None:
        self._ground = ground
        self._witness = witness
        self._troubles = troubles
        self._people = people
        self.undisturbed = 0

    def verdict(self) -> list[str]:
        """Everything that is wrong."""
        return [*self.pictures(), *self.writes(), *self.rest(), *self.logs(), *self.faults()]

    def pictures(self) -> list[str]:
        """Everybody shows what they may, in all three sizes; what somebody else put there to the very byte."""
        wrong = []
        for person in self._people:
            may = person.truth.in_the_end()
            thumbs = [self._ground.tenant.control.picture(person.upn, f"sharepoint-{size}") for size in SIZES]
            if person.truth.raced:
                continue
            if not any(_shows(thumbs, one) for one in may):
                there = [None if thumb is None else len(thumb) for thumb in thumbs]
                wrong.append(f"{person.upn} ({person.id}) shows none of {may}: {there}; {person.truth}")
        return wrong

    def writes(self) -> list[str]:
        """The ledger and the journal agree; nothing was written twice for one change."""
        wrong = []
        uploads: Counter[str] = Counter()
        for (name, _), count in self._witness.uploads.items():
            uploads[name] += count
        journal, intents, changed = self._witness.journal(), self._witness.intents(), self._witness.changed_at()
        for person in self._people:
            lenient = self._witness.may_be_twice(person.id, intents[person.id])
            self.undisturbed += len(intents[person.id]) - lenient
            written = journal[person.id]
            for size in SIZES:
                sent = uploads[f"{person.id}_{size.upper()}Thumb.jpg"]
                if not written - lenient <= sent <= written + 3 * lenient:
                    wrong.append(
                        f"{person.upn} ({person.id}): the ledger has {sent} of size {size}, the journal {written} "
                        f"writes, {lenient} of them disturbed"
                    )
            untrue = sum(a <= at <= b for at in changed[person.id] for a, b in self._troubles.untrue)
            reasons = 1 + person.truth.puts + person.truth.losses + untrue + lenient
            if written > reasons:
                wrong.append(f"{person.upn} ({person.id}): {written} writes for {reasons} changes")
        return wrong

    def rest(self) -> list[str]:
        """No write is open, no sweep is going on, no half file is left."""
        wrong = [f"the write to {key} is still open" for key in self._witness.still_open()]
        wrong += [f"sweep {run} is still going on" for run in self._witness.going()]
        vault = self._ground.state / "vault"
        left = [path for path in vault.rglob("*") if path.is_file() and path.name.startswith(".")]
        return wrong + [f"{path} is left" for path in left]

    def logs(self) -> list[str]:
        """Nothing ended by an error that nobody had thought of."""
        found = []
        for path in sorted(self._ground.work.glob("*.err")):
            for line in path.read_text(errors="replace").splitlines():
                if "Traceback" in line:
                    found.append(f"{path.name}: {line[:300]}")
        return found

    def faults(self) -> list[str]:
        """Whatever was to go wrong did."""
        return [f"this never struck: {one}" for one in self._troubles.faults.never_struck()]


def _shows(thumbs: list[bytes | None], picture: int | None) -> bool:
    if picture is None:
        return thumbs == [None, None, None]
    if thumbs == [face(picture)] * len(SIZES):
        return True
    return all(thumb is not None and difference(thumb, face(picture)) < SAME for thumb in thumbs)
