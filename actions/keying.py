"""Making a signature: the same steps for the officer's signature and for the agency's seal.

1. look: rights, state, the digest that was seen, the registered certificate
2. ask whether the certificate is good now (network), before the PIN is touched
3. open the key with the PIN; it must be the key of that very certificate
4. prepare the document and store it
5. write the plan: directive, digest, certificate, officer (transaction)
6. let the key sign (no transaction is open)
7. write down what the key gave (transaction), and ask the machine to finish

A kill after 5 leaves a plan that the next attempt abandons; a kill after 7 leaves work for the
machine alone. The PIN lives in the memory of step 3 only.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import update

from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    PinRefusedError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.offices import office_facts
from actions.signatures import KEYED, PLANNED, abandon_planned, living_signature
from actions.trying import looking, trying
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import RegisteredCertificate
from models.organisation import Organisation
from models.signature import Signature
from signing.certificates import SigningCertificate
from signing.errors import (
    EvidenceUnavailableError,
    KeyRefusedError,
    KeyUnavailableError,
    SigningError,
)
from signing.fitness import check_certificate
from signing.keys.key import SigningKey
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.sign import prepare_signature

Admission = Callable[[Deed, Directive], RegisteredCertificate]
"""Checks who may do it today; returns the certificate to be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAct:
    """What differs between the officer's signature and the agency's seal."""

    deed: str
    """Name in the audit trail: `sign`, `seal`."""
    what: str
    """In Vietnamese, for refusals."""
    kind: SignatureKind
    field: str
    """Name of the field that is filled."""
    state: DirectiveState
    """The state in which it is done."""
    source: Callable[[Directive], str | None]
    """SHA-256 of the document that is signed."""
    admit: Admission


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is asked for: the same through all seven steps."""

    directive_id: DirectiveId
    act: SigningAct
    seen_sha256: str


def make_signature(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    act: SigningAct,
    *,
    seen_sha256: str,
    pin: str,
) -> None:
    """Does the seven steps. What it raises stands at `signing_off.sign` and `sealing.seal`."""
    order = _Order(directive_id=directive_id, act=act, seen_sha256=seen_sha256)
    with looking(desk, actor, act.deed, subject=directive_id) as deed:
        directive, certificate = _look(deed, order)
        request = _request(deed, directive, certificate, order)
    with trying(desk, actor, act.deed, subject=directive_id):
        _require_good(desk, certificate)
        key = _open(desk, certificate, pin)
        prepared = _prepare(desk, request, key)
        stored = desk.archive.put(prepared.pdf)
    with doing(desk, actor, f"plan_{act.deed}", subject=directive_id) as deed:
        signature_id = _plan(deed, order, prepared, stored)
    with trying(desk, actor, act.deed, subject=directive_id):
        raw = _let_sign(key, prepared)
    with doing(desk, actor, act.deed, subject=directive_id) as deed:
        _record(deed, order, signature_id, raw)


def _look(deed: Deed, order: _Order) -> tuple[Directive, RegisteredCertificate]:
    """State after rights: who may not do it learns nothing. Then what was seen."""
    act = order.act
    directive = get_directive(deed.session, order.directive_id)
    certificate = act.admit(deed, directive)
    living = living_signature(deed.session, order.directive_id, act.kind)
    if living is not None and living.state != PLANNED:
        raise AlreadyDoneError(act.what)
    expect_state(directive, act.state)
    source = act.source(directive)
    if source is None:
        raise UnavailableError("Bản để ký", "đang được dựng")
    if order.seen_sha256 != source:
        raise StaleRevisionError(order.seen_sha256, source)
    return directive, certificate


def _request(
    deed: Deed, directive: Directive, certificate: RegisteredCertificate, order: _Order
) -> SignatureRequest:
    organisation = deed.session.get_one(Organisation, directive.organisation_id)
    facts = SigningCertificate(der=certificate.der).facts
    return SignatureRequest(
        kind=order.act.kind,
        field=order.act.field,
        name=facts.name,
        organisation=organisation.name,
        location=organisation.place or "",
        contact=facts.email,
        approved_sha256_hex=order.seen_sha256,
        test_only=office_facts(deed.session).test_only,
    )


def _require_good(desk: Desk, certificate: RegisteredCertificate) -> None:
    """Warns before the PIN. Source: NĐ 23/2025 Đ15-17 as practice (domain, section 7, point 9)."""
    check = check_certificate(
        SigningCertificate(der=certificate.der), services=desk.services, at=desk.clock()
    )
    for problem in check.problems:
        if problem.code == EvidenceUnavailableError.code:
            raise UnavailableError("Dịch vụ chứng thực", problem.message)
        raise CertificateUnfitError(certificate.subject, problem.message)


def _open(desk: Desk, certificate: RegisteredCertificate, pin: str) -> SigningKey:
    try:
        key = desk.open_key(certificate, pin)
    except SigningError as err:
        # `from None`: the library's own error must not carry anything of the PIN into a log.
        raise _refusal(err, certificate.subject) from None
    if hashlib.sha256(key.certificate.der).hexdigest() != certificate.fingerprint:
        raise CertificateUnfitError(
            certificate.subject, "Khoá mở ra không phải khoá của chứng thư đã đăng ký."
        )
    return key


def _prepare(desk: Desk, request: SignatureRequest, key: SigningKey) -> PreparedSignature:
    pdf = desk.archive.get(request.approved_sha256_hex or "")
    try:
        return prepare_signature(
            pdf,
            request=request,
            certificate=key.certificate,
            at=desk.clock(),
            fonts=desk.fonts,
            mechanism=key.mechanism,
        )
    except SigningError as err:
        raise NotAcceptedError("Bản để ký", err.diagnosis()) from err


def _let_sign(key: SigningKey, prepared: PreparedSignature) -> bytes:
    try:
        return key.sign(prepared.signed_attributes)
    except SigningError as err:
        raise _refusal(err, key.certificate.facts.name) from None


def _refusal(
    err: SigningError, subject: str
) -> PinRefusedError | CertificateUnfitError | UnavailableError:
    if isinstance(err, KeyRefusedError) and err.reason == "wrong_pin":
        return PinRefusedError()
    if err.transient:
        service = "Khoá ký số" if isinstance(err, KeyUnavailableError) else "Dịch vụ chứng thực"
        return UnavailableError(service, err.diagnosis())
    return CertificateUnfitError(subject, err.diagnosis())


def _plan(deed: Deed, order: _Order, prepared: PreparedSignature, stored: str) -> uuid.UUID:
    """Everything is looked at once more, now that nobody else can change the directive."""
    amend(deed, get_directive(deed.session, order.directive_id), expected=order.act.state)
    _, certificate = _look(deed, order)
    abandon_planned(deed, order.directive_id, "Có lần ký sau thay thế; khoá chưa được dùng.")
    signature = Signature(
        id=uuid.uuid4(),
        directive_id=order.directive_id,
        kind=order.act.kind.value,
        state=PLANNED,
        officer_id=deed.actor.id,
        certificate=certificate.fingerprint,
        source_sha256=order.seen_sha256,
        prepared_sha256=stored,
        plan=json.loads(prepared.to_json()),
        planned_at=deed.at,
    )
    deed.session.add(signature)
    deed.detail |= {
        "signature": str(signature.id),
        "source_sha256": order.seen_sha256,
        "document_digest": prepared.document_digest.hex(),
        "certificate": certificate.fingerprint,
    }
    return signature.id


def _record(deed: Deed, order: _Order, signature_id: uuid.UUID, raw: bytes) -> None:
    """Keeps what the key gave, unless the draft was returned or another attempt came meanwhile."""
    amend(deed, get_directive(deed.session, order.directive_id), expected=order.act.state)
    keyed = deed.session.execute(
        update(Signature)
        .where(Signature.id == signature_id, Signature.state == PLANNED)
        .values(state=KEYED, raw_signature=raw, keyed_at=deed.at)
    )
    if keyed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            order.act.what,
            expected=("không có lần ký khác xen vào",),
            actual="đã được thay bằng lần ký khác",
        )
    deed.detail |= {"signature": str(signature_id), "source_sha256": order.seen_sha256}
    ask_to_wake(deed, order.directive_id)
