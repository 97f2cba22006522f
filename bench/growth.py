"""How the cost grows with pages, revisions and signatures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.documents import make_pdf
from bench.judges import judge, run_pdfsig
from bench.papers import SMALL, Office
from bench.rounds import Rival, race
from bench.tables import milliseconds, ratio, show

_SIZES: Final = {
    "pages": (10, 100, 1000, 2000),
    "revisions": (2, 10, 25, 50),
    "signatures": (1, 2, 4, 8),
}
"""Two B-B signatures, but for the last; `revisions` are those after the first signature."""


def _paper(office: Office, axis: str, size: int) -> bytes:
    if axis == "pages":
        return office.plain(make_pdf(pages=size), 2)
    if axis == "revisions":
        return office.plain(make_pdf(image_bytes=SMALL), 2, revisions=size + 2)
    return office.plain(make_pdf(image_bytes=SMALL), size)


def measure_growth(
    office: Office, folder: Path, *, rounds: int, largest: int, say: Callable[[str], None]
) -> dict[str, float]:
    """Prints a table per axis.

    Args:
        office: Who signs.
        folder: Where the files are written.
        rounds: Interleaved rounds.
        largest: Sizes beyond are left out, for a short run.
        say: Prints.

    Returns:
        Per axis: our cost of the largest size over that of the smallest, `growth_pages_10_2000`.
    """
    ratios = {}
    for axis, sizes in _SIZES.items():
        taken = [size for size in sizes if size <= largest]
        costs = [_cost(office, folder, axis, size, rounds) for size in taken]
        rows = [
            (str(size), milliseconds(cost["ours"]), milliseconds(cost["pdfsig"]),
             ratio(cost["ours"] / cost["pdfsig"]))
            for size, cost in zip(taken, costs, strict=True)
        ]  # fmt: skip
        say(show(f"Growth with {axis}", (axis, "ours ms", "pdfsig ms", "ratio"), rows))
        key = f"growth_{axis}_{taken[0]}_{taken[-1]}"
        ratios[key] = costs[-1]["ours"] / costs[0]["ours"]
    return ratios


def _cost(office: Office, folder: Path, axis: str, size: int, rounds: int) -> dict[str, float]:
    data = _paper(office, axis, size)
    path = folder / f"growth-{axis}-{size}.pdf"
    path.write_bytes(data)
    rivals = {
        "ours": Rival(lambda: judge(data, office.trust)),
        "pdfsig": Rival(lambda: run_pdfsig(path)),
    }
    return race(rivals, rounds=rounds)
