"""Signing and sealing: what is seen is what is signed; the PIN goes to the key and nowhere else.

What is checked before the PIN stands above it, problems first; where anything stops, no PIN is
asked for. A wrong PIN is the person's to repeat: one form touches the key once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions import sealing, signing_off
from actions.discussing.asked import opinions_of
from actions.discussing.looks import keep_look, news_for
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
from actions.keying import SigningAct
from actions.readiness import joined, known_here
from actions.readiness_of_key import authority_check, may_be_asked
from actions.readiness_terms import Check, Readiness
from models.base import DirectiveId
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.once import new_word
from portal.pages.decisions import refused_words
from portal.problems import STALE, problem_of
from portal.rendering import page
from portal.seeing import open_directive, pages_of
from signing.certificates import read_facts

Make = Callable[..., None]
Looked = Callable[[], tuple[Readiness, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What differs between the signatory's page and the clerk's."""

    path: str
    act: SigningAct
    button: str
    title: str
    make: Make


SIGN: Final = Way(
    path="ky", act=signing_off.ACT, button="Ký số", title="Ký văn bản", make=signing_off.sign
)
SEAL: Final = Way(
    path="dong-dau",
    act=sealing.ACT,
    button="Đóng dấu",
    title="Đóng dấu cơ quan",
    make=sealing.seal,
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
    return show(request, portal, person, DirectiveId(directive_id), SIGN)


@router.get("/dong-dau")
def sealing_page(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID
) -> Response:
    """Shows what is about to be sealed."""
    return show(request, portal, person, DirectiveId(directive_id), SEAL)


@router.post("/ky")
def sign(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    seen: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Signs what was seen."""
    sent = Sent(seen=seen, once=once, pin=pin)
    return _make(request, portal, person, DirectiveId(directive_id), way=SIGN, sent=sent)


@router.post("/dong-dau")
def seal(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    seen: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Seals what was seen."""
    sent = Sent(seen=seen, once=once, pin=pin)
    return _make(request, portal, person, DirectiveId(directive_id), way=SEAL, sent=sent)


@router.get("/ky/chung-thu")
def before_signing(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, xem: str = ""
) -> Response:
    """The part of the page above the PIN, where the authority took its time to answer."""
    return _part(request, portal, person, DirectiveId(directive_id), xem, way=SIGN)


@router.get("/dong-dau/chung-thu")
def before_sealing(
    request: Request, portal: ThePortal, person: SignedInPerson, directive_id: UUID, xem: str = ""
) -> Response:
    """The same for the agency's certificate."""
    return _part(request, portal, person, DirectiveId(directive_id), xem, way=SEAL)


def _part(
    request: Request, portal: Portal, person: Person, key: DirectiveId, seen: str, *, way: Way
) -> Response:
    """Bears the digest of the pages that are on the screen, whatever there is by now."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
    found, asked = _looking(portal, person, key, way)()
    return page(
        request, "parts/certificate.html", person=person, way=way, directive=directive, seen=seen,
        refusal="", wrong_pin=False, limit_bytes=portal.desk.size_limit_bytes,
        **_before_pin(found, asked),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form brought."""

    seen: str
    once: str
    pin: str = field(repr=False)


def _make(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    way: Way,
    sent: Sent,
) -> Response:
    """One form touches the key once, whether its button is pressed once or twice."""
    act = partial(way.make, portal.desk, person.actor, key, seen_sha256=sent.seen, pin=sent.pin)
    form = f"{person.csrf_token}:{way.path}:{key}:{sent.once}"
    refusal = portal.forms.send(form, act, remember=bool(sent.once))
    if isinstance(refusal, SHOWN_HERE):
        return show(request, portal, person, key, way, refusal=refusal)
    if refusal is not None:
        raise refusal
    portal.nudge(key)
    return RedirectResponse(f"/van-ban/{key}", status_code=303)


def show(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    way: Way,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    """The page: what is about to be signed, what was checked, and what went wrong, if anything."""
    with portal.database.reading() as session:
        directive = open_directive(session, portal, person, key)
    looked = _looking(portal, person, key, way)
    with portal.database.reading() as session:
        content = content_of(session, directive)
        news = news_for(session, directive, person.officer_id)
        opinions = opinions_of(session, directive, person.officer_id, portal.at())
    pages = pages_of(portal, key, as_sealed=way.path == SEAL.path)
    found, asked = looked()
    due = all(check.key != "state" for check in found.stops) and found.source_sha256
    if not due and refusal is None:
        return RedirectResponse(f"/van-ban/{key}", status_code=303)
    if refusal is None:
        keep_look(portal.database, directive, person.officer_id, at=portal.at())
    return page(
        request, "signing.html", person=person, status=_status(refusal), way=way, news=news,
        opinions=opinions,
        directive=directive, content=content, pages=pages, seen=pages.sha256_hex,
        refusal=_refused(portal, key, refusal),
        wrong_pin=isinstance(refusal, PinRefusedError),
        limit_bytes=portal.desk.size_limit_bytes, **_before_pin(found, asked),
    )  # fmt: skip


def _looking(portal: Portal, person: Person, key: DirectiveId, way: Way) -> Looked:
    """Looks at what is known here, and asks the authority where that can still matter.

    Returns:
        what waits for the authority: it returns all that is known, and whether the authority has
        answered or need not be asked.

    Raises:
        NotAuthorisedError: the person may not do this at all.
    """
    found = known_here(portal.desk, person.actor, key, way.act)
    row = found.certificate
    if row is None or not may_be_asked(found):
        return lambda: (found, True)
    answer = portal.asking.begin(row.fingerprint, partial(authority_check, portal.desk, row))
    return partial(_with, found, answer)


def _with(found: Readiness, answer: Callable[[], Check | None]) -> tuple[Readiness, bool]:
    said = answer()
    return (found, False) if said is None else (joined(found, said), True)


def _before_pin(found: Readiness, asked: bool) -> dict[str, Any]:  # noqa: FBT001 (a pair)
    row = found.certificate
    return {
        "found": found,
        "asked": asked,
        "facts": read_facts(row.der) if row is not None else None,
        "once": new_word(),
    }


def _refused(portal: Portal, key: DirectiveId, refusal: ActionRefusedError | None) -> str:
    if refusal is None:
        return ""
    if isinstance(refusal, StaleRevisionError):
        return refusal.diagnosis()  # the page below is the new one
    return refused_words(portal, key, refusal)


def _status(refusal: ActionRefusedError | None) -> int:
    return problem_of(refusal).status if refusal else 200
