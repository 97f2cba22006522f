"""`Máy ký của tôi`: the machines on which an officer signs with `trinhky agent`."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from actions.pairing import PairingCode, devices_of, end_device, may_pair, offer_code
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.rendering import page

PATH: Final = "/may-ky"

router = APIRouter(prefix=PATH)


@router.get("")
def devices(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows the officer's own machines."""
    return _show(request, portal, person)


@router.post("/ma")
def new_code(request: Request, portal: ThePortal, person: Deciding) -> Response:
    """Makes a pairing code, shown with this answer alone."""
    code = offer_code(portal.database, actor=person.actor, at=portal.at())
    return _show(request, portal, person, code=code)


@router.post("/{device_id}/ngung")
def end(portal: ThePortal, person: Deciding, device_id: UUID) -> Response:
    """Ends a machine at once."""
    end_device(portal.database, device_id, actor=person.actor, at=portal.at())
    return RedirectResponse(PATH, status_code=303)


def _show(
    request: Request, portal: Portal, person: Person, *, code: PairingCode | None = None
) -> Response:
    with portal.database.reading() as session:
        found = devices_of(session, person.officer_id)
        offered = may_pair(session, person.officer_id, portal.at())
    return page(
        request,
        "devices.html",
        person=person,
        code=code,
        may_pair=offered,
        used=[one for one in found if one.ended_at is None],
        ended=[one for one in found if one.ended_at is not None],
        address=portal.office.settings.portal_url,
    )
