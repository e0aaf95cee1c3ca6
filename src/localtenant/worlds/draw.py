"""References of a world's pictures turned into bytes, the latest kept."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from localtenant.sharepoint import placeholder
from localtenant.store.measure import Measure
from localtenant.store.records import Drawn, Held, PictureRef, Scaled
from localtenant.store.scaling import graph_size, library_thumbnail
from localtenant.worlds import portraits
from localtenant.worlds.recipes import NOBODY


class Draw:
    """The `Draws` that a Store takes. Safe to call from many threads; keeps at most `cache_bytes` of what it made.

    As many threads draw as there are processors, whoever calls: a large portrait takes much memory for a moment, and
    each thread of a server's forty would keep that for its next one.
    """

    def __init__(self, seed: int, cache_bytes: int = 32_000_000) -> None:
        self._seed = seed
        self._cache_bytes = cache_bytes
        self._made: OrderedDict[Drawn | Scaled, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._drawing = ThreadPoolExecutor(os.cpu_count() or 1, "localtenant-drawing")

    def __call__(self, ref: PictureRef, held: Callable[[str], bytes]) -> bytes:
        """Encoded bytes of the picture. A portrait takes milliseconds to draw: use a thread."""
        if isinstance(ref, Held):
            return held(ref.sha256)
        with self._lock:
            data = self._made.get(ref)
            if data is not None:
                self._made.move_to_end(ref)
                return data
        data = self._make(ref, held)
        self._keep(ref, data)
        return data

    def measure(self, ref: PictureRef) -> Measure | None:
        """A portrait's size and type without drawing it; None for everything else."""
        if not isinstance(ref, Drawn):
            return None
        form = portraits.form(self._seed, ref.recipe)
        return Measure(form.width, form.height, "image/png" if form.file_type == "PNG" else "image/jpeg")

    def _make(self, ref: Drawn | Scaled, held: Callable[[str], bytes]) -> bytes:
        if isinstance(ref, Drawn):
            return self._drawing.submit(portraits.draw, self._seed, ref.recipe).result()
        if ref.of == Drawn(NOBODY):
            return placeholder.image(ref.edge_px)
        original = self(ref.of, held)
        if ref.how == "graph":
            return self._drawing.submit(graph_size, original, ref.edge_px).result()
        return self._drawing.submit(library_thumbnail, original, ref.edge_px, enlarge=ref.how == "library").result()

    def _keep(self, ref: Drawn | Scaled, data: bytes) -> None:
        with self._lock:
            if ref in self._made:
                return
            self._made[ref] = data
            self._size += len(data)
            while self._size > self._cache_bytes:
                _, dropped = self._made.popitem(last=False)
                self._size -= len(dropped)
