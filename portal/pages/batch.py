"""Many files under one PIN: choose, look at the summary, give the PIN, see what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from actions.batch_rows import (
    NOT_BEGUN,
    OUTCOME_WORDS,
    REFUSED,
    RUNNING,
    SUMMARISED,
    BatchView,
    view,
)
from actions.batching import end_batch, stop_batch, summarise
from actions.errors import ActionRefusedError, InvalidInputError, PinRefusedError
from actions.notices.kinds import BATCH
from actions.notices.showing import mark_seen
from actions.progress import moving_work_for
from actions.readiness import joined, of_certificate
from actions.readiness_of_key import authority_check, may_be_asked
from actions.readiness_terms import Readiness
from models.base import DirectiveId
from models.batch import SigningBatch
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person, SignedInPerson
from portal.live import Watched, live_of
from portal.once import new_word
from portal.problems import STALE, problem_of, sentence_of
from portal.rendering import page
from signing.certificates import read_facts
from signing.request import SignatureKind

SILENT: Final = timedelta(minutes=3)
"""After how long without a sign of life a batch of another process may be ended by its person."""
CUT_OFF: Final = "Lần ký bị ngắt trước khi đến văn bản này. Việc cần làm: lập lại danh sách."
PATH: Final = "/ky-nhieu/lan/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What differs between the signatory's batch and the clerk's."""

    path: str
    kind: SignatureKind
    deed: str
    """Of the work that may be chosen, as in `actions.progress`."""
    title: str
    button: str
    one: str
    """Path of the page on which one file is looked at and done by itself."""
    done: str


SIGN: Final = Many(
    path="/ky-nhieu",
    kind=SignatureKind.OFFICER,
    deed="sign",
    title="Ký nhiều văn bản",
    button="Ký số",
    one="ky",
    done="ký",
)
SEAL: Final = Many(
    path="/dong-dau-nhieu",
    kind=SignatureKind.SEAL,
    deed="seal",
    title="Đóng dấu nhiều văn bản",
    button="Đóng dấu",
    one="dong-dau",
    done="đóng dấu",
)
MANY: Final[Mapping[str, Many]] = {way.kind.value: way for way in (SIGN, SEAL)}
"""By the kind of a batch."""

router = APIRouter()


@router.get("/ky-nhieu")
def choose_to_sign(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows what waits for the signatory."""
    return _choice(request, portal, person, SIGN)


@router.get("/dong-dau-nhieu")
def choose_to_seal(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Shows what waits for the clerk's seal."""
    return _choice(request, portal, person, SEAL)


@router.post("/ky-nhieu")
def summarise_to_sign(
    request: Request,
    portal: ThePortal,
    person: Deciding,
    chosen: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """Writes the summary down."""
    return _summarise(request, portal, person, SIGN, chosen or [])


@router.post("/dong-dau-nhieu")
def summarise_to_seal(
    request: Request,
    portal: ThePortal,
    person: Deciding,
    chosen: Annotated[list[UUID] | None, Form()] = None,
) -> Response:
    """Writes the summary down."""
    return _summarise(request, portal, person, SEAL, chosen or [])


@router.get(PATH + "{batch_id}")
def one_batch(
    request: Request, portal: ThePortal, person: SignedInPerson, batch_id: UUID
) -> Response:
    """Shows a batch: its summary with the PIN, how far it is, or its results."""
    return _show(request, portal, person, batch_id)


@router.post(PATH + "{batch_id}/ky")
def begin(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    batch_id: UUID,
    once: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Lets the batch run; one form begins it once."""
    act = partial(
        portal.batches.start, portal.desk, person.actor, batch_id, pin, signed=portal.nudge
    )
    form = f"{person.csrf_token}:{batch_id}:{once}"
    return _after(
        request, portal, person, batch_id, portal.forms.send(form, act, remember=bool(once))
    )


@router.post(PATH + "{batch_id}/dung")
def stop(request: Request, portal: ThePortal, person: Deciding, batch_id: UUID) -> Response:
    """Stops it after the file in hand."""
    act = partial(stop_batch, portal.desk, person.actor, batch_id)
    return _after(request, portal, person, batch_id, _refusal(act))


@router.post(PATH + "{batch_id}/ket-thuc")
def end(request: Request, portal: ThePortal, person: Deciding, batch_id: UUID) -> Response:
    """Ends a batch whose process is gone."""
    act = partial(end_batch, portal.desk, person.actor, batch_id, reason=CUT_OFF)
    return _after(request, portal, person, batch_id, _refusal(act))


def _refusal(act: Any) -> ActionRefusedError | None:  # noqa: ANN401 (a deed without arguments)
    try:
        act()
    except ActionRefusedError as refusal:
        return refusal
    return None


def _after(
    request: Request,
    portal: Portal,
    person: Person,
    batch_id: UUID,
    refusal: ActionRefusedError | None,
) -> Response:
    if refusal is None:
        return RedirectResponse(f"{PATH}{batch_id}", status_code=303)
    if isinstance(refusal, (*STALE, InvalidInputError)):
        return _show(request, portal, person, batch_id, refusal=refusal)
    raise refusal


def _choice(
    request: Request,
    portal: Portal,
    person: Person,
    way: Many,
    *,
    refusal: InvalidInputError | None = None,
    chosen: frozenset[UUID] = frozenset(),
) -> Response:
    with portal.database.reading() as session:
        items = moving_work_for(session, person.officer_id, portal.today())
        running = session.scalars(
            select(SigningBatch)
            .where(
                SigningBatch.officer_id == person.officer_id,
                SigningBatch.kind == way.kind.value,
                SigningBatch.state == RUNNING,
            )
            .order_by(SigningBatch.created_at)
        ).all()
    return page(
        request, "batch_choice.html", person=person, way=way, running=running, chosen=chosen,
        items=[item for item in items if item.deed == way.deed],
        refusal=sentence_of(refusal) if refusal else "",
        status=problem_of(refusal).status if refusal else 200,
    )  # fmt: skip


def _summarise(
    request: Request, portal: Portal, person: Person, way: Many, chosen: list[UUID]
) -> Response:
    keys = [DirectiveId(key) for key in chosen]
    try:
        batch = summarise(portal.desk, person.actor, way.kind, keys)
    except InvalidInputError as refusal:
        return _choice(request, portal, person, way, refusal=refusal, chosen=frozenset(chosen))
    return RedirectResponse(f"{PATH}{batch.id}", status_code=303)


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    batch_id: UUID,
    *,
    refusal: ActionRefusedError | None = None,
) -> Response:
    with portal.database.reading() as session:
        live = live_of(session, portal, person, Watched.BATCH, batch_id)
        batch = view(session, person.actor, batch_id)
    if batch.state != RUNNING:
        mark_seen(portal.database, person.officer_id, BATCH, batch_id, portal.at())
    earlier = portal.batches.refusal(batch_id) if batch.state == SUMMARISED else None
    said = refusal or earlier
    silent = portal.at() - batch.moved_at > SILENT
    return page(
        request, "batch.html", person=person, way=MANY[batch.kind], batch=batch, live=live,
        refusal=sentence_of(said) if said else "",
        wrong_pin=isinstance(said, PinRefusedError),
        cut_off=batch.state == RUNNING and silent and not portal.batches.is_running(batch_id),
        again=batch.lines_with(REFUSED, NOT_BEGUN), words=OUTCOME_WORDS[batch.kind],
        once=new_word(),
        status=problem_of(refusal).status if refusal else 200,
        **_before_pin(portal, person, batch),
    )  # fmt: skip


def _before_pin(portal: Portal, person: Person, batch: BatchView) -> dict[str, Any]:
    """What is known of the certificate, for a batch that waits for its PIN."""
    if batch.state != SUMMARISED or batch.certificate is None:
        return {"found": None, "facts": None, "asked": True}
    found, asked = of_certificate(portal.desk, person.actor, batch.certificate), True
    row = found.certificate
    if row is not None and may_be_asked(found):
        found, asked = _asked(portal, found)
    return {"found": found, "facts": read_facts(row.der) if row else None, "asked": asked}


def _asked(portal: Portal, found: Readiness) -> tuple[Readiness, bool]:
    row = found.certificate
    if row is None:
        return found, True
    answer = portal.asking.answer(row.fingerprint, partial(authority_check, portal.desk, row))
    return (found, False) if answer is None else (joined(found, answer), True)
