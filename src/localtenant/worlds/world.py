"""A world: the records that a tenant starts with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from localtenant.store.records import Case, Group, LibraryFile, Mailbox, Profile, User
from localtenant.store.store import Store


@dataclass
class World:
    """A made-up organisation, by the keys that the store's tables use; its pictures are names, not bytes yet.

    visitor: who a newcomer signs in as. She has a picture in Exchange and has never asked SharePoint for it.
    """

    seed: int
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    files: dict[str, LibraryFile] = field(default_factory=dict)

    def fill(self, store: Store) -> None:
        """Load everything into a store, whose `Draws` is a `Draw` of the same seed."""
        store.users.load(self.users)
        store.groups.load(self.groups)
        store.mailboxes.load(self.mailboxes)
        store.profiles.load(self.profiles)
        store.files.load(self.files)

    def cases(self) -> Counter[Case]:
        """How many people there are of each case."""
        return Counter(user.case for user in self.users.values())

    @property
    def visitor(self) -> User:
        """The first person who never visited SharePoint; in a world of one or two people, the first at all."""
        people = list(self.users.values())
        return next((user for user in people if user.case is Case.NEVER_VISITED), people[0])
