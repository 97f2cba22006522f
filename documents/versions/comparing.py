"""Which point of one version became which point of another: the same, changed, moved, gone, new.

First the points that stayed as they are, in their order; between them the most alike are taken
for one point that was changed; what is left over on both sides with the same words has moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz.distance import Indel

from documents.versions.points import Point
from documents.versions.wording import Piece, PieceKind, changed_pieces, likeness

_LIKE = 0.45
"""From here on two points at the same place are one that was changed."""
_MOVED_LIKE = 0.8
"""From here on two points at different places are one that was moved and changed."""
_MOST_PAIRS = 4_000
"""Of points that are held against each other word by word; beyond that their places decide."""
_MOST_WORK = 1_500_000_000
"""Letters of one side by letters of the other; beyond that their places decide, too."""
_SHORTEST_MOVE = 12
"""Letters; what is shorter says too little to be known again elsewhere."""


class RowKind(StrEnum):
    """What became of a point."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One point in both versions, in the order of the newer one."""

    kind: RowKind
    old: Point | None = None
    new: Point | None = None
    pieces: tuple[Piece, ...] = ()
    """Of a point that was changed, or moved and changed."""

    def side(self, kind: PieceKind) -> tuple[Piece, ...]:
        """Returns the pieces without those of a kind: what one side of the page shows."""
        return tuple(piece for piece in self.pieces if piece.kind is not kind)

    @property
    def before(self) -> tuple[Piece, ...]:
        """The older words, those that went away marked."""
        return self.side(PieceKind.ADDED)

    @property
    def after(self) -> tuple[Piece, ...]:
        """The newer words, those that came in marked."""
        return self.side(PieceKind.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions side by side."""

    rows: tuple[Row, ...]

    def count(self, kind: RowKind) -> int:
        """Returns how many points are of a kind."""
        return sum(row.kind is kind for row in self.rows)

    @property
    def differs(self) -> bool:
        """Whether anything is different at all."""
        return any(row.kind is not RowKind.SAME for row in self.rows)

    @property
    def words(self) -> str:
        """The differences counted, in Vietnamese: `2 đoạn sửa, 1 đoạn thêm`."""
        names = (
            (RowKind.CHANGED, "sửa"), (RowKind.ADDED, "thêm"), (RowKind.REMOVED, "bỏ"),
            (RowKind.MOVED, "chuyển chỗ"),
        )  # fmt: skip
        counted = [f"{self.count(kind)} chỗ {name}" for kind, name in names if self.count(kind)]
        return ", ".join(counted)


def compare(old: Sequence[Point], new: Sequence[Point]) -> Comparison:
    """Returns what became of every point."""
    rows: list[Row] = []
    codes = Indel.opcodes([_key(point) for point in old], [_key(point) for point in new])
    gone: list[Point] = []
    come: list[Point] = []
    for code in codes:
        if code.tag == "equal":
            rows += _paired(gone, come)
            gone, come = [], []
            pairs = zip(
                old[code.src_start : code.src_end],
                new[code.dest_start : code.dest_end],
                strict=True,
            )
            rows += [Row(kind=RowKind.SAME, old=one, new=other) for one, other in pairs]
        else:
            gone += old[code.src_start : code.src_end]
            come += new[code.dest_start : code.dest_end]
    rows += _paired(gone, come)
    return Comparison(rows=tuple(_with_moves(rows)))


def _key(point: Point) -> tuple[str, str]:
    return point.kind.value, " ".join(point.text.split())


def _paired(gone: Sequence[Point], come: Sequence[Point]) -> Iterator[Row]:
    """The points between two that stayed: the most alike of both sides belong together."""
    partners = _partners(gone, come)
    at = 0
    for index, point in enumerate(come):
        partner = partners.get(index)
        if partner is None:
            yield Row(kind=RowKind.ADDED, new=point)
            continue
        yield from (Row(kind=RowKind.REMOVED, old=one) for one in gone[at:partner])
        at = partner + 1
        old = gone[partner]
        yield Row(
            kind=RowKind.CHANGED, old=old, new=point, pieces=changed_pieces(old.text, point.text)
        )
    yield from (Row(kind=RowKind.REMOVED, old=one) for one in gone[at:])


def _partners(gone: Sequence[Point], come: Sequence[Point]) -> dict[int, int]:
    """New index to old index, crossing nowhere; the sum of their likeness is the largest."""
    if _is_much(gone, come):
        return _partners_by_place(gone, come)
    alike = [[_alike(one, other) for other in come] for one in gone]
    best = [[0.0] * (len(come) + 1) for _ in range(len(gone) + 1)]
    for i in range(len(gone) - 1, -1, -1):
        for j in range(len(come) - 1, -1, -1):
            taken = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    found: dict[int, int] = {}
    i = j = 0
    while i < len(gone) and j < len(come):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found[j] = i
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _is_much(gone: Sequence[Point], come: Sequence[Point]) -> bool:
    """Tells whether to hold each against each would keep a person waiting."""
    letters = [sum(len(point.text) for point in side) for side in (gone, come)]
    return len(gone) * len(come) > _MOST_PAIRS or letters[0] * letters[1] > _MOST_WORK


def _alike(one: Point, other: Point) -> float:
    if one.kind is not other.kind:
        return 0.0
    same_place = one.place == other.place
    likely = likeness(one.text, other.text)
    if likely < _LIKE and not (same_place and one.kind in ("head", "task")):
        return 0.0
    return likely + (0.1 if same_place else 0.0) + 0.01


def _partners_by_place(gone: Sequence[Point], come: Sequence[Point]) -> dict[int, int]:
    places = {(point.kind, point.place): index for index, point in enumerate(gone)}
    found: dict[int, int] = {}
    last = -1
    for index, point in enumerate(come):
        partner = places.get((point.kind, point.place), -1)
        if partner > last and likeness(gone[partner].text, point.text) >= _LIKE:
            found[index] = last = partner
    return found


def _with_moves(rows: Sequence[Row]) -> Iterator[Row]:
    """A point that went in one place and came in another has moved."""
    gone = {at: row.old for at, row in enumerate(rows) if row.kind is RowKind.REMOVED and row.old}
    come = {at: row.new for at, row in enumerate(rows) if row.kind is RowKind.ADDED and row.new}
    moved: dict[int, int] = {}
    whole = not _is_much(list(gone.values()), list(come.values()))
    left = {at: (old, _key(old)) for at, old in gone.items()}
    for here, point in come.items():
        origin = _origin(point, left, whole=whole)
        if origin is not None:
            moved[here] = origin
            del left[origin]
    for at, row in enumerate(rows):
        if at in moved:
            old, new = gone[moved[at]], come[at]
            same = _key(old) == _key(new)
            pieces = () if same else changed_pieces(old.text, new.text)
            yield replace(row, kind=RowKind.MOVED, old=old, pieces=pieces)
        elif at not in moved.values():
            yield row


def _origin(
    point: Point, left: dict[int, tuple[Point, tuple[str, str]]], *, whole: bool
) -> int | None:
    """Where a point came from, of those that are left, each with its key."""
    if len(point.text.strip()) < _SHORTEST_MOVE:
        return None
    key = _key(point)
    same = [at for at, (_, other) in left.items() if other == key]
    if same or not whole:
        return same[0] if same else None
    kindred = {at: old for at, (old, _) in left.items() if old.kind is point.kind}
    scored = [(likeness(old.text, point.text), -at) for at, old in kindred.items()]
    score, at = max(scored, default=(0.0, 0))
    return -at if score >= _MOVED_LIKE else None
