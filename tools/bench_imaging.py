"""What drawing a picture costs, beside libvips, plain Pillow, and the decoder alone. Writes the figures.

Run by `make bench`, from the repository's root. This process starts the others and reads what they say: it holds no
picture itself, because a process begins with the memory of the one that started it.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, "tools")
from performance_page import write_section

from samepic.imaging.worker import ONE_HEAP

ROUNDS = 15
OURS, BARE, FLOOR = "samepic", "samepic_renditions", "floor"
PEERS, WHOLE, TOLD = ("pillow", "pyvips"), "pyvips_whole", "pyvips_small"
"""The others as people use them; one that has to read a picture to its end as all others do; and one that has been told
our own short cut, to see what else there is."""

NAMES = {
    OURS: "Samepic: check, renditions, fingerprint",
    BARE: "Samepic, renditions alone",
    "pillow": "Pillow, `draft` and `ImageOps.fit`",
    "pyvips": "pyvips, its `thumbnail`",
    WHOLE: "pyvips, told to read the picture to its end",
    TOLD: "pyvips, told to decode as small as we do",
    FLOOR: "libjpeg-turbo's scaled decode alone: the floor",
}
MOST_MB = 40


@dataclass(frozen=True, slots=True)
class Race:
    """One kind of picture and what is made of it; `each` pictures in a round."""

    title: str
    kind: str
    edges: tuple[int, ...]
    each: int


RACES = (
    Race("648 px to 300, 72 and 48", "small", (300, 72, 48), 12),
    Race("12 megapixels to 648, 300, 72 and 48", "large", (648, 300, 72, 48), 3),
)


@dataclass(slots=True)
class Runner:
    """A contender's process and what each of its rounds took, in seconds for one picture."""

    process: subprocess.Popen[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    more_mb: float = 0.0

    def round(self, pictures: int, *, counts: bool) -> None:
        """Draw so many pictures."""
        answer = self.ask(str(pictures))
        self.more_mb = answer["more_mb"]
        if counts:
            self.wall.append(answer["wall"] / pictures)
            self.cpu.append(answer["cpu"] / pictures)

    def ask(self, line: str) -> dict[str, float]:
        """Say a line and hear the answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit("a contender without pipes")
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer


def main() -> None:
    """Race, judge, print, write."""
    lines = _head()
    fits = True
    with tempfile.TemporaryDirectory() as folder:
        _run("imaging_likeness.py", "pictures", folder)
        for race in RACES:
            files = sorted(str(file) for file in Path(folder).glob(f"{race.kind}-?.jpg"))
            runners = _raced(race, files)
            out = Path(folder, f"made-{race.kind}")
            out.mkdir()
            for runner in runners.values():
                runner.ask(str(out))
                runner.process.kill()
                runner.process.wait()
            edges = ",".join(map(str, race.edges))
            verdicts = json.loads(_run("imaging_likeness.py", "judge", str(out), files[0], edges))
            size = statistics.mean(Path(file).stat().st_size for file in files)
            lines += _table(race, runners, verdicts, size)
            fits = _aims(race, runners, verdicts, lines) and fits
    lines += ["", "## What the short cuts cost", "", *_run("imaging_likeness.py", "measure").splitlines()]
    write_section("make bench: drawing", lines)
    sys.stdout.write("\n".join(lines) + "\n")
    if not fits:
        raise SystemExit("an aim is not met")


def _raced(race: Race, files: list[str]) -> dict[str, Runner]:
    """All contenders in turn, round after round, so that whatever else the machine does meets them alike."""
    edges = ",".join(map(str, race.edges))
    runners = {name: Runner(_started("imaging_contenders.py", name, edges, *files)) for name in NAMES}
    for number in range(ROUNDS + 1):
        order = list(runners.values())
        for runner in order[number % len(order) :] + order[: number % len(order)]:
            runner.round(race.each, counts=number > 0)
    return runners


def _started(tool: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own tools
        [sys.executable, f"tools/{tool}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "VIPS_CONCURRENCY": "1", **ONE_HEAP},
    )


def _run(tool: str, *arguments: str) -> str:
    process = _started(tool, *arguments)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{tool} {arguments[0]} failed")
    return out


def _head() -> list[str]:
    load_average = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = ", ".join(f"{name} {version(name)}" for name in ("pillow", "pyvips-binary", "simplejpeg"))
    return [
        "# What drawing a picture costs",
        "",
        "Written by `make bench`. Each contender is a process of its own on one thread, with the settings of memory",
        "(`mallopt`) that our workers have; they take turns, round after round. Time is the processor's, the median of",
        "the rounds with the tenth and the ninetieth percentile; memory is the peak of the process above what it held",
        "after a first picture of 64 px. Everybody makes the same: square, quality 90, progressive, optimised, 4:4:4",
        "up to 96 px and 4:2:0 above, which is read off the files. Similarity (SSIM) is the worst of the sizes, to the",
        "slow way: every pixel decoded, one Lanczos filter, not encoded.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {versions}, {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} processors, load average {load_average}, {ROUNDS} rounds.",
    ]


def _table(race: Race, runners: dict[str, Runner], verdicts: dict[str, dict[str, float]], size: float) -> list[str]:
    floor = statistics.median(runners[FLOOR].cpu)
    lines = [
        "",
        f"## {race.title}",
        "",
        f"Photographs of {size / 1000:,.0f} kB. Encoded at this quality the slow way itself comes to a similarity of "
        f"{verdicts['slowly']['ssim']:.3f}.",
        "",
        "| | one picture | 10 % to 90 % | a second, on one core | times the floor | memory | bytes | similarity |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, runner in runners.items():
        middle, (low, high) = statistics.median(runner.cpu), _tenths(runner.cpu)
        verdict = verdicts.get(name)
        made = f"{verdict['bytes']:,.0f} | {verdict['ssim']:.3f}" if verdict else "| "
        lines.append(
            f"| {NAMES[name]} | {1000 * middle:.1f} ms | {1000 * low:.1f} to {1000 * high:.1f} | {1 / middle:,.0f} "
            f"| {middle / floor:.1f} | {runner.more_mb:.0f} MB | {made} |"
        )
    return lines


def _tenths(figures: list[float]) -> tuple[float, float]:
    tenths = statistics.quantiles(figures, n=10)
    return tenths[0], tenths[-1]


def _aims(race: Race, runners: dict[str, Runner], verdicts: dict[str, dict[str, float]], lines: list[str]) -> bool:
    """Say whether what we aim at holds; False where something does not that a busy machine is no excuse for."""
    ours = runners[OURS]
    shares = {name: _share(ours, runners[name]) for name in (*PEERS, WHOLE, TOLD)}
    fastest = max(PEERS, key=shares.__getitem__)
    agreed = all(verdict["as_agreed"] for name, verdict in verdicts.items() if name in NAMES)
    close = verdicts[OURS]["ssim"] >= max(verdicts[name]["ssim"] for name in PEERS) - 0.01
    floor = statistics.median(runners[FLOOR].cpu) / statistics.median(ours.cpu)
    lines += [
        "",
        f"At least as fast as either of the others: {'yes' if shares[fastest] <= 1 else 'NO'}. With the check and the "
        f"fingerprint we take {shares[fastest]:.0%} of the time of the faster one ({NAMES[fastest]}), "
        f"{shares[WHOLE]:.0%} of that of pyvips where it reads the picture to its end as we do, "
        f"{shares[TOLD]:.0%} of that of pyvips told to decode as small as we do; {floor:.0%} of ours is the floor. "
        f"Less than {MOST_MB} MB: {'yes' if ours.more_mb < MOST_MB else 'NO'}. "
        f"Everybody's settings as agreed: {'yes' if agreed else 'NO'}. "
        f"As close to the slow way as the others, within 0.01: {'yes' if close else 'NO'}.",
    ]
    return ours.more_mb < MOST_MB and agreed and close


def _share(ours: Runner, other: Runner) -> float:
    """Our time in the other's. Taking turns, both met the same disturbances: each round is compared with its own."""
    return statistics.median(own / peer for own, peer in zip(ours.cpu, other.cpu, strict=True))


if __name__ == "__main__":
    main()
