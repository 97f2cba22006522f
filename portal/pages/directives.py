"""The list of directives, with search."""

import unicodedata
from collections import Counter
from typing import Final

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from models.directive import Directive
from models.lifecycle import DirectiveState
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.rendering import page

MOST_ROWS: Final = 300
LOOKED_THROUGH: Final = 5000
"""Newest directives that a search looks through."""
_SHOWN: Final = {
    "": ("Tất cả", frozenset(DirectiveState)),
    "dang-xu-ly": (
        "Đang xử lý",
        frozenset(
            {
                DirectiveState.DRAFTING, DirectiveState.RETURNED, DirectiveState.IN_REVIEW,
                DirectiveState.APPROVED, DirectiveState.NUMBERED, DirectiveState.SIGNED,
                DirectiveState.SEALED,
            }
        ),
    ),
    "da-phat-hanh": (
        "Đã phát hành", frozenset({DirectiveState.ISSUED, DirectiveState.CORRECTED})
    ),
    "ket-thuc": (
        "Đã kết thúc",
        frozenset(
            {
                DirectiveState.CLOSED, DirectiveState.CANCELLED, DirectiveState.RECALLED,
                DirectiveState.REPLACED,
            }
        ),
    ),
}  # fmt: skip

router = APIRouter()


@router.get("/van-ban")
def directives(
    request: Request, portal: ThePortal, person: SignedInPerson, q: str = "", loc: str = ""
) -> Response:
    """Shows the directives of the reader's offices, the one that changed last first."""
    with portal.database.reading() as session:
        rows = session.scalars(
            select(Directive)
            .where(Directive.organisation_id.in_(person.roles))
            .order_by(Directive.updated_at.desc())
            .limit(LOOKED_THROUGH)
        ).all()
    wanted = folded(q)
    matching = [one for one in rows if wanted in folded(f"{one.number_text} {one.subject}")]
    chosen = loc if loc in _SHOWN else ""
    counts = Counter(one.state for one in matching)
    chips = [
        (key, label, sum(counts[state] for state in states))
        for key, (label, states) in _SHOWN.items()
    ]
    shown = [one for one in matching if one.state in _SHOWN[chosen][1]]
    return page(
        request, "directives.html", person=person, q=q, chosen=chosen, chips=chips,
        rows=shown[:MOST_ROWS], total=len(shown),
    )  # fmt: skip


def folded(text: str) -> str:
    """Returns text for searching: no case, no marks, `đ` as `d`, single blanks."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())
