"""A worker whose jobs do what the picture says, alone or behind its end: what hostile pictures would do if they could.

Run as a program by tests/unit/test_workers*.py; every other picture is drawn as usual.
"""

from __future__ import annotations

import mmap
import os
import resource
import signal
import sys
import time
from pathlib import Path

from samepic.imaging import worker_jobs, worker_program
from samepic.imaging.faults import Fault, Unreadable
from samepic.imaging.worker_wire import Message

COMMAND = (sys.executable, __file__)

PLAIN = (Path(__file__).parent / "corpus/baseline.jpg").read_bytes()
draw = worker_jobs.JOBS["draw"]


def misbehave(order: Message) -> Message:
    """Do what the picture says."""
    data = order.parts[0]
    wish = data[3:] if data.startswith(b"do ") else data.partition(b"\xff\xd9do ")[2]  # or behind a whole JPEG
    if not wish:
        return draw(order)
    what, *more = wish.decode().split()
    match what:
        case "die":
            os.kill(os.getpid(), int(more[0]))
        case "die-once":
            if not Path(more[0]).exists():
                os.mkdir(more[0])
                os.kill(os.getpid(), signal.SIGKILL)
            raise Unreadable(Fault.BROKEN, "This one was asked twice.")
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(float(more[0]))
            raise Unreadable(Fault.BROKEN, "Slept.")
        case "fill":
            bytearray(1 << 32)
        case "fill-once":
            if not Path(more[0]).exists():
                os.mkdir(more[0])
                raise MemoryError
            raise Unreadable(Fault.BROKEN, "This one was asked twice.")
        case "grow":
            KEPT.append(mmap.mmap(-1, 100 << 20))
            raise Unreadable(Fault.BROKEN, "Grown.")
        case "raise":
            raise LookupError("a fault of our own")
        case "tell":
            limits = [resource.getrlimit(each)[0] for each in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)]
            raise Unreadable(Fault.BROKEN, f"{limits} {sorted(os.environ)}")
        case "write":
            os.write(int(os.environ.get("ANSWERS", ANSWERS)), bytes.fromhex(more[0]))
            time.sleep(60)
        case "print":
            os.write(1, b"a library's remark\n" * 100)
            raise Unreadable(Fault.BROKEN, "Printed.")
        case "lie":
            true = draw(Message({**order.facts, "renditions": []}, [PLAIN]))
            rendition, facts = {"gif": (b"GIF89a", {}), "sizes": (PLAIN, {"size": ["1", 1]})}[more[0]]
            return Message({**true.facts, "edges": [1], **facts}, [rendition, *true.parts])
        case "shout":
            return Message({"fault": "broken", "words": "\x1b]0;you are mine\x07"})
    raise AssertionError(what)


ANSWERS = 0
KEPT: list[mmap.mmap] = []


def keep_answers() -> None:
    """Remember which descriptor the answers go to."""
    global ANSWERS
    send = worker_program._send

    def sending(out: object, message: Message) -> None:
        global ANSWERS
        ANSWERS = out.fileno()
        send(out, message)

    worker_program._send = sending


if __name__ == "__main__":
    if sys.argv[1:] == ["unable"]:
        sys.modules["samepic.imaging.worker_jobs"] = None
    worker_jobs.JOBS["draw"] = misbehave
    keep_answers()
    worker_program.main()
