"""Puts what `make demo` really prints into README.md, and the top of its contact sheet into docs/start/report.png."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
SHEET_TOP_PX = 64 + 5 * 142


def main() -> None:
    """Run the demo as a newcomer would, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "samepic", "demo"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
        readme = ROOT / "README.md"
        printed = "\n".join(line.rstrip() for line in ran.stdout.rstrip().splitlines())
        shown = f"<!-- demo -->\n```\n{printed}\n```\n<!-- /demo -->"
        text = readme.read_text(encoding="utf-8")
        readme.write_text(
            re.sub(r"<!-- demo -->.*<!-- /demo -->", lambda _: shown, text, flags=re.DOTALL), encoding="utf-8"
        )
        with Image.open(Path(folder) / "samepic-demo/report.png") as sheet:
            top = sheet.convert("RGB").crop((0, 0, sheet.width, min(sheet.height, SHEET_TOP_PX)))
            top.quantize(255, dither=Image.Dither.FLOYDSTEINBERG).save(ROOT / "docs/start/report.png", optimize=True)


if __name__ == "__main__":
    main()
