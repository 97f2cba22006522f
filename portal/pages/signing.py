"""Signing and sealing: what is seen is what is signed; the PIN goes to the key and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from actions import sealing, signing_off
from actions.desk import Deed
from actions.draft_rows import content_of
from actions.errors import (
    ActionRefusedError,
    CertificateUnfitError,
    NotAcceptedError,
    NotEntitledError,
    PinRefusedError,
    StaleRevisionError,
    UnavailableError,
)
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import RegisteredCertificate
from models.review import Review
from models.signature import Signature
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.pages.decisions import refused_words
from portal.problems import STALE, problem_of
from portal.rendering import page
from portal.seeing import open_directive, pages_of
from portal.words import moment
from signing.certificates import CertificateFacts, SigningCertificate, read_facts
from signing.fitness import check_certificate

Make = Callable[..., None]
CertificateOf = Callable[[Deed, Directive], RegisteredCertificate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What differs between the signatory's page and the clerk's."""

    path: str
    state: DirectiveState
    button: str
    title: str
    make: Make
    certificate_of: CertificateOf


SIGN: Final = Way(
    path="ky",
    state=DirectiveState.NUMBERED,
    button="Ký số",
    title="Ký văn bản",
    make=signing_off.sign,
    certificate_of=signing_off.certificate_of,
)
SEAL: Final = Way(
    path="dong-dau",
    state=DirectiveState.SIGNED,
    button="Đóng dấu",
    title="Đóng dấu cơ quan",
    make=sealing.seal,
    certificate_of=sealing.certificate_of,
)
SHOWN_HERE: Final = (
    PinRefusedError,
    UnavailableError,
    CertificateUnfitError,
    NotEntitledError,
    NotAcceptedError,
    *STALE,
)
"""Refusals after which the same page is shown again with the reason."""

router = APIRouter(prefix="/van-ban/{directive_id}")


@router.get("/ky")
def signing_page(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows what is about to be signed."""
    return _show(request, portal, person, DirectiveId(directive_id), SIGN)


@router.get("/dong-dau")
def sealing_page(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows what is about to be sealed."""
    return _show(request, portal, person, DirectiveId(directive_id), SEAL)


@router.post("/ky")
def sign(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    seen: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Signs what was seen."""
    return _make(request, portal, person, DirectiveId(directive_id), way=SIGN, seen=seen, pin=pin)


@router.post("/dong-dau")
def seal(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    seen: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Seals what was seen."""
    return _make(request, portal, person, DirectiveId(directive_id), way=SEAL, seen=seen, pin=pin)


@router.get("/ky/chung-thu")
def signing_certificate(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Asks the authority about the signatory's certificate; loaded beside the page."""
    return _certificate_state(request, portal, person, DirectiveId(directive_id), SIGN)


@router.get("/dong-dau/chung-thu")
def sealing_certificate(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Asks the authority about the agency's certificate; loaded beside the page."""
    return _certificate_state(request, portal, person, DirectiveId(directive_id), SEAL)


def _make(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    way: Way,
    seen: str,
    pin: str,
) -> Response:
    try:
        way.make(portal.desk, person.actor, key, seen_sha256=seen, pin=pin)
    except SHOWN_HERE as refusal:
        return _show(request, portal, person, key, way, refusal=refusal)
    portal.nudge(key)
    return RedirectResponse(f"/van-ban/{key}", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    way: Way,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        ready = directive.state == way.state and bool(_source(directive, way))
        facts, warning = _certificate(session, portal, person, directive, way)
        values = {
            "directive": directive,
            "content": content_of(session, directive),
            "history": _history(session, directive, way),
        }
    if not ready and refusal is None:
        return RedirectResponse(f"/van-ban/{key}", status_code=303)
    return page(
        request, "signing.html", person=person, status=_status(refusal), way=way, facts=facts,
        warning=warning, ready=ready, pages=pages_of(portal, key),
        refusal=refused_words(portal, key, refusal) if refusal and not _new_page(refusal) else
        (refusal.diagnosis() if refusal else ""),
        wrong_pin=isinstance(refusal, PinRefusedError), **values,
    )  # fmt: skip


def _new_page(refusal: ActionRefusedError) -> bool:
    """What was seen is not what is there now: the page below is the new one."""
    return isinstance(refusal, StaleRevisionError)


def _status(refusal: ActionRefusedError | None) -> int:
    return problem_of(refusal).status if refusal else 200


def _source(directive: Directive, way: Way) -> str | None:
    return directive.frozen_sha256 if way is SIGN else directive.signed_sha256


def _certificate(
    session: Session, portal: Portal, person: Person, directive: Directive, way: Way
) -> tuple[CertificateFacts | None, str]:
    """Returns the certificate that will be used, or why there is none.

    Raises:
        NotAuthorisedError, SeparationError: the person may not do this at all.
    """
    deed = Deed(session=session, actor=person.actor, at=portal.at())
    try:
        return read_facts(way.certificate_of(deed, directive).der), ""
    except (CertificateUnfitError, NotEntitledError) as refusal:
        return None, refusal.diagnosis()


def _certificate_state(
    request: Request, portal: Portal, person: Person, key: DirectiveId, way: Way
) -> Response:
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
        deed = Deed(session=session, actor=person.actor, at=portal.at())
        der = way.certificate_of(deed, directive).der
    check = check_certificate(
        SigningCertificate(der=der), services=portal.desk.services, at=portal.at()
    )
    return page(request, "parts/certificate.html", person=person, check=check)


def _history(session: Session, directive: Directive, way: Way) -> Sequence[str]:
    """Returns what the person should know of the way to here, in sentences."""
    if way is SEAL:
        signature = session.scalars(
            select(Signature).where(
                Signature.directive_id == directive.id,
                Signature.kind == "officer",
                Signature.state == "completed",
            )
        ).first()
        said = dict((signature.verification if signature else None) or {}).get("sentence", "")
        return [f"Lãnh đạo ký lúc {moment(signature.keyed_at)}. {said}"] if signature else []
    approval = session.scalars(
        select(Review)
        .where(
            Review.directive_id == directive.id,
            Review.revision == directive.revision,
            Review.step == "approval",
            Review.decision == "passed",
        )
        .order_by(Review.at.desc())
    ).first()
    if approval is None:
        return []
    said = f"Đúng bản {directive.revision} đã được phê duyệt lúc {moment(approval.at)}"
    return [f"{said}; từ đó chỉ thêm số và ngày."]
