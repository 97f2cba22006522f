"""The whole: files per second through the sandbox, its price, the command, peak memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.judges import judge, run, run_pdfsig
from bench.papers import JUDGED_AT, Office, Paper
from bench.rounds import Rival, race
from bench.tables import milliseconds, ratio, show
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.sandbox import Sandbox
from signing.trust import TrustStore

Say = Callable[[str], None]


def measure_sandbox(
    papers: Sequence[Paper], trust: TrustStore, *, rounds: int, say: Say
) -> dict[str, float]:
    """The sandbox over the same judge in this process, both warm."""
    ratios: dict[str, float] = {}
    rows: list[tuple[str, ...]] = []
    with Sandbox(warm=True) as sandbox:
        for paper in papers:
            rivals = {
                "here": Rival(partial(judge, paper.data, trust)),
                "sandbox": Rival(partial(_boxed, sandbox, paper, trust)),
            }
            cost = race(rivals, rounds=rounds * 3)
            over = cost["sandbox"] / cost["here"]
            # The plain name is the small file's.
            ratios["sandbox_pool_vs_in_process" + ("" if not rows else f"_{paper.name}")] = over
            figures = (milliseconds(cost["here"]), milliseconds(cost["sandbox"]), ratio(over))
            rows.append((paper.name, *figures))
    say(show("The sandbox pool", ("file", "in process ms", "sandbox ms", "ratio"), rows))
    return ratios


def _boxed(sandbox: Sandbox, paper: Paper, trust: TrustStore) -> VerificationReport:
    return sandbox.verify(paper.data, name=paper.name, policy=OFFICIAL, trust=trust, at=JUDGED_AT)


def measure_throughput(
    paper: Paper, trust: TrustStore, *, files: int, say: Say
) -> dict[str, float]:
    """Files per second: in this process, through the sandbox with one and two jobs, by pdfsig."""
    speeds = {
        "in process": files / _seconds(1, files, lambda: judge(paper.data, trust)),
        "pdfsig, one at a time": files / _seconds(1, files, lambda: run_pdfsig(paper.path)),
        "pdfsig, two at a time": files / _seconds(2, files, lambda: run_pdfsig(paper.path)),
    }
    for jobs in (1, 2):
        with Sandbox(processes=jobs, warm=True) as sandbox:
            _seconds(jobs, 2 * jobs, lambda: _boxed(sandbox, paper, trust))
            took = _seconds(jobs, files, lambda: _boxed(sandbox, paper, trust))
            speeds[f"sandbox, --jobs {jobs}"] = files / took
    rows = [(name, f"{speed:.0f}") for name, speed in speeds.items()]
    say(show(f"Files per second ({paper.name})", ("way", "files per second"), rows))
    one, two = speeds["sandbox, --jobs 1"], speeds["sandbox, --jobs 2"]
    return {
        "files_per_second_jobs1_vs_pdfsig": one / speeds["pdfsig, one at a time"],
        "files_per_second_jobs2_vs_pdfsig_two": two / speeds["pdfsig, two at a time"],
        "files_per_second_jobs2_vs_jobs1": two / one,
    }


def _seconds(jobs: int, files: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    with ThreadPoolExecutor(jobs) as threads:
        list(threads.map(lambda _: work(), range(files)))
    return perf_counter() - began


def measure_command(
    office: Office, paper: Paper, folder: Path, *, files: int, rounds: int, say: Say
) -> dict[str, float]:
    """`trinhky verify` from start to end against pdfsig, which takes one file at a call."""
    copies = [folder / f"copy-{number}.pdf" for number in range(files)]
    for copy in copies:
        copy.write_bytes(paper.data)
    command = [str(Path(sys.executable).with_name("trinhky")), "verify", "--format", "json"]
    command += ["--trust", str(office.pki.root)]
    ratios: dict[str, float] = {}
    rows: list[tuple[str, ...]] = []
    for paths in (copies[:1], copies):
        rivals = {
            "ours": Rival(partial(run, *command, *map(str, paths))),
            "pdfsig": Rival(partial(_one_by_one, paths)),
        }
        cost = race(rivals, rounds=rounds)
        number = len(paths)
        name = f"command_vs_pdfsig_{number}_file" + ("s" if number > 1 else "")
        ratios[name] = cost["ours"] / cost["pdfsig"]
        figures = milliseconds(cost["ours"]), milliseconds(cost["pdfsig"]), ratio(ratios[name])
        rows.append((str(number), *figures))
    say(show("The whole command", ("files", "trinhky ms", "pdfsig ms", "ratio"), rows))
    return ratios


def _one_by_one(paths: Sequence[Path]) -> None:
    for path in paths:
        run_pdfsig(path)


def measure_memory(papers: Sequence[Paper], root: Path, *, say: Say) -> dict[str, float]:
    """Peak resident memory of a process that judges one file, interpreter and all."""
    ratios, rows = {}, []
    for paper in papers:
        own = _peak_kib(sys.executable, "-m", "bench.once", str(paper.path), str(root))
        peer = _peak_kib("pdfsig", "-nocert", str(paper.path))
        ratios[f"peak_memory_{paper.name}_vs_pdfsig"] = own / peer
        rows.append((paper.name, f"{own >> 10}", f"{peer >> 10}", ratio(own / peer)))
    say(show("Peak memory", ("file", "ours MB", "pdfsig MB", "ratio"), rows))
    return ratios


_ASK: Final = (
    "import os, subprocess as s, sys; p = s.Popen(sys.argv[1:], stdout=s.DEVNULL, "
    "stderr=s.DEVNULL); print(os.wait4(p.pid, 0)[2].ru_maxrss)"
)


def _peak_kib(*command: str) -> int:
    """Runs it to its end; its peak resident memory."""
    # A process begins with the peak of the one that starts it: a small one has to.
    told = subprocess.run(  # noqa: S603 (our own command or a peer)
        [sys.executable, "-S", "-c", _ASK, *command],
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    return int(told.stdout)
