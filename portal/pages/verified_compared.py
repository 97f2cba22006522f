"""The file as it was signed beside the file as it came, as pictures; differences are outlined."""

from dataclasses import replace
from functools import partial
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.check_keeping import KeptCheck
from portal.check_view import check_view
from portal.check_visits import RESULT, visitor_of
from portal.context import Portal, ThePortal, address_of
from portal.i18n.said import said
from portal.identity import reader_of
from portal.pages.verified import front_of, outline_of
from portal.rendering import page
from signing.compare.page import Section, say_page
from signing.compare.shapes import Comparison, PageDifference, WordChange
from signing.visible import visible

router = APIRouter()

PIXELS: Final = 100 / 72
"""A point on the drawings that were compared."""
_MOST_PAGES: Final = 30
"""Pages as signed that are shown where nothing differs."""


@router.get(f"{RESULT}/{{key}}/so-sanh/{{number}}")
async def compared(request: Request, portal: ThePortal, key: str, number: int) -> Response:
    """Shows what became of the file since one of its signatures."""
    kept = portal.checked.get(visitor_of(request), key)
    length = len(front_of(kept, number))
    comparison = await _comparison(request, portal, kept, number, length)
    outline = await outline_of(portal, kept)
    view = check_view(kept.judged.report, outline)
    card = next(one for one in (*view.signatures, *view.stamps) if one.number == number)
    section = Section(
        number=number, signature=view.report.signatures[number - 1], pdf="khi-ky",
        comparison=comparison,
    )  # fmt: skip
    differences = () if comparison is None else tuple(map(_seen, comparison.differences))
    return await to_thread.run_sync(
        partial(
            page, request, "verified_compared.html", person=reader_of(request, portal), view=view,
            card=card, section=section, base=f"{RESULT}/{key}", which=number,
            differences=[(one, said(say_page(one))) for one in differences],
            sizes={at: (size.width, size.height) for at, size in enumerate(outline.sizes, 1)},
            pixels=PIXELS, most=_MOST_PAGES,
            before=comparison.pages_before if comparison else view.count,
        )
    )  # fmt: skip


def _seen(one: PageDifference) -> PageDifference:
    """Words of a stranger's file, with what cannot be seen as its escape."""
    words = tuple(WordChange(visible(each.old), visible(each.new)) for each in one.words)
    return replace(one, words=words)


async def _comparison(
    request: Request, portal: Portal, kept: KeptCheck, number: int, length: int
) -> Comparison | None:
    """Compares once; None where nothing came after the signature."""
    if length == len(kept.judged.content):
        return None
    found = kept.comparisons.get(number)
    if found is None:
        portal.checks.take(address_of(request))
        ask = partial(portal.comparing.compare, kept.judged.content, signed_length=length)
        whole = await to_thread.run_sync(ask, limiter=portal.lookers)
        # Its pictures are drawn again page by page, for those that are looked at.
        pages = tuple(replace(one, png=b"") for one in whole.differences)
        found = kept.comparisons[number] = replace(whole, differences=pages)
    return found
