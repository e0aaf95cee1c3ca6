"""What the present work is about, for whoever writes a line of the log in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_IDS: ContextVar[Mapping[str, str]] = ContextVar("samepic_about", default={})  # noqa: B039 (nothing changes it)


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Everything within, tasks begun there too, is about these: our own ids, no names."""
    before = _IDS.set({**_IDS.get(), **ids})
    try:
        yield
    finally:
        _IDS.reset(before)


def ids() -> Mapping[str, str]:
    """What it is about now."""
    return _IDS.get()
