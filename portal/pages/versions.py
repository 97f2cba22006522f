"""Two versions of a directive side by side, with what was taken away, added, changed and moved."""

from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from actions.discussing.versions import compare_versions, versions_of
from documents.versions.comparing import Comparison, Row, RowKind
from models.base import DirectiveId
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.rendering import page
from portal.seeing import open_directive

MOST_VERSIONS: Final = 100_000
_Ordinal = Annotated[int, Query(ge=0, le=MOST_VERSIONS)]

router = APIRouter(prefix="/van-ban/{directive_id}")


@router.get("/so-sanh")
def compared(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    tu: _Ordinal = 0,
    den: _Ordinal = 0,
) -> Response:
    """Shows what differs between two versions.

    Args:
        request: the request.
        portal: the portal.
        person: the reader.
        directive_id: the directive.
        tu: the older version; by default the one before `den`.
        den: the newer one; by default the one that stands now.
    """
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, DirectiveId(directive_id))
        versions = versions_of(session, directive)
        new = den or directive.revision
        old = tu or max(1, new - 1)
        found = compare_versions(session, directive, old, new)
    note = next((one.note for one in versions if one.ordinal == new), "")
    return page(
        request, "comparing.html", person=person, directive=directive, versions=versions, old=old,
        new=new, note=note, comparison=found, blocks=_blocks(found),
    )  # fmt: skip


def _blocks(found: Comparison) -> list[tuple[bool, list[Row]]]:
    """Runs of points that stayed, to be folded, and of points that did not."""
    runs = groupby(found.rows, key=lambda row: row.kind is not RowKind.SAME)
    return [(changed, list(rows)) for changed, rows in runs]
