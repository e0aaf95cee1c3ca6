"""The pictures that `make bench` races with, and the judge of what came out: a process of its own.

`imaging_likeness.py pictures FOLDER` writes the originals, `imaging_likeness.py judge FOLDER ORIGINAL EDGES` answers
how close each contender's renditions are to the slow way, `imaging_likeness.py measure` what our short cuts cost.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

sys.path.insert(0, ".")
from tests.closeness import psnr, ssim
from tests.photographs import as_jpeg, photograph

from samepic.testkit.pictures import jpeg

SMALL, LARGE = "small", "large"
KINDS = {SMALL: (648, 648), LARGE: (3024, 4032)}
PICTURES = 3
LANCZOS = Image.Resampling.LANCZOS


def pictures(folder: Path) -> None:
    """Write the originals, portraits as a telephone takes them and as Exchange keeps them."""
    for kind, size in KINDS.items():
        for number in range(PICTURES):
            (folder / f"{kind}-{number}.jpg").write_bytes(as_jpeg(photograph(17 + number, *size)))


def judge(folder: Path, original: Path, edges: list[int]) -> dict[str, dict[str, float]]:
    """Of each contender: its least similarity to the slow way, its bytes, and whether it kept to the settings."""
    verdicts = {}
    for first in sorted(folder.glob(f"*-{edges[0]}.jpg")):
        name = first.stem.rpartition("-")[0]
        files = {edge: (folder / f"{name}-{edge}.jpg").read_bytes() for edge in edges}
        agreed = {edge: _settings(_slow_jpeg(original, edge)) for edge in edges}
        verdicts[name] = {
            "ssim": min(ssim(_image(files[edge]), slowly(original, edge)) for edge in edges),
            "psnr": min(psnr(_image(files[edge]), slowly(original, edge)) for edge in edges),
            "bytes": sum(map(len, files.values())),
            "as_agreed": float(all(_settings(files[edge]) == agreed[edge] for edge in edges)),
        }
    slow = [ssim(_image(_slow_jpeg(original, edge)), slowly(original, edge)) for edge in edges]
    return {**verdicts, "slowly": {"ssim": min(slow)}}


def slowly(original: Path, edge: int) -> Image.Image:
    """The reference: every pixel of the original, its square, one Lanczos filter."""
    whole = Image.open(original).convert("RGB")
    shorter = min(whole.size)
    left, top = (whole.width - shorter) // 2, round((whole.height - shorter) * 0.25)
    return whole.resize((edge, edge), LANCZOS, (left, top, left + shorter, top + shorter))


def _slow_jpeg(original: Path, edge: int) -> bytes:
    return _encoded(slowly(original, edge), "4:4:4" if edge <= 96 else "4:2:0")


def _encoded(image: Image.Image, colour: str, progressive: bool = True) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, progressive=progressive, optimize=True, subsampling=colour)
    return out.getvalue()


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _settings(data: bytes) -> tuple[object, ...]:
    """What a JPEG was made with: size, quality (as its tables of steps), progressive or not, colour at which scale."""
    image = Image.open(io.BytesIO(data))
    layers = tuple(tuple(layer[1:3]) for layer in image.layer)
    return (
        image.size,
        {key: list(table) for key, table in image.quantization.items()},
        "progressive" in image.info,
        layers,
    )


def measure() -> Iterator[str]:
    """What our short cuts cost, as the lines of two tables."""
    yield from _decoded_small()
    yield ""
    yield from _next_larger()
    yield ""
    yield from _colour()


def _decoded_small() -> Iterator[str]:
    yield "| decoded larger than wanted by | similarity to the slow way | error | with grain in every pixel | error |"
    yield "|---|---|---|---|---|"
    large = photograph(12, 2400, 2400)
    for edge in (606, 630, 648, 750, 900, 1196):
        grainy = large.crop((600, 600, 600 + edge, 600 + edge))
        cells = []
        for image in (large.resize((edge, edge), LANCZOS), grainy):
            data = as_jpeg(image)
            quick = Image.open(io.BytesIO(data))
            quick.draft(None, (edge // 2, edge // 2))
            made, slow = (one.convert("RGB").resize((300, 300), LANCZOS) for one in (quick, _image(data)))
            cells += [f"{ssim(made, slow):.3f}", f"{psnr(made, slow):.0f} dB"]
        yield f"| {edge / 600 - 1:.0%} | " + " | ".join(cells) + " |"


def _next_larger() -> Iterator[str]:
    yield "| scaled from the next larger one, 648 px to | similarity to one scaled from the original |"
    yield "|---|---|"
    large = photograph(12, 2400, 2400)
    next_larger = large.resize((648, 648), LANCZOS)
    for edge in (600, 500, 400, 300, 240, 96, 72, 48):
        made = next_larger.resize((edge, edge), LANCZOS, reducing_gap=2.0)
        yield f"| {edge} px | {ssim(made, large.resize((edge, edge), LANCZOS)):.4f} |"


def _colour() -> Iterator[str]:
    columns = [f"{what}, {colour}" for what in ("photograph", "coloured shapes") for colour in ("4:2:0", "4:4:4")]
    yield "| edge | " + " | ".join(columns) + " | photograph as in the second column, not progressive |"
    yield "|" + "---|" * 6
    originals = photograph(12, 1200, 1200), _image(jpeg(3))
    for edge in (48, 72, 96, 128, 300, 648):
        cells = []
        for original in originals:
            small = original.resize((edge, edge), LANCZOS)
            for colour in ("4:2:0", "4:4:4"):
                data = _encoded(small, colour)
                cells.append(f"{len(data):,} bytes, {_error_of_colour(small, _image(data)):.0f} dB")
        plain = len(_encoded(originals[0].resize((edge, edge), LANCZOS), "4:2:0", progressive=False))
        yield f"| {edge} px | " + " | ".join(cells) + f" | {plain:,} bytes |"


def _error_of_colour(one: Image.Image, other: Image.Image) -> float:
    red_one, red_other = (image.convert("YCbCr").getchannel("Cr") for image in (one, other))
    return psnr(red_one, red_other)


def main() -> None:
    """Do what the first argument names."""
    task, *rest = sys.argv[1:]
    if task == "pictures":
        pictures(Path(rest[0]))
    elif task == "judge":
        verdicts = judge(Path(rest[0]), Path(rest[1]), [int(edge) for edge in rest[2].split(",")])
        sys.stdout.write(json.dumps(verdicts))
    else:
        sys.stdout.write("\n".join(measure()))


if __name__ == "__main__":
    main()
