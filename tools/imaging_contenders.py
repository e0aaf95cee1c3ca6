"""One contender of the race that `make bench` runs, in a process of its own, so that its memory is its own too.

`imaging_contenders.py NAME EDGES PICTURE...` answers each line on its standard input: a number draws so many
pictures and answers what they took, a folder's name writes one picture's renditions into it.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

from own_peak import own_peak_mb

Thumbnailer = Callable[[bytes, Sequence[int]], list[bytes]]
QUALITY, WHOLE_COLOUR_PX, ABOVE = 90, 96, 0.25
"""What everybody has to make: quality 90, progressive, optimised, 4:4:4 up to 96 px and 4:2:0 above; of a picture
that is not square, the square that leaves a quarter of the spare height above."""


def samepic() -> Thumbnailer:
    """All that a run needs: the check, the renditions, the fingerprint."""
    from samepic.imaging import draw
    from samepic.model.system import Rendition

    def make(data: bytes, edges: Sequence[int]) -> list[bytes]:
        drawn = draw(data, [Rendition(str(edge), edge) for edge in edges])
        return [picture.data for picture in drawn.renditions]

    return make


def samepic_renditions() -> Thumbnailer:
    """The renditions alone, as the others make them."""
    from samepic.imaging import render
    from samepic.model.picture import Picture
    from samepic.model.system import Rendition

    def make(data: bytes, edges: Sequence[int]) -> list[bytes]:
        return [picture.data for picture in render(Picture(data), [Rendition(str(edge), edge) for edge in edges])]

    return make


def pillow() -> Thumbnailer:
    """Plain Pillow as its documents advise: `draft`, then `ImageOps.fit` for each size."""
    from PIL import Image, ImageOps

    def make(data: bytes, edges: Sequence[int]) -> list[bytes]:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", (max(edges), max(edges)))
            upright = ImageOps.exif_transpose(image).convert("RGB")
        made = []
        for edge in edges:
            out = io.BytesIO()
            square = ImageOps.fit(upright, (edge, edge), Image.Resampling.LANCZOS, centering=(0.5, ABOVE))
            colour = "4:4:4" if edge <= WHOLE_COLOUR_PX else "4:2:0"
            square.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True, subsampling=colour)
            made.append(out.getvalue())
        return made

    return make


def pyvips() -> Thumbnailer:
    """Libvips by its own `thumbnail`, which decodes at twice the edge; the smaller sizes from the largest."""
    import pyvips

    pyvips.cache_set_max(0)  # or the second round would be answered from memory

    def largest(data: bytes, edge: int) -> pyvips.Image:
        return pyvips.Image.thumbnail_buffer(data, edge, height=100_000, size="down")

    return _by_vips(largest)


def pyvips_whole() -> Thumbnailer:
    """Libvips reading a picture to its end, as everybody else does; by itself it leaves out what is below the square.

    Whoever has not read the end does not know that it is there, nor what it shows.
    """
    import pyvips

    pyvips.cache_set_max(0)

    def largest(data: bytes, edge: int) -> pyvips.Image:
        return pyvips.Image.thumbnail_buffer(data, edge, height=100_000, size="down").copy_memory()

    return _by_vips(largest)


def pyvips_small() -> Thumbnailer:
    """Libvips told to decode as small as Samepic does, which its `thumbnail` would not."""
    import pyvips

    pyvips.cache_set_max(0)

    def largest(data: bytes, edge: int) -> pyvips.Image:
        whole = pyvips.Image.jpegload_buffer(data)
        shorter = min(whole.width, whole.height)
        shrink = max(shrink for shrink in (1, 2, 4, 8) if shorter / shrink >= edge or shrink == 1)
        image = pyvips.Image.jpegload_buffer(data, shrink=shrink, access="sequential")
        return image.autorot().thumbnail_image(edge, height=100_000, size="down")

    return _by_vips(largest)


def _by_vips(largest: Callable[[bytes, int], object]) -> Thumbnailer:
    def make(data: bytes, edges: Sequence[int]) -> list[bytes]:
        tall = largest(data, max(edges))
        edge = min(tall.width, tall.height)
        square = tall.crop((tall.width - edge) // 2, round((tall.height - edge) * ABOVE), edge, edge).copy_memory()
        made = []
        for edge in edges:
            small = square if edge == square.width else square.thumbnail_image(edge, height=edge).copy_memory()
            colour = "off" if edge <= WHOLE_COLOUR_PX else "on"
            save = {"Q": QUALITY, "optimize_coding": True, "interlace": True, "subsample_mode": colour, "keep": "none"}
            made.append(small.jpegsave_buffer(**save))
            square = small
        return made

    return make


def floor() -> Thumbnailer:
    """Libjpeg-turbo's scaled decode of the whole picture and nothing else: no rendition comes of it."""
    import simplejpeg

    def make(data: bytes, edges: Sequence[int]) -> list[bytes]:
        simplejpeg.decode_jpeg(data, min_height=max(edges), min_width=max(edges))
        return []

    return make


_ALL = (samepic, samepic_renditions, pillow, pyvips, pyvips_whole, pyvips_small, floor)
CONTENDERS = {each.__name__: each for each in _ALL}
_TINY_PX = 64


def main() -> None:
    """Be the contender that is named, until the other side has no more to ask."""
    name, edges, *files = sys.argv[1:]
    make, wanted = CONTENDERS[name](), [int(edge) for edge in edges.split(",")]
    make(_tiny(), [_TINY_PX // 2])  # whatever is loaded at the first picture belongs to the idle process
    idle = own_peak_mb()
    for line in sys.stdin:
        if not line.strip().isdigit():
            for edge, data in zip(wanted, make(Path(files[0]).read_bytes(), wanted), strict=False):
                Path(line.strip(), f"{name}-{edge}.jpg").write_bytes(data)
            _answer({})
            continue
        began, busy = perf_counter(), process_time()
        for number in range(int(line)):
            make(Path(files[number % len(files)]).read_bytes(), wanted)
        took, worked = perf_counter() - began, process_time() - busy
        _answer({"wall": took, "cpu": worked, "more_mb": own_peak_mb() - idle})


def _tiny() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((_TINY_PX, _TINY_PX)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _answer(figures: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
