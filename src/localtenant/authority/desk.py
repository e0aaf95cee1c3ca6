"""What the authority remembers for one tenant: keys, applications, and everything that is given out and taken back."""

from __future__ import annotations

from pathlib import Path

from localtenant.authority.apps import Apps
from localtenant.authority.grants import Grants
from localtenant.authority.keeping import Keeping
from localtenant.authority.keys import Secrets
from localtenant.authority.passwords import Passwords
from localtenant.authority.principal import Checked
from localtenant.authority.sessions import Sessions
from localtenant.authority.throttle import PER_ACCOUNT, PER_ADDRESS, Throttle


class AuthorityDesk:
    """One tenant's authority. `folder` is the tenant's state folder, None for memory only."""

    def __init__(self, folder: Path | None = None) -> None:
        self.secrets = Secrets(folder)
        keeping = Keeping(folder)
        self.apps = Apps(keeping)
        self.grants = Grants(keeping)
        self.sessions = Sessions()
        self.passwords = Passwords()
        self.accounts = Throttle(PER_ACCOUNT)
        self.addresses = Throttle(PER_ADDRESS)
        self.checked: dict[tuple[bytes, str, str], Checked] = {}
        """Tokens that were checked, by their digest, the API and the host that they were shown to."""

    def reset(self) -> None:
        """As at the start: nobody signed in, nobody locked out, only the built-in applications. The keys stay."""
        self.apps.clear()
        self.grants.clear()
        self.sessions = Sessions()
        self.passwords = Passwords()
        self.accounts = Throttle(PER_ACCOUNT)
        self.addresses = Throttle(PER_ADDRESS)
