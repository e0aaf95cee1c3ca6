"""A tenant, a folder with a samepic.toml that points at it, and the commands run there: what scenarios start from."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageOps, ImageStat
from tests import mosaics
from tests.conftest import RunningTenant, tenant_of
from tests.databases import put_empty_state
from tests.samepic_commands import Command, Forks, forks, until

from localtenant.control.library_picture import library_picture
from localtenant.store.records import User
from samepic.config.template import Found, render

SIZES = ("s", "m", "l")
Thumbs = tuple[bytes | None, ...]


@dataclass
class SyncBench:
    """`fresh` before each case: the world as at the start, and nothing remembered."""

    at: RunningTenant
    forks: Forks
    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "samepic-state"

    def fresh(self) -> SyncBench:
        """The tenant and the folder as at the start, with a state that remembers nothing."""
        self.at.control.reset()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        put_empty_state(self.state / "state.sqlite")
        self.configure()
        return self

    def configure(self, *, certificate: Path | None = None, extra: str = "", **changed: str) -> None:
        """Write samepic.toml. extra: lines of the route; changed: keys of [microsoft365] to replace."""
        said = self.at.said
        text = render(
            Found(
                tenant_id=said.tenant_id,
                client_id=said.client_id,
                cloud="custom",
                url=said.url,
                certificate=certificate or Path(said.client_certificate),
            )
        )
        for name, value in changed.items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        text = text.replace("\n[routes.hold]", f"\n{extra}\n[routes.hold]")
        (self.folder / "samepic.toml").write_text(text)

    def start(self, *arguments: str, **dies: object) -> Command:
        """`samepic ARGUMENTS`, under way."""
        return self.forks.start(self.folder, *arguments, **dies)

    def run(self, *arguments: str) -> Command:
        """The same, ended."""
        return self.forks.run(self.folder, *arguments)

    def sync(self, *people: str) -> Any:
        """A sync that must end well; its figures."""
        command = self.run("sync", "--json", *people)
        assert command.code == 0, command.said()
        return command.json()

    def person(self, case: str, number: int = 0) -> str:
        """Somebody's UPN."""
        return self.upns(case)[number]

    def upns(self, case: str) -> list[str]:
        """Everybody's of one case."""
        return [str(person["upn"]) for person in self.at.control.people(case)]

    def people(self) -> list[User]:
        return list(self.at.tenant.store.users)

    def thumbs(self, upn: str) -> Thumbs:
        """The bytes of S, M and L."""
        return tuple(self.at.control.picture(upn, f"sharepoint-{size}") for size in SIZES)

    def shown(self, *but: str) -> dict[str, object]:
        """Of everybody else the files, with their ETags, and the properties that point to them."""
        tenant = self.at.tenant
        return {
            user.upn: ([library_picture(tenant, user, size.upper()) for size in SIZES], self.properties(user.upn))
            for user in tenant.store.users
            if user.upn not in but
        }

    def properties(self, upn: str) -> tuple[str, ...]:
        """PictureURL, timestamp, sync state and placeholder state as the profile has them."""
        user = self.at.tenant.store.user(upn)
        assert user is not None
        profile = self.at.tenant.store.profiles.get(user.id)
        if profile is None:
            return ("", "", "", "")
        return (
            profile.picture_url,
            profile.picture_timestamp,
            profile.exchange_sync_state,
            profile.placeholder_state,
        )

    def assert_whole(self, upn: str) -> None:
        """One person's three thumbnails and four properties belong together and show the source's picture."""
        source = self.at.control.picture(upn, "exchange")
        assert source is not None
        thumbs = self.thumbs(upn)
        url, timestamp, sync, placeholder = self.properties(upn)
        assert (sync, placeholder) == ("1", "0")
        assert int(timestamp) > 0
        assert url.endswith("_MThumb.jpg")
        for thumb in thumbs:
            assert thumb is not None, f"{upn} lacks a size: {[t is not None for t in thumbs]}"
            assert difference(thumb, source) < 12, f"{upn} shows another picture"

    def shows_whole(self, upn: str) -> bool:
        """The same as an answer."""
        try:
            self.assert_whole(upn)
        except AssertionError:
            return False
        return True

    def uploads(self) -> Counter[tuple[str, str]]:
        """How often each file was stored with which bytes: (its name, sha256)."""
        return Counter((file_name(c), c["sha256"]) for c in self.at.control.changes("Files/add"))

    def properties_set(self) -> Counter[str]:
        """How often each person's placeholder state, the last property of a write, was set."""
        names = (name for c in self.at.control.changes("ProcessQuery") for name in c["changed"])
        return Counter(name.split()[0] for name in names if name.endswith("SPS-PicturePlaceholderState"))

    def held(self, fault: Any) -> bool:
        """Whether a request waits in this fault now."""
        kept = self.at.tenant.faults.get(fault["id"])
        return kept is not None and kept.holding > 0

    def held_or_ended(self, fault: Any, command: Command) -> bool:
        """Wait until a command's request is held; False where it ended without meeting the fault."""
        until(lambda: self.held(fault) or command.ended(), "a request is held")
        return self.held(fault)


def file_name(change: dict[str, Any]) -> str:
    """Of an upload, as the ledger has it."""
    found = re.search(r"/add\(url='([^']*)'", change["path"])
    assert found is not None
    return found[1]


@cache
def difference(thumb: bytes, source: bytes) -> float:
    """Mean difference of two pictures' pixels, 0 to 255, the source cropped as Samepic crops (upper centre)."""
    shown = Image.open(BytesIO(thumb)).convert("RGB").resize((32, 32))
    original = ImageOps.exif_transpose(Image.open(BytesIO(source)))
    whole = ImageOps.fit(original.convert("RGBA"), (32, 32), centering=(0.5, 0.25))
    white = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    means = ImageStat.Stat(ImageChops.difference(shown, white)).mean
    return sum(means) / len(means)


@contextlib.contextmanager
def sync_bench(folder: Path, people: int, seed: int = 1) -> Iterator[SyncBench]:
    """A tenant of so many people, whose pictures are mosaics, with commands to run against it."""
    with tenant_of(people=people, seed=seed) as at, forks() as forked:
        mosaics.hang(at.tenant)
        yield SyncBench(at, forked, folder / "work").fresh()
