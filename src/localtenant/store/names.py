"""People by UPN and mail, in no more than a look-up."""

from __future__ import annotations

from localtenant.store.records import User
from localtenant.store.table import Table


class Names:
    """An index whose every hit is checked, made anew only when the table has changed and a look-up fails."""

    def __init__(self, users: Table[User]) -> None:
        self._users = users
        self._made_at = -1
        self._upns: dict[str, str] = {}
        self._mails: dict[str, str] = {}

    def by_upn(self, upn: str) -> User | None:
        """The person who has this UPN now, in whatever case."""
        folded = upn.casefold()
        found = self._users.get(self._upns.get(folded, ""))
        if found is not None and found.upn.casefold() == folded:
            return found
        return self._users.get(self._upns.get(folded, "")) if self._renewed() else None

    def by_mail(self, mail: str) -> User | None:
        """The person who has this address now, in whatever case; of several the first."""
        self._renewed()
        return self._users.get(self._mails.get(mail.casefold(), ""))

    def _renewed(self) -> bool:
        """Make the index anew if it may be out of date."""
        if self._made_at == self._users.revision:
            return False
        self._made_at = self._users.revision
        self._upns = {user.upn.casefold(): user.id for user in self._users}
        self._mails = {}
        for user in self._users:
            if user.mail:
                self._mails.setdefault(user.mail.casefold(), user.id)
        return True
