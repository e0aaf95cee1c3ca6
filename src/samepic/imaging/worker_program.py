"""The worker's own side: `python -m samepic.imaging.worker_program`, one job after another until the pipe is closed.

It is started with an environment without secrets, in a session of its own, and gives up what it does not need.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from samepic.imaging.faults import TOO_MUCH_MEMORY_WORDS, Fault, PictureFault
from samepic.imaging.limits import MAX_MEMORY_BYTES
from samepic.imaging.worker_wire import Message, packed, unpacked

if TYPE_CHECKING:
    from samepic.imaging.worker_jobs import Job


_TOUCHED_LATE_BYTES = 8 << 20
"""Of the libraries' own pages, which have addresses from the start and are in memory once a picture needs them."""


def main() -> None:
    """Answer messages on standard input until there are none."""
    jobs, out = sys.stdin.buffer, _answers()
    try:
        from samepic.imaging.worker_jobs import JOBS
    except Exception as error:  # whatever is wrong with the installation; the other side says it
        _send(out, Message({"failed": f"{type(error).__name__}: {error}"}))
        return
    give_up_what_no_job_needs()
    idle = address_space_bytes()
    _send(out, Message({"ready": True}))
    serve(JOBS, _reader(jobs), out, idle)


def _answers() -> BinaryIO:
    """Standard output for ourselves alone: what a C library prints there goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return out


def give_up_what_no_job_needs() -> None:
    """No core files with faces in them, no files at all, and no more memory than the idle worker's and a picture's.

    macOS accepts the limit of memory and does not enforce it; there the bounds before decoding are all there is.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    idle = address_space_bytes()
    if idle:
        most = idle + MAX_MEMORY_BYTES - _TOUCHED_LATE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def address_space_bytes() -> int:
    """This process's at present; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def serve(jobs: dict[str, Job], read: Callable[[int], bytes], out: BinaryIO, idle_bytes: int) -> None:
    """Do each job within its processor time; who takes longer is ended by the system, in whatever code it is.

    Each answer tells how much of the idle worker's room is gone for good, into pieces too small for a picture.
    """
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        try:
            order = unpacked(read)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, order.facts["cpu_seconds"])
        try:
            answer = jobs[order.facts["job"]](order)
        except PictureFault as fault:
            answer = Message({"fault": fault.kind, "words": fault.words})
        except MemoryError:
            answer = Message({"fault": Fault.TOO_MUCH_MEMORY, "words": TOO_MUCH_MEMORY_WORDS})
        signal.setitimer(signal.ITIMER_PROF, 0)
        del order  # an idle worker holds nobody's picture
        _send(out, Message({**answer.facts, "grown_bytes": address_space_bytes() - idle_bytes}, answer.parts))
        del answer


def _reader(source: BinaryIO) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        data = source.read(size)
        if len(data) < size:
            raise EOFError
        return data

    return read


def _send(out: BinaryIO, message: Message) -> None:
    try:
        for piece in packed(message):
            out.write(piece)
        out.flush()
    except BrokenPipeError:  # whoever asked has ended
        os._exit(0)


if __name__ == "__main__":
    main()
