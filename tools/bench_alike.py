"""What it costs to look for one picture that would go to many people, however many people a plan writes to.

Run from the repository's root: `.venv/bin/python tools/bench_alike.py [PEOPLE…]`. Fingerprints are made up, of three
kinds of organisation: everybody looks different; everybody sat in one of five chairs before the same camera; and one
in three was given the same picture, encoded anew for each. Prints processor time, pairs laid on each other, and what
was found.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time
from unittest import mock

sys.path.insert(0, ".")
from tests.office import Office

from samepic.engine.alike import alike
from samepic.engine.route import Route
from samepic.engine.work import PAGE, working
from samepic.imaging import laying, workers
from samepic.model.picture import FINGERPRINT_BITS, Fingerprint, Miniature
from samepic.model.plan import RunId
from samepic.ports.progress import Silent

EDGE_PX, CELLS = 32, 16
CHAIRS = 5
APART_IN_ONE_CHAIR = 30
"""Bits, of 256, by which two who sat in one chair differ from what the chair alone would give."""

Maker = Callable[[int, Random], Fingerprint]


def picture(bits: int, pixels: bytes) -> Fingerprint:
    """Hashes of these bits over a miniature of these pixels."""
    return Fingerprint(bits, bits, Miniature(EDGE_PX, EDGE_PX, pixels, CELLS, pixels[: 2 * CELLS * CELLS]))


def changed(bits: int, by: int, chance: Random) -> int:
    """With so many bits turned."""
    return bits ^ sum(1 << bit for bit in chance.sample(range(FINGERPRINT_BITS), by))


def stranger(_: int, chance: Random) -> Fingerprint:
    """Nobody else looks like this."""
    return picture(chance.getrandbits(FINGERPRINT_BITS), chance.randbytes(EDGE_PX * EDGE_PX))


def sitter(number: int, chance: Random) -> Fingerprint:
    """Another face in one of a few chairs."""
    chair = Random(f"chair {number % CHAIRS}").getrandbits(FINGERPRINT_BITS)
    return picture(changed(chair, APART_IN_ONE_CHAIR, chance), chance.randbytes(EDGE_PX * EDGE_PX))


def one_in_three(number: int, chance: Random) -> Fingerprint:
    """The same picture in other bytes, or a stranger's."""
    if number % 3:
        return stranger(number, chance)
    same = Random("the logo")
    bits, pixels = same.getrandbits(FINGERPRINT_BITS), same.randbytes(EDGE_PX * EDGE_PX)
    return picture(
        changed(bits, chance.randrange(12), chance), bytes(min(255, one + chance.randrange(2)) for one in pixels)
    )


KINDS: dict[str, Maker] = {"all different": stranger, "five chairs": sitter, "one in three": one_in_three}


async def measured(people: int, make: Maker) -> tuple[float, float, int, int]:
    """Seconds of processor time to enter and to look, pairs laid, and how many people were found with one picture."""
    with tempfile.TemporaryDirectory() as folder:
        office, run, chance = Office(Path(folder)), RunId("run"), Random(people)
        began = process_time()
        for start in range(0, people, PAGE):
            several = range(start, min(start + PAGE, people))
            office.state.prints.put(run, {f"p{number:07}": make(number, chance) for number in several})
        entered = process_time()
        route = Route("office", office.census, office.source, office.target, office.policy)
        with (
            working(route, office.state, office.vault, office.clock, run, Silent(), workers()) as work,
            mock.patch.object(laying, "laid", wraps=laying.laid) as laid,
        ):
            found = await alike(work)
        return entered - began, process_time() - entered, laid.call_count, found.now


def main() -> None:
    """A line for each kind and size."""
    sys.stdout.write(f"{'':15}{'people':>9}{'entered':>10}{'looked':>10}{'laid':>9}{'found':>8}\n")
    for people in [int(told) for told in sys.argv[1:]] or [2_000, 20_000]:
        for kind, make in KINDS.items():
            entered, looked, pairs, found = asyncio.run(measured(people, make))
            sys.stdout.write(f"{kind:15}{people:>9,}{entered:>8.1f} s{looked:>8.1f} s{pairs:>9,}{found:>8,}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
