"""Put pictures of the portal's pages that a test run left, and somebody has looked at, into docs/start/portal.

`make screenshots` runs it. Of each page its picture by day at a desk is kept, and some in another look.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parents[1] / "docs" / "start" / "portal"
ALSO = {"why.lv": "why-lv", "home.dark-phone": "home-phone-by-night", "held-plan.nb": "held-plan-phone-nb"}


def main() -> None:
    """Ask first: what nobody has looked at is no documentation."""
    made = Path(sys.argv[1])
    chosen = {file: FOLDER / f"{ALSO.get(file.stem, file.stem)}.png" for file in sorted(made.glob("*.png"))}
    chosen = {file: to for file, to in chosen.items() if "." not in file.stem or file.stem in ALSO}
    if not chosen:
        sys.exit(f"there are no pictures in {made}")
    sys.stdout.write(f"{len(chosen)} pictures are in {made.resolve()}, and each page in other looks beside them.\n")
    if input("Have you looked at them, and are they as they should be? [y/N] ").strip().casefold() != "y":
        sys.exit("docs/start/portal is as it was")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, to in chosen.items():
        few = Image.open(file).convert("RGB").quantize(256, kmeans=3, dither=Image.Dither.FLOYDSTEINBERG)
        few.save(to, optimize=True)
    for file in set(FOLDER.glob("*.png")) - set(chosen.values()):
        file.unlink()
        sys.stdout.write(f"removed {file.name}: there is no such page any more\n")


if __name__ == "__main__":
    main()
