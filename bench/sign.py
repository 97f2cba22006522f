"""`make bench-sign`: our signing against its peers, in one interleaved run, told as ratios.

RSA-2048, SHA-256, level B-B, no network. The last line printed is a JSON object of ratios, ours
over theirs; below 1 we are faster. Everybody makes a field and signs in it. What is not timed:
reading the file and opening the key (for @signpdf/signpdf: reading its container). Apart stand
our signature in a field that is there already, as our documents have it, and our own judging
afterwards.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from bench.documents import make_pdf
from bench.signers import Signers, SignPdf, make_key, running_signpdf, with_field
from bench.tables import milliseconds, ratio, show
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from wiring.clock import real_now

GROWTH: Final = (10, 200, 2000)
SIZES: Final = {"100kb": 100_000, "10mb": 10_000_000}
OURS: Final = {"ours": "", "ours with mark": "_with_mark", "ours, field there": "_field_there"}


@dataclass(frozen=True, slots=True)
class _Race:
    """What one size is measured with."""

    path: Path
    plain: bytes
    bare: bytes
    """With an empty, invisible field."""


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.sign", description=__doc__)
    parser.add_argument("--rounds", type=int, default=41, help="interleaved rounds (41)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        make_key(folder / "key.p12")
        ratios = _measure(folder, options.rounds)
    _say(json.dumps({name: round(value, 3) for name, value in ratios.items()}))
    return 0


def _grow(signers: Signers, rounds: int) -> dict[str, float]:
    """How the time grows with pages, which signing has no reason to look at."""
    rows, cost = [], {}
    for pages in GROWTH:
        pdf = make_pdf(pages=pages, object_streams=True)
        took = [
            (_timed(partial(_whole, signers, visible=False), pdf), _timed(signers.pyhanko, pdf))
            for _ in range(rounds)
        ]
        cost[pages] = median(ours for ours, _ in took)
        theirs = median(peer for _, peer in took)
        rows.append((str(pages), milliseconds(cost[pages]), milliseconds(theirs)))
    _say(show("Growth with pages, object streams", ("pages", "ours ms", "pyHanko"), rows))
    return {
        f"sign_{pages}_pages_vs_{GROWTH[0]}": cost[pages] / cost[GROWTH[0]] for pages in GROWTH[1:]
    }


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _measure(folder: Path, rounds: int) -> dict[str, float]:
    signers = Signers.open(folder / "key.p12")
    ratios: dict[str, float] = {}
    rows = []
    if shutil.which("node") is None:
        _say("Left out: @signpdf/signpdf (no node).")
    gc.collect()
    gc.freeze()
    for name, size in SIZES.items():
        race = _papers(folder, name, size)
        if shutil.which("node") is None:
            cost = _run(signers, None, race, rounds)
        else:
            with running_signpdf(folder / "key.p12") as peer:
                cost = _run(signers, peer, race, rounds)
        for ours, word in OURS.items():
            for peer_name in cost.keys() - {*OURS, "judging"}:
                ratios[f"sign_{name}{word}_vs_{peer_name}"] = cost[ours] / cost[peer_name]
        ratios[f"judge_{name}_vs_ours"] = cost["judging"] / cost["ours"]
        shown = (*OURS, "pyhanko", "signpdf", "judging")
        figures = (milliseconds(cost[one]) if one in cost else "-" for one in shown)
        against = (ratio(cost["ours"] / cost[one]) if one in cost else "-" for one in shown[3:5])
        rows.append((name, *figures, *against))
    header = (
        "file", "ours ms", "with mark", "field there", "pyHanko", "signpdf", "judged after",
        "ours : pyHanko", "ours : signpdf",
    )  # fmt: skip
    _say(show(f"Median of {rounds} rounds", header, rows))
    return ratios | _grow(signers, min(rounds, 7))


def _papers(folder: Path, name: str, size: int) -> _Race:
    plain = make_pdf(pages=3, image_bytes=size)
    path = folder / f"{name}.pdf"
    path.write_bytes(plain)
    return _Race(path, plain, with_field(plain, visible=False))


def _run(signers: Signers, peer: SignPdf | None, race: _Race, rounds: int) -> dict[str, float]:
    """Median seconds by name; the first round is not counted."""
    taken: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        now = {
            "ours": _timed(partial(_whole, signers, visible=False), race.plain),
            "pyhanko": _timed(signers.pyhanko, race.plain),
            "ours with mark": _timed(partial(_whole, signers, visible=True), race.plain),
            "ours, field there": _timed(signers.ours, race.bare),
        }
        if peer is not None:
            now["signpdf"] = peer.seconds(race.path)
        signed = signers.ours(race.bare)
        began = perf_counter()
        _require_passed(signed)
        now["judging"] = perf_counter() - began
        if number:
            for name, seconds in now.items():
                taken.setdefault(name, []).append(seconds)
    return {name: median(seconds) for name, seconds in taken.items()}


def _whole(signers: Signers, pdf: bytes, *, visible: bool) -> bytes:
    return signers.ours(with_field(pdf, visible=visible))


def _timed(sign: Callable[[bytes], bytes], pdf: bytes) -> float:
    began = perf_counter()
    sign(pdf)
    return perf_counter() - began


def _require_passed(signed: bytes) -> None:
    """What is fast and wrong does not count."""
    report = verify(
        signed, name="bench.pdf", policy=INTEGRITY, trust=TrustStore(anchors=()), at=real_now()
    )
    if report.verdict is not Verdict.PASSED:
        raise RuntimeError(report.findings)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
