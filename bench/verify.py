"""`make bench-verify`: our judge against its peers, in one interleaved run, told as ratios.

The last line printed is a JSON object of ratios, ours over theirs; below 1 we are faster (of
`files_per_second_…`, above 1). `new` means that every cache of ours was emptied before the file,
`warm` that this process judged such files before. No verdict is ever cached.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from bench.foreign import measure_folder, measure_never_seen
from bench.growth import measure_growth
from bench.judges import DEBIAN_PACKAGE, forget, judge, ours, peers
from bench.papers import KINDS, Office, Paper, make_papers, open_office
from bench.rounds import Rival, race
from bench.tables import milliseconds, ratio, show
from bench.whole import measure_command, measure_memory, measure_sandbox, measure_throughput

_LARGE: Final = ("10mb_bb1", "10mb_blt2")


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place)
        with open_office(folder / "pki") as office:
            ratios = _measure(office, folder, options)
    _say(json.dumps({name: round(value, 3) for name, value in ratios.items()}))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.verify", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="interleaved rounds (21)")
    parser.add_argument(
        "--files", default="", help=f"a few of the files, comma between: {','.join(KINDS)}"
    )
    parser.add_argument("--signed-pdfs", type=Path, help="a folder of signed PDFs to go through")
    parser.add_argument("--short", action="store_true", help="a share that takes some seconds")
    options = parser.parse_args(arguments)
    options.files = frozenset(filter(None, options.files.split(",")))
    if strange := options.files - set(KINDS):
        parser.error(f"no such file: {', '.join(sorted(strange))}")
    return options


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _measure(office: Office, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    short, rounds = options.short, options.rounds
    papers = make_papers(office, folder, names=options.files)
    # Once everything is loaded the collector need not look at it again: as in the sandbox.
    gc.collect()
    gc.freeze()
    ratios = _compare(papers, office, rounds)
    by_name = {paper.name: paper for paper in papers}
    usual = by_name.get("blt2", papers[0])
    trust = office.trust
    ratios |= measure_never_seen(folder, offices=1 if short else 5, say=_say)
    boxed = [usual, *(by_name[name] for name in _LARGE if name in by_name)]
    ratios |= measure_sandbox(boxed, trust, rounds=rounds, say=_say)
    ratios |= measure_throughput(usual, trust, files=4 if short else 100, say=_say)
    ratios |= measure_command(
        office, usual, folder, files=3 if short else 50, rounds=min(rounds, 5), say=_say
    )
    ratios |= measure_memory(papers, office.pki.root, say=_say)
    largest = 10 if short else 2000
    ratios |= measure_growth(office, folder, rounds=min(rounds, 7), largest=largest, say=_say)
    if options.signed_pdfs is not None:
        ratios |= measure_folder(options.signed_pdfs, trust, rounds=min(rounds, 5), say=_say)
    return ratios


def _compare(papers: Sequence[Paper], office: Office, rounds: int) -> dict[str, float]:
    others = peers(office.trust)
    for missing in sorted(DEBIAN_PACKAGE.keys() - others.keys()):
        _say(f"Left out: {missing} (Debian package {DEBIAN_PACKAGE[missing]}).")
    mine = ours(office.trust)
    shown = [*mine, *(name for name in others if name != "pdfsig")]
    ratios: dict[str, float] = {}
    rows: list[tuple[str, ...]] = []
    for paper in papers:
        rivals = {name: Rival(partial(run, paper)) for name, run in (mine | others).items()}
        rivals["new"] = replace(rivals["new"], prepare=forget)
        cost = race(rivals, rounds=rounds)
        ratios |= {
            f"verify_{paper.name}_{state}_vs_{peer}": cost[state] / cost[peer]
            for state in mine
            for peer in others
        }
        rows.append(_row(paper, office, cost, shown))
    large = [ratios[f"verify_{name}_new_vs_pdfsig"] for name in _LARGE if _has(papers, name)]
    if large:
        ratios["verify_10mb_vs_pdfsig"] = max(large)
    header = ("file", "KB", "verdict", "pdfsig ms", *shown)
    _say(show(f"Median of {rounds} rounds; pdfsig as a process = 1", header, rows))
    return ratios


def _has(papers: Sequence[Paper], name: str) -> bool:
    return any(paper.name == name for paper in papers)


def _row(
    paper: Paper, office: Office, cost: Mapping[str, float], shown: Iterable[str]
) -> tuple[str, ...]:
    verdict = judge(paper.data, office.trust).verdict.value
    figures = (ratio(cost[name] / cost["pdfsig"]) for name in shown)
    size = str(len(paper.data) // 1000)
    return (paper.name, size, verdict, milliseconds(cost["pdfsig"]), *figures)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
