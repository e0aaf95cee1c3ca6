"""How much memory and processor time a worker takes for one picture, read from outside; Linux tells, macOS does not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.corpus_samples import sample

from samepic.imaging import PictureFault, Workers
from samepic.model.picture import CropBox
from samepic.model.system import Rendition

SIZES = (Rendition("S", 48), Rendition("L", 300))


@dataclass(frozen=True)
class Cost:
    """What one picture took above the idle worker, and what became of it. bytes: 0 where the system does not tell."""

    bytes: int
    cpu_seconds: float
    fault: PictureFault | None


def cost(workers: Workers, data: bytes, crop: CropBox | None = None) -> Cost:
    """Draw a picture with a worker that has come up. Where that ends over it, the picture cost all that it may."""
    workers.draw(sample("baseline.jpg"), SIZES)
    (pid,) = workers.pids
    idle = _status(pid, "VmRSS")
    _forget_peak(pid)
    before, fault = _cpu_seconds(pid), None
    try:
        workers.draw(data, SIZES, crop)
    except PictureFault as error:
        fault = error
    if workers.pids != {pid}:
        return Cost(0, float("inf"), fault)
    return Cost(max(0, _status(pid, "VmHWM") - idle), _cpu_seconds(pid) - before, fault)


def _status(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


def _forget_peak(pid: int) -> None:
    if Path(f"/proc/{pid}/clear_refs").exists():
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes(pid: int) -> int:
    """The most that a process has held so far; 0 where it has ended or the system does not tell."""
    return _status(pid, "VmHWM")
