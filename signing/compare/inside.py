"""What runs in the child: draws both files and looks for differences. See `signing.worker`."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from typing import Final

import pypdfium2

from signing.compare.drawing import Pages
from signing.compare.matching import Pair, differing_pages
from signing.compare.order import Order
from signing.compare.regions import changed_boxes, side_by_side
from signing.compare.shapes import ADDED, CHANGED, REMOVED, Comparison, PageDifference
from signing.compare.transport import dump_comparison
from signing.compare.wording import changed_words
from signing.words import finding

MOST_PAGES: Final = 200
"""Of each file; later pages are not compared, and that is told."""

MOST_PICTURES: Final = 40
"""Further differing pages are told without a picture."""


class Comparer:
    """Compares the front of a file with the whole of it."""

    def __init__(self, setting: bytes) -> None:
        """Takes nothing from the setting."""

    @staticmethod
    def answer(head: bytes, data: bytes) -> bytes:
        """Compares one file.

        Args:
            head: A pickled `Order`.
            data: The file as received.

        Returns:
            The comparison, by `signing.compare.transport`.
        """
        order: Order = pickle.loads(head)  # noqa: S301 (written by our own parent, not by a file)
        try:
            with (
                Pages(data[: order.signed_length], order.password) as before,
                Pages(data, order.password) as after,
            ):
                return dump_comparison(_compare(before, after))
        except pypdfium2.PdfiumError:
            return dump_comparison(Comparison(fault=finding("pages_unreadable")))


def _compare(before: Pages, after: Pages) -> Comparison:
    seen = [
        [pages.fingerprint(at) for at in range(min(len(pages), MOST_PAGES))]
        for pages in (before, after)
    ]
    return Comparison(
        pages_before=len(before),
        pages_after=len(after),
        compared=MOST_PAGES,
        differences=tuple(_differences(before, after, differing_pages(*seen))),
    )


def _differences(before: Pages, after: Pages, pairs: list[Pair]) -> Iterator[PageDifference]:
    for ordinal, pair in enumerate(pairs):
        if ordinal < MOST_PICTURES:
            yield _shown(before, after, pair)
        else:
            yield PageDifference(kind=_kind(pair), before=_from_1(pair[0]), after=_from_1(pair[1]))


def _shown(before: Pages, after: Pages, pair: Pair) -> PageDifference:
    left = before.draw(pair.before) if pair.before is not None else None
    right = after.draw(pair.after) if pair.after is not None else None
    boxes = changed_boxes(left, right) if left is not None and right is not None else ()
    old = before.text(pair.before) if pair.before is not None else ""
    new = after.text(pair.after) if pair.after is not None else ""
    out = io.BytesIO()
    side_by_side(left, right, boxes).save(out, format="PNG")
    return PageDifference(
        kind=_kind(pair),
        before=_from_1(pair.before),
        after=_from_1(pair.after),
        boxes=boxes,
        words=changed_words(old, new),
        png=out.getvalue(),
    )


def _kind(pair: Pair) -> str:
    if pair.before is None:
        return ADDED
    return REMOVED if pair.after is None else CHANGED


def _from_1(at: int | None) -> int | None:
    return None if at is None else at + 1
