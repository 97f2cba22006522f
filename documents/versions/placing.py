"""Where words that were quoted from an older version stand in a newer one, if they still do."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.versions.comparing import Comparison, RowKind
from documents.versions.points import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a quotation stands now."""

    point: int | None
    """Index of the point; None where the point was taken away."""
    is_kept: bool
    """Whether the quoted words are still there as they were."""


def place(quote: str, *, origin: Point, new: Sequence[Point], comparison: Comparison) -> Placed:
    """Returns where a quotation stands in the newer version.

    It stays on its words where its own point still has them, or a point that is now elsewhere
    and nowhere else does; else on what became of its point, which was changed.

    Args:
        quote: the words, out of the text of `origin`.
        origin: the point of the older version.
        new: the points of the newer version.
        comparison: the older version against the newer one.
    """
    wanted = _folded(quote)
    heir = next((row.new for row in comparison.rows if row.old == origin and row.new), None)
    if heir is not None and wanted in _folded(heir.text):
        return Placed(point=new.index(heir), is_kept=True)
    gained = {row.new.place for row in comparison.rows if row.kind is not RowKind.SAME and row.new}
    others = [
        index
        for index, point in enumerate(new)
        if point.place in gained and point.kind is origin.kind and wanted in _folded(point.text)
    ]
    if len(others) == 1 and len(wanted) > len(_folded(origin.text)) // 2:
        return Placed(point=others[0], is_kept=True)
    return Placed(point=None if heir is None else new.index(heir), is_kept=False)


def _folded(text: str) -> str:
    return " ".join(text.split())
