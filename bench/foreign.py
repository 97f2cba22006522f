"""Files that this process has not seen: of authorities made for them alone, or of a folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from bench.documents import make_pdf
from bench.judges import forget, judge, run_pdfsig
from bench.papers import SMALL, open_office
from bench.rounds import Rival, race
from bench.tables import milliseconds, ratio, show
from signing.trust import TrustStore

Say = Callable[[str], None]

_SHOWN: Final = 5


def measure_never_seen(folder: Path, *, offices: int, say: Say) -> dict[str, float]:
    """The first look at a two-signature B-LT file whose certificates were made just now.

    A control of `new`: it knows nothing of our caches, so none can be forgotten.
    """
    own, peer = [], []
    for number in range(offices):
        path = folder / f"never-seen-{number}.pdf"
        with open_office(folder / f"pki-{number}") as office:
            data = office.long_term(make_pdf(image_bytes=SMALL), 2, archived=False)
            trust = office.trust
        path.write_bytes(data)
        own.append(_timed(partial(judge, data, trust)))
        run_pdfsig(path)  # the file is in the system's cache for both
        peer.append(_timed(partial(run_pdfsig, path)))
    over = median(own) / median(peer)
    row = (str(offices), milliseconds(median(own)), milliseconds(median(peer)), ratio(over))
    say(show("Never seen before (blt2)", ("authorities", "ours ms", "pdfsig ms", "ratio"), [row]))
    return {"verify_blt2_never_seen_vs_pdfsig": over}


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def measure_folder(folder: Path, trust: TrustStore, *, rounds: int, say: Say) -> dict[str, float]:
    """Every PDF below a folder, caches emptied before each; the slowest ratio counts."""
    found = []
    for path in sorted(folder.rglob("*.pdf")):
        data = path.read_bytes()
        rivals = {
            "ours": Rival(partial(judge, data, trust), prepare=forget),
            "pdfsig": Rival(partial(run_pdfsig, path)),
        }
        cost = race(rivals, rounds=rounds)
        found.append((cost["ours"] / cost["pdfsig"], cost, path))
    found.sort(key=lambda one: one[0], reverse=True)
    rows = [
        (path.name, milliseconds(cost["ours"]), milliseconds(cost["pdfsig"]), ratio(over))
        for over, cost, path in found[:_SHOWN]
    ]
    title = f"The slowest of {len(found)} files"
    say(show(title, ("file", "ours ms", "pdfsig ms", "ratio"), rows))
    ratios = [over for over, _, _ in found]
    return {
        "signed_pdfs_slowest_vs_pdfsig": ratios[0],
        "signed_pdfs_median_vs_pdfsig": median(ratios),
    }
