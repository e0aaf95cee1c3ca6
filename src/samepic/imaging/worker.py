"""This process's side of one worker: start it, ask it, and end it when it takes too long."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from samepic.imaging.faults import Fault
from samepic.imaging.worker_wire import Garbled, Message, packed, unpacked

COMMAND = (sys.executable, "-P", "-m", "samepic.imaging.worker_program")
"""-P: a folder named PIL where somebody happens to stand is none of ours."""

START_SECONDS = 120.0
"""For a busy machine to import Pillow and NumPy; a fifth of a second where there is nothing else to do."""

_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX")
_PIECE = 1 << 16
_LARGE_BYTES = 8 << 20
"""What is smaller stays with a worker for its next picture, as a photograph's bytes and its pixels at a quarter do, and
is missing in the room of the next one: with 16 MiB the largest WebP finds too little."""

ONE_HEAP = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(_LARGE_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(_LARGE_BYTES),
}
"""One thread and one heap; what is large goes back to the system as soon as it is not needed (mallopt(3))."""


class NoWorker(OSError):
    """No worker starts on this machine, whatever the picture."""


class Ended(Exception):
    """The worker is no more, or says nothing that can be understood.

    fault: the picture's own, where it happens again. is_certain: the processor time was used up, which is no accident.
    """

    def __init__(self, fault: Fault, *, is_certain: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.is_certain = is_certain


class Worker:
    """One worker process. Used by one thread at a time; after Ended or NoWorker only `end` may be called.

    is_ready: it has come up and has said so.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program on our own interpreter
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what C libraries say of other people's pictures is nobody's to read
                env=_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the process that asked
            )
        except OSError as error:
            raise NoWorker(f"the worker that reads pictures cannot be started: {error}") from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self.is_ready = False

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, message: Message, seconds: float) -> Message:
        """Send a message and wait so long for its answer. Raises Ended, and NoWorker where it never came up."""
        if not self.is_ready:
            self._await_ready()
        until = time.monotonic() + seconds
        try:
            for piece in packed(message):
                self._write(piece, until)
            return self._read_message(until)
        except BrokenPipeError:
            raise self._has_ended() from None

    def end(self) -> None:
        """Kill it, and leave no zombie."""
        self._process.kill()
        self._process.wait()
        self.let_go()

    def finish(self) -> None:
        """Let it see that nothing more comes; it ends by itself at once, unless it hangs."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close the pipes. In a fork, where the worker is the other process's, that is all there is to do."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _await_ready(self) -> None:
        answer = self._read_message(time.monotonic() + START_SECONDS)
        if "ready" not in answer.facts:
            words = str(answer.facts.get("failed", "it says nothing that can be understood"))
            raise NoWorker(f"the worker that reads pictures does not start: {words[:300]}")
        self.is_ready = True

    def _read_message(self, until: float) -> Message:
        try:
            return unpacked(lambda size: self._read(size, until))
        except Garbled:
            raise Ended(Fault.CRASHED) from None

    def _write(self, data: bytes, until: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self._to, select.POLLOUT, until)
            try:
                view = view[os.write(self._to, view[:_PIECE]) :]
            except BlockingIOError:
                continue  # less room than a piece; poll says so only of a whole page

    def _read(self, size: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            _wait(self._from, select.POLLIN, until)
            piece = os.read(self._from, min(size - len(data), _PIECE))
            if not piece:
                raise self._has_ended()
            data += piece
        return bytes(data)

    def _has_ended(self) -> Ended:
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return Ended(Fault.CRASHED)
        return Ended(Fault.TOO_SLOW, is_certain=True) if code == -signal.SIGPROF else Ended(Fault.CRASHED)


def _wait(pipe: int, event: int, until: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = until - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise Ended(Fault.TOO_SLOW)


def _environment() -> dict[str, str]:
    """What Python needs to start; no secret, for whoever takes a worker over by a picture."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | ONE_HEAP
