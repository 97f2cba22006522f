"""Signing with any other tool: the document goes out as it waits, and comes back signed.

1. `download_for_signing`  who may sign it now gets the very bytes that are to be signed.
2. `take_signed`           rights, state and authority as for every signature; is the certificate
                           good now; is the upload that document with exactly one signature more
                           (in a sandboxed child); then it is stored and written down as `keyed`.
3. The machine finishes it like every other signature: time stamp, evidence, our own judgement.

No key and no PIN comes here. What is refused leaves its reason in the audit trail.
"""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final

from typing_extensions import override

from actions.absence_rows import in_place_of
from actions.auditing import Actor
from actions.changing import amend, get_directive
from actions.completing_ways import UPLOAD
from actions.desk import Deed, Desk, doing
from actions.errors import CertificateUnfitError, NotAcceptedError, UnavailableError
from actions.keying import Admitted, Order, SigningAct, admit, look_at, require_good
from actions.keying_elsewhere import ELSEWHERE
from actions.ordering import signs_first
from actions.sealing import ACT as SEALING
from actions.sealing import require_signed
from actions.signatures import KEYED, abandon_planned
from actions.signing_off import ACT as SIGNING
from actions.trying import looking, trying
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.signature import Signature
from signing.certificates import SigningCertificate
from signing.errors import SigningError
from signing.request import SignatureKind
from signing.uploaded.errors import UploadRefusedError
from signing.uploaded.outcome import UploadedSignature

ACTS: Final = {SignatureKind.OFFICER: SIGNING, SignatureKind.SEAL: SEALING}


class UploadNotTakenError(NotAcceptedError):
    """What was uploaded is not the document with exactly one signature more."""

    def __init__(self, what: str, refusal: UploadRefusedError) -> None:
        super().__init__(what, refusal.diagnosis())
        self.reason = refusal.code
        """Code of the refusal, see `signing.uploaded.errors`."""
        self.about = refusal.facts

    @override
    def diagnosis(self) -> str:
        return self.sentence

    @override
    def facts(self) -> dict[str, Any]:
        return {"what": self.what, "reason": self.reason, **self.about}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """A document that somebody takes away to sign."""

    name: str
    """File name for people."""
    sha256_hex: str
    pdf: bytes
    field: str
    """Where it is to be signed."""


def download_for_signing(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, kind: SignatureKind
) -> HandedOut:
    """Hands out the document as it waits for the actor's signature. Changes nothing.

    Args:
        desk: the tools.
        actor: the signatory, or the clerk for the seal.
        directive_id: a directive that waits for this signature.
        kind: whose signature.

    Raises:
        ActionRefusedError: as `take_signed`, as far as it is known without an upload.
    """
    act = ACTS[kind]
    with looking(desk, actor, f"download_{act.deed}", subject=directive_id) as deed:
        order = _order(deed, directive_id, act)
        directive, certificate = look_at(deed, order)
        _require_elsewhere(certificate)
        name = f"{directive.number_text or 'cho-ky'}.pdf".replace("/", "-")
    with trying(desk, actor, f"download_{act.deed}", subject=directive_id):
        pdf = desk.archive.get(order.seen_sha256)
    return HandedOut(name=name, sha256_hex=order.seen_sha256, pdf=pdf, field=act.field)


def take_signed(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    kind: SignatureKind,
    uploaded: bytes,
) -> None:
    """Takes a document that was signed with any other tool. The machine finishes it.

    Args:
        desk: the tools.
        actor: the signatory, or the clerk for the seal.
        directive_id: a directive that waits for this signature.
        kind: whose signature.
        uploaded: a stranger's bytes; they are read in a sandboxed child alone.

    Raises:
        NotAuthorisedError, SeparationError, NotEntitledError: the actor may not sign it today.
        WrongStateError, AlreadyDoneError: the directive does not wait for it, or no longer.
        CertificateUnfitError: no usable certificate, or one whose key is opened here.
        UploadNotTakenError: it is not that document with exactly one signature more.
        NotAcceptedError: for the seal: the officer's signature does not hold.
        UnavailableError: the authority or the archive is not to be had now.
    """
    act = ACTS[kind]
    with looking(desk, actor, act.deed, subject=directive_id) as deed:
        order = _order(deed, directive_id, act)
    if kind is SignatureKind.SEAL:
        require_signed(desk, actor, directive_id)
    admitted = admit(desk, actor, order)
    with trying(desk, actor, act.deed, subject=directive_id):
        _require_elsewhere(admitted.certificate)
    require_good(desk, actor, order, admitted)
    with trying(desk, actor, act.deed, subject=directive_id):
        found = _read(desk, order, admitted, uploaded)
        stored = desk.archive.put(uploaded)
    with doing(desk, actor, act.deed, subject=directive_id) as deed:
        _record(deed, order, found, stored)


def _order(deed: Deed, directive_id: DirectiveId, act: SigningAct) -> Order:
    """For the document as it stands: an upload says by its first bytes which one was seen.

    Rights come first, so that who may not sign learns nothing.
    """
    directive = get_directive(deed.session, directive_id)
    certificate = act.admit(deed, directive)
    if act.fill(directive):
        reason = (
            "Số và ngày được điền cùng với dấu, phần mềm khác không điền đúng chỗ được. "
            "Việc cần làm: đóng dấu trên trang này hoặc bằng trình ký của cơ quan."
        )
        raise CertificateUnfitError(certificate.subject, reason)
    return Order(directive_id=directive_id, act=act, seen_sha256=act.source(directive) or "")


def _require_certifying(act: SigningAct, found: UploadedSignature) -> None:
    """Only what is certified as form filling lets number and date come in with the seal."""
    if not found.certifies:
        reason = (
            "Cơ quan cấp số sau khi ký nên chữ ký phải là chữ ký chứng nhận, cho phép điền ô. "
            "Việc cần làm: trong phần mềm ký chọn “chứng nhận (certify), cho phép điền biểu mẫu” "
            "rồi ký lại, hoặc ký trên trang này."
        )
        raise NotAcceptedError(act.what, reason)


def _require_elsewhere(certificate: RegisteredCertificate) -> None:
    if certificate.key_kind not in ELSEWHERE:
        reason = "Khoá của chứng thư này được mở tại máy chủ; ký bằng mã PIN trên trang ký."
        raise CertificateUnfitError(certificate.subject, reason)


def _read(desk: Desk, order: Order, admitted: Admitted, uploaded: bytes) -> UploadedSignature:
    frozen = desk.archive.get(order.seen_sha256)
    try:
        return desk.read_upload(
            frozen,
            uploaded,
            field=order.act.field,
            certificate=SigningCertificate(der=admitted.certificate.der),
            at=desk.clock(),
        )
    except UploadRefusedError as refusal:
        raise UploadNotTakenError(order.act.what, refusal) from refusal
    except SigningError as err:
        if err.transient:
            raise UnavailableError("Bộ kiểm tra chữ ký", err.diagnosis()) from err
        raise CertificateUnfitError(admitted.certificate.subject, err.diagnosis()) from err


def _record(deed: Deed, order: Order, found: UploadedSignature, stored: str) -> None:
    """Everything is looked at once more, now that nobody else can change the directive."""
    directive = get_directive(deed.session, order.directive_id)
    amend(deed, directive, expected=order.act.state(deed.session, directive))
    if order.act.kind is SignatureKind.OFFICER and signs_first(deed.session, directive):
        _require_certifying(order.act, found)
    _, certificate = look_at(deed, order)
    abandon_planned(deed, order.directive_id, "Đã nộp bản ký bằng phần mềm khác.")
    signature = Signature(
        id=uuid.uuid4(),
        directive_id=order.directive_id,
        kind=order.act.kind.value,
        state=KEYED,
        method=UPLOAD,
        officer_id=deed.actor.id,
        certificate=certificate.fingerprint,
        source_sha256=order.seen_sha256,
        prepared_sha256=stored,
        plan=_plan(order, certificate, found),
        raw_signature=found.raw_signature,
        planned_at=deed.at,
        keyed_at=deed.at,
    )
    deed.session.add(signature)
    deed.detail |= {
        "signature": str(signature.id),
        "source_sha256": order.seen_sha256,
        "uploaded_sha256": stored,
        "certificate": certificate.fingerprint,
        "mechanism": found.mechanism,
        "method": UPLOAD,
        "certifies": found.certifies,
    }
    if order.act.kind is SignatureKind.OFFICER:
        deed.detail |= in_place_of(deed.session, directive)
    ask_to_wake(deed, order.directive_id)


def _plan(
    order: Order, certificate: RegisteredCertificate, found: UploadedSignature
) -> dict[str, Any]:
    claimed = found.claimed_time
    return {
        UPLOAD: True,
        "field": order.act.field,
        "certificate": base64.b64encode(certificate.der).decode(),
        "mechanism": found.mechanism,
        "level": found.level,
        "certifies": found.certifies,
        "has_time_stamp": found.has_time_stamp,
        "claimed_time": claimed.isoformat() if claimed is not None else None,
        "signature_sha256": hashlib.sha256(found.raw_signature).hexdigest(),
    }
