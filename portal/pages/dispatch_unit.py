"""Sending to one unit: every attempt and word, and what the registry clerk may decide."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.consigning import resend
from actions.distribution.clerk import (
    REROUTABLE,
    ByHand,
    hold,
    mark_arrived,
    mark_sent_by_hand,
    release,
    reroute,
)
from actions.distribution.showing import UnitSending, sending_to
from actions.errors import InvalidInputError, Problem, WrongStateError
from actions.ways import CHANNEL_WORDS
from models.base import DirectiveId
from models.dispatch import Consignment
from models.lifecycle import NEEDS_A_PERSON, DeliveryState, DirectiveState
from models.officer import Role
from models.organisation import Organisation
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.problems import problem_of
from portal.rendering import page
from portal.seeing import open_directive

_S = DeliveryState
_TAKEN_BACK: Final = frozenset({DirectiveState.RECALLED, DirectiveState.REPLACED})

router = APIRouter(prefix="/phat-hanh/{directive_id}/don-vi/{organisation_id}")


@router.get("")
def one_unit(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    organisation_id: str,
) -> Response:
    """Shows the way of a directive to one unit."""
    return _show(request, portal, person, DirectiveId(directive_id), organisation_id)


@router.get("/phieu-gui")
def cover(
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    directive_id: UUID,
    organisation_id: str,
) -> Response:
    """Shows the sheet that goes with a paper, to be printed."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, DirectiveId(directive_id))
        sending = sending_to(session, directive, organisation_id)
        issuer = session.get_one(Organisation, directive.organisation_id)
    return page(
        request, "cover_sheet.html", person=person, directive=directive, sending=sending,
        issuer=issuer,
    )  # fmt: skip


@router.post("/{act}")
def decide(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    organisation_id: str,
    act: str,
    consignment: Annotated[UUID, Form()],
    reason: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
    tracking: Annotated[str, Form()] = "",
    sent_on: Annotated[str, Form()] = "",
) -> Response:
    """Does what the clerk decided; a refusal is shown where it was typed."""
    key = DirectiveId(directive_id)
    typed = {
        "reason": reason, "channel": channel, "address": address, "tracking": tracking,
        "sent_on": sent_on,
    }  # fmt: skip
    try:
        _deed(portal, person, act, consignment, typed)()
    except (WrongStateError, InvalidInputError) as refusal:
        problem = problem_of(refusal)
        return _show(
            request, portal, person, key, organisation_id, refusal=problem.sentence,
            status=problem.status, typed={"act": act, **typed},
        )  # fmt: skip
    portal.nudge(key)
    return RedirectResponse(f"/phat-hanh/{key}/don-vi/{organisation_id}", status_code=303)


def _deed(
    portal: Portal, person: Person, act: str, consignment: UUID, typed: Mapping[str, str]
) -> Callable[[], object]:
    """Returns the deed that a button stands for.

    Raises:
        InvalidInputError: no such button, or a day that is none.
    """
    do, reason = (portal.desk, person.actor, consignment), typed["reason"].strip()
    if act == "gui-lai":
        address = typed["address"].strip() or None
        return partial(resend, *do, address=address, reason=reason)
    if act == "tam-giu":
        return partial(hold, *do, reason=reason)
    if act == "tha":
        return partial(release, *do, reason=reason)
    if act == "chuyen-kenh":
        return partial(
            reroute, *do, channel=typed["channel"], address=typed["address"], reason=reason
        )
    if act == "da-den":
        return partial(mark_arrived, *do, reason=reason)
    if act == "gui-tay":
        how = ByHand(tracking=typed["tracking"], sent_on=_day(typed["sent_on"]), note=reason)
        return partial(mark_sent_by_hand, *do, how)
    raise InvalidInputError(Problem(place="Thao tác", reason="Không có thao tác này."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        said = "Chưa ghi đúng ngày. Chọn lại ngày gửi."
        raise InvalidInputError(Problem(place="Ngày gửi", reason=said)) from err


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    organisation_id: str,
    *,
    refusal: str = "",
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        sending = sending_to(session, directive, organisation_id)
    is_clerk = person.has(directive.organisation_id, Role.REGISTRY_CLERK)
    acts = _acts(sending.current) if is_clerk and directive.state not in _TAKEN_BACK else set()
    known = {way.channel: way.address or "" for way in sending.ways}
    others = [
        (name, words, known.get(name, ""))
        for name, words in CHANNEL_WORDS.items()
        if name != sending.current.channel
    ]
    # The unit's own channels come first in the choice.
    others.sort(key=lambda one: one[0] not in known)
    return page(
        request, "dispatch_unit.html", person=person, status=status, directive=directive,
        sending=sending, acts=acts, others=others, refusal=refusal, typed=typed or {},
        upcoming=_upcoming(sending),
    )  # fmt: skip


def _acts(one: Consignment) -> set[str]:
    """Returns what may be decided about a consignment as it stands."""
    state, acts = DeliveryState(one.state), set[str]()
    if state in {_S.PLANNED, _S.UNKNOWN}:
        acts.add("tam-giu")
    if state in REROUTABLE:
        acts.add("chuyen-kenh")
    if state is _S.UNKNOWN:
        acts.add("da-den")
    if one.channel == "paper":
        return acts | ({"gui-tay"} if state is _S.HELD else set())
    return acts | ({"gui-lai"} if state in NEEDS_A_PERSON else set())


def _upcoming(sending: UnitSending) -> list[str]:
    """Returns the channels that are tried next by themselves, in words."""
    gone = {one.channel for one in sending.chain}
    return [
        CHANNEL_WORDS.get(way.channel, way.channel)
        for way in sending.ways
        if way.channel not in gone and way.is_usable
    ]
