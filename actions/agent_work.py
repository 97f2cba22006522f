"""What a signatory's own machine may ask for: what waits, the document, a plan, the way back.

Each plan is given to one machine, and only that one may hand its signature in. Rights, state and
digests are looked at by `signing_off` and `sealing`, as for every other way of signing.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import sealing, signing_off
from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk, doing
from actions.draft_rows import content_of
from actions.errors import (
    ActionRefusedError,
    CertificateUnfitError,
    NotAuthorisedError,
    NotFoundError,
)
from actions.keying import PlannedSignature, SigningAct
from actions.keying_elsewhere import ELSEWHERE
from actions.offices import office_facts
from actions.pairing import DeviceInUse
from actions.progress import WorkItem, moving_work_for
from actions.trying import looking, trying
from models.base import DirectiveId
from models.directive import Directive
from models.organisation import Organisation
from models.signature import Signature
from signing.certificates import SigningCertificate
from signing.request import SignatureKind

ACTS: Final = {"sign": signing_off.ACT, "seal": sealing.ACT}
"""By the deed that a directive waits for."""
DEVICE: Final = "device"
"""Key in a stored plan: the machine that it was given to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One document that waits for the signature or the seal of an officer."""

    directive_id: DirectiveId
    kind: SignatureKind
    number: str
    """Number and symbol; empty where the number comes after signing."""
    doc_type: str
    subject: str
    urgency: str
    issue_date: date | None
    capacity: tuple[str, ...]
    """As whom, line by line as it stands on the page."""
    sha256: str
    """Of the document to look at."""
    certificate: SigningCertificate | None
    """The registered one that must sign; None where `problem` says why not."""
    mechanism: str
    """How its key signs, where that was set."""
    problem: str
    """Why it cannot be signed by a machine of the officer's, and what to do; empty where it can."""
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """All that waits for an officer."""

    office: str
    test_only: bool
    items: tuple[Waiting, ...]


def waiting_work(desk: Desk, actor: Actor) -> WorkList:
    """Returns what waits for an officer's key, longest waiting first."""
    with desk.database.reading() as session:
        deed = Deed(session=session, actor=actor, at=desk.clock())
        found = (
            _waiting(deed, ACTS[item.deed], item)
            for item in moving_work_for(session, actor.id, deed.day)
            if item.deed in ACTS
        )
        facts = office_facts(session)
        return WorkList(
            office=facts.name,
            test_only=facts.test_only,
            items=tuple(one for one in found if one is not None),
        )


def _waiting(deed: Deed, act: SigningAct, item: WorkItem) -> Waiting | None:
    directive = get_directive(deed.session, item.directive_id)
    source = act.source(directive)
    if source is None:
        return None
    certificate, mechanism, problem = _certificate(deed, act, directive)
    return Waiting(
        directive_id=directive.id,
        kind=act.kind,
        number=directive.number_text or "",
        doc_type=directive.doc_type,
        subject=directive.subject,
        urgency=directive.urgency or "",
        issue_date=directive.issue_date,
        capacity=_capacity(deed.session, act, directive),
        sha256=source,
        certificate=certificate,
        mechanism=mechanism,
        problem=problem,
        since=item.since,
    )


def _certificate(
    deed: Deed, act: SigningAct, directive: Directive
) -> tuple[SigningCertificate | None, str, str]:
    try:
        row = act.admit(deed, directive)
    except ActionRefusedError as refusal:
        return None, "", refusal.diagnosis()
    if row.key_kind not in ELSEWHERE:
        problem = "Khoá của chứng thư này nằm ở máy chủ. Việc cần làm: ký trên cổng thông tin."
        return None, "", problem
    return SigningCertificate(der=row.der), row.mechanism or "", ""


def _capacity(session: Session, act: SigningAct, directive: Directive) -> tuple[str, ...]:
    if act.kind is SignatureKind.SEAL:
        office = session.get_one(Organisation, directive.organisation_id)
        return ("Dấu của cơ quan", office.name)
    block = content_of(session, directive).signature
    return (*block.capacity_lines, block.position, block.name)


def document_to_sign(desk: Desk, actor: Actor, directive_id: DirectiveId, sha256: str) -> bytes:
    """Returns a document that waits for this very officer.

    Raises:
        NotFoundError: no such document waits for them.
        UnavailableError: the archive does not give it.
    """
    waiting = waiting_work(desk, actor).items
    if not any((one.directive_id, one.sha256) == (directive_id, sha256) for one in waiting):
        raise NotFoundError("văn bản chờ ký", directive_id)
    with trying(desk, actor, "fetch_document", subject=directive_id):
        return desk.archive.get(sha256)


def plan_for_device(
    desk: Desk,
    device: DeviceInUse,
    directive_id: DirectiveId,
    *,
    kind: SignatureKind,
    seen_sha256: str,
    certificate_sha256: str,
) -> PlannedSignature:
    """Prepares what a machine's key is to sign, and gives it to that machine alone.

    Asked again for the same document it gives the plan that is there.

    Raises:
        CertificateUnfitError: the registered certificate is not the one that the machine showed.
        ActionRefusedError: as `signing_off.plan_elsewhere` and `sealing.plan_elsewhere`.
    """
    act = _act(kind)
    actor = device.actor
    with looking(desk, actor, act.deed, subject=directive_id) as deed:
        row = act.admit(deed, get_directive(deed.session, directive_id))
        if row.fingerprint != certificate_sha256:
            reason = "chứng thư đăng ký đã đổi từ khi máy ký xem danh sách."
            raise CertificateUnfitError(row.subject, reason)
    plan = signing_off.plan_elsewhere if act is signing_off.ACT else sealing.plan_elsewhere
    planned = plan(desk, actor, directive_id, seen_sha256=seen_sha256)
    _give(desk, device, planned.id, directive_id)
    return planned


def _give(
    desk: Desk, device: DeviceInUse, signature_id: uuid.UUID, directive_id: DirectiveId
) -> None:
    """From here on no other machine may hand in a signature for this plan."""
    with desk.database.reading() as session:
        given = session.get_one(Signature, signature_id).plan.get(DEVICE)
    if given == str(device.id):
        return
    with doing(desk, device.actor, "give_plan", subject=directive_id) as deed:
        row = deed.session.scalars(
            select(Signature).where(Signature.id == signature_id).with_for_update()
        ).one()
        row.plan = {**row.plan, DEVICE: str(device.id)}
        deed.detail |= {"signature": str(signature_id), DEVICE: str(device.id)}


def hand_in_from_device(
    desk: Desk, device: DeviceInUse, signature_id: uuid.UUID, raw_signature: bytes
) -> Signature:
    """Takes what a machine's key gave for a plan of its own. The same one again changes nothing.

    Raises:
        NotFoundError: no such plan of this officer.
        NotAuthorisedError: the plan was given to another machine.
        ActionRefusedError: as `signing_off.hand_in` and `sealing.hand_in`.
    """
    row = plan_of_device(desk, device, signature_id)
    if row.directive_id is None:
        raise NotFoundError("bản chuẩn bị ký", signature_id)
    act = _act(SignatureKind(row.kind))
    hand_in = signing_off.hand_in if act is signing_off.ACT else sealing.hand_in
    hand_in(desk, device.actor, row.directive_id, signature_id=row.id, raw_signature=raw_signature)
    return plan_of_device(desk, device, signature_id)


def plan_of_device(desk: Desk, device: DeviceInUse, signature_id: uuid.UUID) -> Signature:
    """Returns a plan that was given to this machine.

    Raises:
        NotFoundError: no such plan of this officer.
        NotAuthorisedError: it was given to another machine.
    """
    with looking(desk, device.actor, "hand_in", subject=signature_id) as deed:
        row = deed.session.get(Signature, signature_id)
        if row is None or row.officer_id != device.actor.id:
            raise NotFoundError("bản chuẩn bị ký", signature_id)
        if row.plan.get(DEVICE) != str(device.id):
            what = "dùng bản chuẩn bị ký này"
            raise NotAuthorisedError(f"Máy ký “{device.label}”", what, "máy ký đã nhận bản đó")
        return row


def _act(kind: SignatureKind) -> SigningAct:
    return signing_off.ACT if kind is SignatureKind.OFFICER else sealing.ACT
