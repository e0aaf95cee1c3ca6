"""How a world is made: people one by one, then what SharePoint has of them, then their groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from localtenant.store.records import LibraryFile
from localtenant.worlds.beginnings import Beginnings
from localtenant.worlds.groups import groups
from localtenant.worlds.people import Lot, Names, person
from localtenant.worlds.world import World

Drawn = Callable[[int, int], None]
"""Told how many people a world has so far, and how many it shall have."""

_TOLD_EVERY = 500


def make(
    seed: int,
    people: int,
    domain: str,
    now: datetime,
    *,
    folder: str = "Profile Pictures",
    file_prefix: str = "object_id",
    large_px: int = 300,
    placeholder_files: bool = False,
    drawn: Drawn | None = None,
) -> World:
    """A world of so many people. The same arguments give the same world; a larger one begins with the smaller one.

    now: aware, UTC; everything in the world happened before. folder, file_prefix and large_px are the behaviours
    `folder_name`, `file_prefix` and `large_px`: what SharePoint did when these people visited it. placeholder_files:
    `placeholder_file` is `stored`. drawn: hears now and then how many people there are of how many.
    """
    if people < 1:
        raise ValueError(f"a world has at least one person, not {people}")
    world = World(seed)
    names = Names()
    beginnings = Beginnings(folder, file_prefix, large_px, placeholder_files, now)
    for number in range(people):
        if drawn is not None and number % _TOLD_EVERY == 0:
            drawn(number, people)
        made = person(Lot.draw(seed, number), names, domain, now)
        user = made.user
        world.users[user.id] = user
        if made.mailbox is not None:
            world.mailboxes[user.id] = made.mailbox
        profile = beginnings.profile(made)
        if profile is not None:
            world.profiles[user.id] = profile
        for file in beginnings.files(made):
            world.files[path_key(file)] = file
    if drawn is not None:
        drawn(people, people)
    world.groups = groups(seed, list(world.users.values()))
    return world


def path_key(file: LibraryFile) -> str:
    """The key of a file in the store's table: its server-relative path, folded."""
    return f"{file.folder}/{file.name}".casefold()
