"""How much of anything one picture may take."""

MAX_BYTES = 16 * 1024 * 1024
"""Of the encoded picture."""

MAX_PIXELS = 50_000_000
"""Of a JPEG that is decoded at a fraction of its size; the largest seen in the wild has 45 million."""

MAX_WHOLE_PIXELS = 16_000_000
"""Of all others, which have to be decoded whole: every other format, and a progressive JPEG however few its bytes."""

MAX_KEPT_BYTES = 150_000_000
"""Of what a progressive JPEG's decoder keeps until the last scan, where there are more pixels than that: 50 megapixels
with colours at half the edge, 25 with colours in every pixel."""

MAX_KEPT_EACH = 40
"""And so many for each byte of the file: a photograph has ten to thirty, what is made to fill memory has thousands."""

MAX_CPU_SECONDS = 2.0
"""Of processor time for one picture, in the worker. Not of the clock on the wall: where a machine is busy a picture
waits, and nobody's picture is refused for it."""

MAX_WALL_SECONDS = 60.0
"""Until a worker that uses no processor time, because it hangs or was stopped, is ended and another one tries."""

MAX_MEMORY_BYTES = 200 * 1024 * 1024
"""Of address space above the idle worker's."""
