"""The register of outgoing papers, a year at a time."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from actions.registering import COLUMNS, OUTGOING, entries
from models.numbering import RegisterEntry
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.rendering import page

router = APIRouter()


@router.get("/so-van-ban")
def register(
    request: Request, portal: ThePortal, person: SignedInPerson, nam: int | None = None
) -> Response:
    """Shows the register."""
    with portal.database.reading() as session:
        years = sorted(
            {
                portal.today().year,
                *session.scalars(
                    select(RegisterEntry.year).where(RegisterEntry.register == OUTGOING).distinct()
                ),
            },
            reverse=True,
        )
        year = nam if nam is not None and nam in years else years[0]
        rows = entries(session, year=year)
    return page(
        request, "register.html", person=person, columns=COLUMNS, rows=rows, year=year, years=years
    )
