"""Pictures are read in processes of their own: what a picture does to its reader is that picture's fault alone."""

from __future__ import annotations

import ast
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from tests.misbehaving_worker import COMMAND as MISBEHAVING
from tests.pictures import encoded, mosaic

from samepic.imaging import Cell, DoesNotFit, Fault, NoWorker, PictureFault, Unreadable, Workers, draw, same_picture
from samepic.imaging.contact_sheet import contact_sheet
from samepic.imaging.worker_wire import MOST_BYTES, MOST_FACTS, Garbled, Message, packed, unpacked
from samepic.model.picture import RENDITION_FORMATS, WHITE, CropBox, PictureFormat
from samepic.model.system import Rendition

ROOT = Path(__file__).parents[2]
SIZES = (Rendition("S", 48), Rendition("L", 300))
GOOD = encoded(mosaic(1, 400, 500))
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def bad() -> Iterator[Workers]:
    """Workers that do what the picture says; half a second of processor time each, on the wall more than a test has."""
    made = Workers(2, command=MISBEHAVING, cpu_seconds=0.5, wall_seconds=600)
    yield made
    made.close()


def refused(workers: Workers, picture: str) -> PictureFault:
    """What becomes of a picture that misbehaves; the next one is drawn as if nothing had been."""
    with pytest.raises(PictureFault) as caught:
        workers.draw(picture.encode(), SIZES[:1])
    assert workers.draw(GOOD, SIZES) == draw(GOOD, SIZES)
    return caught.value


def until(happens: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("crop", [None, CropBox(10, 20, 150)])
def test_a_worker_draws_what_this_process_would(workers: Workers, crop: CropBox | None) -> None:
    assert workers.draw(GOOD, SIZES, crop) == draw(GOOD, SIZES, crop)
    assert workers.fingerprint(GOOD) == draw(GOOD).fingerprint


@pytest.mark.parametrize("into", RENDITION_FORMATS)
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_lies_under_a_picture_is_what_was_asked_for(workers: Workers, mode: str, into: PictureFormat) -> None:
    """One can see through its left half; what is there is the background's colour, on both sides of the pipe."""
    seen_through = Image.new("RGBA", (400, 400), (200, 200, 200, 255))
    seen_through.paste((0, 0, 0, 0), (0, 0, 200, 400))
    data, size = encoded(seen_through.convert(mode), "PNG"), [Rendition("L", 300, into)]
    for background, expected in (("#00478f", (0, 71, 143)), (WHITE, (255, 255, 255))):
        drawn = workers.draw(data, size, background=background)
        assert drawn == draw(data, size, background=background)
        pixels = Image.open(io.BytesIO(drawn.renditions[0].data)).convert("RGB")
        assert all(abs(one - two) <= 6 for one, two in zip(pixels.getpixel((60, 150)), expected, strict=True))
        assert all(abs(one - 200) <= 6 for one in pixels.getpixel((240, 150)))
    assert drawn == workers.draw(data, size), "white is what lies there unless it is said"


def test_a_picture_is_recognised_on_the_background_it_was_given(workers: Workers) -> None:
    """What a target shows of a picture that one can see through has the background in it, and no transparency."""
    face = mosaic(4, 400, 400)
    face.putalpha(Image.radial_gradient("L").resize(face.size).point(lambda level: 255 if level < 120 else 0))
    data = encoded(face, "PNG")
    on_blue = workers.draw(data, SIZES, background="#00478f")
    shown = workers.draw(on_blue.renditions[-1].data).fingerprint
    assert same_picture(shown, on_blue.fingerprint)
    assert not same_picture(shown, workers.draw(data).fingerprint)


def test_a_worker_refuses_what_this_process_would(workers: Workers) -> None:
    for data in (b"", b"hello", GOOD[:300], GOOD + bytes(17 << 20)):
        with pytest.raises(Unreadable) as here:
            draw(data)
        with pytest.raises(Unreadable) as there:
            workers.draw(data)
        assert (there.value.kind, there.value.words) == (here.value.kind, here.value.words)
    with pytest.raises(DoesNotFit):
        workers.draw(GOOD, [Rendition("L", 300, max_bytes=40)])


def test_a_worker_draws_the_contact_sheet(workers: Workers) -> None:
    face = encoded(mosaic(2, 96, 96))
    cells = [Cell("Ærlend", "a@b.c", "new", None, face), Cell("Two", "t@b.c", "changed", face, GOOD)]
    assert workers.contact_sheet("Title", cells, 5) == contact_sheet("Title", cells, 5)


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL])
def test_a_picture_that_kills_its_reader_is_named(bad: Workers, how: signal.Signals) -> None:
    fault = refused(bad, f"do die {how.value}")
    assert fault.kind is Fault.CRASHED
    assert "crash" in fault.words


def test_a_picture_whose_reader_was_killed_by_somebody_else_is_read_again(bad: Workers, tmp_path: Path) -> None:
    assert "asked twice" in refused(bad, f"do die-once {tmp_path / 'died'}").words


def test_idle_workers_that_were_killed_are_replaced(bad: Workers) -> None:
    bad.draw(GOOD)
    before = bad.pids
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert bad.draw(GOOD, SIZES) == draw(GOOD, SIZES)
    assert bad.pids - before


def test_a_picture_that_keeps_the_processor_busy_is_too_slow(bad: Workers) -> None:
    began = time.process_time()
    fault = refused(bad, "do spin")
    assert fault.kind is Fault.TOO_SLOW
    assert time.process_time() - began < 1.5  # nor does the process that waits keep it busy


def test_waiting_for_the_processor_is_nobodys_fault(bad: Workers) -> None:
    """Twice the allowed time passes; the job has used none of it."""
    assert refused(bad, "do sleep 1.0").words == "Slept."


def test_a_worker_that_stands_still_is_ended() -> None:
    workers = Workers(1, command=MISBEHAVING, wall_seconds=2)
    try:
        workers.draw(GOOD)
        (pid,) = workers.pids
        with pytest.raises(Unreadable) as caught:
            workers.draw(f"do die {signal.SIGSTOP.value}".encode())
        assert caught.value.kind is Fault.TOO_SLOW
        assert is_gone(pid)
        assert workers.draw(GOOD).header.width_px == 400
        assert pid not in workers.pids
    finally:
        workers.close()


def test_an_idle_worker_that_was_stopped_costs_no_picture() -> None:
    workers = Workers(1, command=MISBEHAVING, wall_seconds=2)
    try:
        workers.draw(GOOD)
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)
        assert workers.draw(encoded(mosaic(3, 900, 900), "PNG")).header.width_px == 900  # more than a pipe takes
        assert is_gone(pid)
    finally:
        workers.close()


def test_a_picture_that_needs_too_much_memory_is_named(bad: Workers) -> None:
    assert refused(bad, "do fill").kind is Fault.TOO_MUCH_MEMORY


def test_a_picture_that_found_too_little_room_is_tried_in_a_fresh_worker(bad: Workers, tmp_path: Path) -> None:
    """Others may have left the first one in pieces."""
    assert "asked twice" in refused(bad, f"do fill-once {tmp_path / 'filled'}").words


def test_a_worker_whose_room_is_gone_is_replaced() -> None:
    workers = Workers(1, command=MISBEHAVING)
    try:
        workers.draw(GOOD)
        before = workers.pids
        workers.draw(GOOD)
        assert workers.pids == before
        with pytest.raises(Unreadable):
            workers.draw(b"do grow")
        assert not workers.pids
        assert all(is_gone(pid) for pid in before)
        assert workers.draw(GOOD, SIZES) == draw(GOOD, SIZES)
    finally:
        workers.close()


def test_a_fault_of_our_own_in_a_worker_is_one_pictures(bad: Workers) -> None:
    assert refused(bad, "do raise").kind is Fault.CRASHED


GARBAGE = {
    "noise": b"\x00" * 64,
    "no JSON": b"same" + (5).to_bytes(4) + (0).to_bytes(4) + b"hello",
    "no names": b"same" + (2).to_bytes(4) + (0).to_bytes(4) + b"[]",
    "deep": b"same" + (100_000).to_bytes(4) + (0).to_bytes(4) + b"[" * 100_000,
    "endless facts": b"same" + (MOST_FACTS + 1).to_bytes(4) + (0).to_bytes(4),
    "endless parts": b"same" + (2).to_bytes(4) + (0xFFFFFFFF).to_bytes(4) + b"{}",
    "endless bytes": b"same" + (2).to_bytes(4) + (1).to_bytes(4) + (MOST_BYTES + 1).to_bytes(4) + b"{}",
}


@pytest.mark.parametrize("what", ["noise", "endless bytes"])
def test_a_worker_that_writes_garbage_is_ended(bad: Workers, what: str) -> None:
    assert refused(bad, f"do write {GARBAGE[what].hex()}").kind is Fault.CRASHED


@pytest.mark.parametrize("what", sorted(GARBAGE))
def test_what_is_no_message_is_not_taken_for_one(what: str) -> None:
    left = memoryview(GARBAGE[what])

    def read(size: int) -> bytes:
        nonlocal left
        assert size <= len(left), "more was waited for than ever comes"
        data, left = bytes(left[:size]), left[size:]
        return data

    with pytest.raises(Garbled):
        unpacked(read)


def test_a_message_arrives_as_it_was_sent() -> None:
    message = Message({"a": [1, None, "æ"]}, [b"", b"\x00" * 5, b"same"])
    whole = iter(b"".join(packed(message)))
    assert unpacked(lambda size: bytes(next(whole) for _ in range(size))) == message


@pytest.mark.parametrize("what", ["lie gif", "lie sizes", "shout"])
def test_an_answer_that_is_not_what_was_asked_for_is_not_believed(bad: Workers, what: str) -> None:
    assert refused(bad, f"do {what}").kind is Fault.CRASHED


def test_what_a_library_prints_is_no_answer(bad: Workers) -> None:
    assert refused(bad, "do print").words == "Printed."


def test_a_worker_holds_no_secret_and_writes_no_file(bad: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMEPIC_CLIENT_SECRET", "hush")
    for pid in bad.pids:
        os.kill(pid, signal.SIGKILL)
    words = refused(bad, "do tell").words
    assert words.startswith("[0, 0] ")
    assert "PATH" in words
    assert "SECRET" not in words


def test_there_are_never_more_workers_than_allowed(workers: Workers) -> None:
    seen: list[int] = []

    def one(number: int) -> None:
        workers.draw(encoded(mosaic(number, 300, 300)), SIZES)
        seen.append(len(workers.pids))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(32)))
    assert max(seen) == 2


def test_a_worker_is_started_when_it_is_needed_and_not_before() -> None:
    workers = Workers(2)
    assert not workers.pids
    workers.warm()
    workers.warm()
    (pid,) = workers.pids
    workers.draw(GOOD)
    assert workers.pids == {pid}
    workers.close()
    assert is_gone(pid)
    assert workers.draw(GOOD)
    workers.close()


def test_a_machine_without_workers_says_so() -> None:
    for command in (("/no/such/program",), (sys.executable, "-c", "")):
        with pytest.raises(OSError, match="the worker that reads pictures"):
            refused_by(Workers(1, command=command))
    with pytest.raises(NoWorker, match="does not start: ModuleNotFoundError"):
        refused_by(Workers(1, command=(*MISBEHAVING, "unable")))


def refused_by(workers: Workers) -> None:
    try:
        workers.draw(GOOD)
    finally:
        workers.close()


PARENT = """
import os, signal, sys, time
from samepic.imaging import workers
pool = workers()
pool.draw(bytes.fromhex(sys.argv[1]))
interrupts = []
signal.signal(signal.SIGINT, lambda *_: interrupts.append(1))
print(*pool.pids, flush=True)
{then}
"""


def parent(then: str) -> tuple[subprocess.Popen[str], int]:
    """A process with one worker, in a session of its own as if in a terminal; and the worker's id."""
    command = [sys.executable, "-c", PARENT.format(then=then), GOOD.hex()]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_a_worker_ends_with_a_process_that_is_killed() -> None:
    process, pid = parent("time.sleep(600)")
    process.kill()
    process.communicate()
    until(lambda: is_gone(pid), "the worker has ended")


def test_a_worker_ends_with_a_process_that_ends() -> None:
    process, pid = parent("")
    _, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, "")
    until(lambda: is_gone(pid), "the worker has ended")


def test_an_interrupt_in_the_terminal_is_not_for_workers() -> None:
    then = "while not interrupts: time.sleep(0.01)\npool.draw(bytes.fromhex(sys.argv[1])); print(*pool.pids)"
    process, pid = parent(then)
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=PATIENCE_S)
    assert (out.strip(), said) == (str(pid), "")


def test_a_fork_has_workers_of_its_own() -> None:
    then = (
        "child = os.fork()\n"
        "mine = workers()\n"
        "mine.draw(bytes.fromhex(sys.argv[1]))\n"
        "print(child == 0, *mine.pids, flush=True)\n"
        "if child: os.waitpid(child, 0)\n"
    )
    process, pid = parent(then)
    out, said = process.communicate(timeout=PATIENCE_S)
    assert said == ""
    own = dict(line.split() for line in out.splitlines())
    assert own["False"] == str(pid)
    assert own["True"] != str(pid)


def test_a_run_needs_neither_pillow_nor_numpy_in_its_own_process() -> None:
    program = (
        "import sys\n"
        "import samepic.cli.sync, samepic.cli.plan, samepic.wiring, samepic.imaging\n"
        "samepic.imaging.workers().draw(bytes.fromhex(sys.argv[1]))\n"
        "print(sorted({'PIL', 'numpy'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, GOOD.hex()], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_nothing_but_workers_reads_pictures() -> None:
    """Whoever imports these by name reads strangers' bytes in the process that holds the tokens."""
    here = {"check", "draw", "fingerprint", "render"}
    strays = {}
    for folder in ("engine", "cli", "report", "state"):
        for path in (ROOT / "src/samepic" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("samepic.imaging"):
                    named = {each.name for each in node.names}
                    if node.module != "samepic.imaging" or named & here:
                        strays[path.name] = named
    assert not strays


def test_an_interrupted_job_does_not_leave_its_answer_to_the_next(bad: Workers) -> None:
    """Whoever waits in the main thread may be interrupted in the middle; the worker is not used again."""
    bad.draw(GOOD)
    before = bad.pids
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        bad.draw(b"do sleep 20")
    assert bad.draw(GOOD, SIZES) == draw(GOOD, SIZES)
    assert before - bad.pids
