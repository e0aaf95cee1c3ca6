"""`python -m tests.soak`: see `make soak`."""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
from pathlib import Path

from tests.samepic_commands import forks
from tests.soak.beside import ENDED
from tests.soak.soak import ACTORS, soak
from tests.soak.story import story

FOLDER = Path(".soak")


def main() -> int:
    """Both databases, one after the other; the first has two thirds of the time."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing stays mounted, and nobody running
    chosen = _chosen()
    code = 1
    try:
        code = _carry_out(chosen)
    finally:
        if chosen.say_the_end:
            (chosen.folder / ENDED).write_text(f"{code}")
    return code


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--database", choices=("postgresql", "sqlite", "both"), default="both")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--say-the-end", action="store_true", help="a file `ended` in the folder has the exit code")
    parser.add_argument("--tell", action="store_true", help="only tell what would be done, and when")
    return parser.parse_args()


def _carry_out(chosen: argparse.Namespace) -> int:
    shares = {"postgresql": 2 / 3, "sqlite": 1 / 3} if chosen.database == "both" else {chosen.database: 1.0}
    if chosen.tell:
        for database, share in shares.items():
            print(*story(random.Random(chosen.seed), share * chosen.minutes, database, ACTORS), sep="\n")
        return 0
    print(f"soak: seed {chosen.seed}, {chosen.minutes:g} minutes", flush=True)
    failed = False
    for database, share in shares.items():
        folder = (chosen.folder / database).resolve()
        shutil.rmtree(folder, ignore_errors=True)
        with forks() as forked:
            soaked = soak(folder, forked, chosen.seed, share * chosen.minutes, database)
        print(f"{database}: {'FAILED' if soaked.wrong else 'all is right'}\n{soaked}", flush=True)
        if soaked.wrong:
            print("\n".join(soaked.did), flush=True)
        failed = failed or bool(soaked.wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
