"""Making a signature: the same steps for the officer's signature and for the agency's seal.

1. `admit`         rights, state, the digest that was seen, the registered certificate
2. `require_good`  is the certificate good now (network), before the PIN is touched
3. `open_key`      opens the key with the PIN; it must be the key of that very certificate
4. `plan`          prepares the document, stores it, and writes down what will be signed: document,
                   digest, certificate, officer, instant (transaction)
5. `let_sign`      the only touch of the key (no transaction is open)
6. `record`        writes down what the key gave (transaction), and asks the machine to finish

A kill after 4 leaves a plan that the next attempt abandons; a kill after 6 leaves work for the
machine alone. The PIN lives in the memory of step 3 only. Where the key lies elsewhere the same
plan is stored, and its signature is handed in later, perhaps days later and to another process.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlalchemy.orm import Session

from actions import using_keys
from actions.absence_rows import in_place_of
from actions.auditing import Actor
from actions.changing import amend, expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.errors import (
    AlreadyDoneError,
    NotAcceptedError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.offices import office_facts
from actions.signatures import KEYED, PLANNED, abandon_planned, living_signature
from actions.trying import looking, trying
from actions.using_keys import announce_all, let_key_sign, open_once
from actions.waking import ask_to_wake
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import RegisteredCertificate
from models.organisation import Organisation
from models.signature import Signature
from signing.certificates import SigningCertificate
from signing.errors import (
    SignatureMismatchError,
    SigningError,
)
from signing.keys.key import SigningKey
from signing.mechanism import Mechanism, check_raw_signature
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
    state: Callable[[Session, Directive], DirectiveState]
    """The state in which it is done, by the directive's order."""
    source: Callable[[Directive], str | None]
    """SHA-256 of the document that is signed."""
    admit: Admission
    fill: Callable[[Directive], tuple[tuple[str, str], ...]] = lambda _directive: ()
    """Text fields of the document that are filled with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for: the same through all steps."""

    directive_id: DirectiveId
    act: SigningAct
    seen_sha256: str
    """Digest of the document that the person saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """An order that may be carried out now."""

    certificate: RegisteredCertificate
    request: SignatureRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSignature:
    """What is written down before a key is touched."""

    id: uuid.UUID
    prepared: PreparedSignature
    prepared_sha256: str


def make_signature(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    act: SigningAct,
    *,
    seen_sha256: str,
    pin: str,
) -> None:
    """Does all steps. What it raises stands at `signing_off.sign` and `sealing.seal`."""
    order = Order(directive_id=directive_id, act=act, seen_sha256=seen_sha256)
    admitted = admit(desk, actor, order)
    require_good(desk, actor, order, admitted)
    with open_key(desk, actor, order, admitted, pin) as key:
        planned = plan(
            desk, actor, order, admitted, certificate=key.certificate, mechanism=key.mechanism
        )
        announce(desk, actor, order, key, [planned])
        raw = let_sign(desk, actor, order, key, planned)
    record(desk, actor, order, planned.id, raw)


def admit(desk: Desk, actor: Actor, order: Order) -> Admitted:
    """Looks whether the actor may do it now, to what was seen, and with which certificate."""
    with looking(desk, actor, order.act.deed, subject=order.directive_id) as deed:
        directive, certificate = look_at(deed, order)
        request = _request(deed, directive, certificate, order)
        if order.act.kind is SignatureKind.OFFICER:
            request = replace(request, image=desk.handwriting(actor.id))
        return Admitted(certificate=certificate, request=request)


def look_at(deed: Deed, order: Order) -> tuple[Directive, RegisteredCertificate]:
    """State after rights: who may not do it learns nothing. Then what was seen."""
    act = order.act
    directive = get_directive(deed.session, order.directive_id)
    certificate = act.admit(deed, directive)
    living = living_signature(deed.session, order.directive_id, act.kind)
    if living is not None and living.state != PLANNED:
        raise AlreadyDoneError(act.what)
    expect_state(directive, act.state(deed.session, directive))
    source = act.source(directive)
    if source is None:
        raise UnavailableError("Bản để ký", "đang được dựng")
    if order.seen_sha256 != source:
        raise StaleRevisionError(order.seen_sha256, source)
    return directive, certificate


def _request(
    deed: Deed, directive: Directive, certificate: RegisteredCertificate, order: Order
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
        fill=order.act.fill(directive),
    )


def require_good(desk: Desk, actor: Actor, order: Order, admitted: Admitted) -> None:
    """Asks the authority about the certificate, before the PIN."""
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        using_keys.require_good(desk, admitted.certificate)


def open_key(desk: Desk, actor: Actor, order: Order, admitted: Admitted, pin: str) -> SigningKey:
    """Opens the key, once; it must be the key of the certificate that was admitted."""
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        return open_once(desk, admitted.certificate, pin)


def plan(
    desk: Desk,
    actor: Actor,
    order: Order,
    admitted: Admitted,
    *,
    certificate: SigningCertificate,
    mechanism: Mechanism,
    batch_id: uuid.UUID | None = None,
) -> PlannedSignature:
    """Prepares the document and writes down what will be signed, before any key is touched."""
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        prepared = _prepare(desk, admitted.request, certificate, mechanism)
        stored = desk.archive.put(prepared.pdf)
    with doing(desk, actor, f"plan_{order.act.deed}", subject=order.directive_id) as deed:
        return PlannedSignature(
            id=_write_plan(deed, order, prepared, stored, batch_id),
            prepared=prepared,
            prepared_sha256=stored,
        )


def _prepare(
    desk: Desk, request: SignatureRequest, certificate: SigningCertificate, mechanism: Mechanism
) -> PreparedSignature:
    pdf = desk.archive.get(request.approved_sha256_hex or "")
    try:
        return prepare_signature(
            pdf,
            request=request,
            certificate=certificate,
            at=desk.clock(),
            fonts=desk.fonts,
            mechanism=mechanism,
        )
    except SigningError as err:
        raise NotAcceptedError("Bản để ký", err.diagnosis()) from err


def _write_plan(
    deed: Deed, order: Order, prepared: PreparedSignature, stored: str, batch_id: uuid.UUID | None
) -> uuid.UUID:
    """Everything is looked at once more, now that nobody else can change the directive."""
    directive = get_directive(deed.session, order.directive_id)
    amend(deed, directive, expected=order.act.state(deed.session, directive))
    _, certificate = look_at(deed, order)
    abandon_planned(deed, order.directive_id, "Có lần ký sau thay thế; khoá chưa được dùng.")
    signature = Signature(
        id=uuid.uuid4(),
        directive_id=order.directive_id,
        kind=order.act.kind.value,
        state=PLANNED,
        method=certificate.key_kind,
        batch_id=batch_id,
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
        "mechanism": str(prepared.mechanism),
        "method": certificate.key_kind,
    }
    return signature.id


def announce(
    desk: Desk, actor: Actor, order: Order, key: SigningKey, planned: list[PlannedSignature]
) -> None:
    """Says to the key all that it will be asked to sign."""
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        announce_all(key, [one.prepared.signed_attributes for one in planned])


def let_sign(
    desk: Desk, actor: Actor, order: Order, key: SigningKey, planned: PlannedSignature
) -> bytes:
    """Lets the key sign what is planned."""
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        return let_key_sign(key, planned.prepared.signed_attributes)


def record(desk: Desk, actor: Actor, order: Order, signature_id: uuid.UUID, raw: bytes) -> None:
    """Keeps what the key gave, unless the draft was returned or another attempt came meanwhile.

    Raises:
        NotAcceptedError: it is not a signature by the planned certificate's key over the plan.
        WrongStateError: the plan is no longer the one that counts.
    """
    with doing(desk, actor, order.act.deed, subject=order.directive_id) as deed:
        directive = get_directive(deed.session, order.directive_id)
        amend(deed, directive, expected=order.act.state(deed.session, directive))
        row = deed.session.get_one(Signature, signature_id)
        _require_match(order.act, row, raw)
        keyed = deed.session.execute(
            update(Signature)
            .where(Signature.id == signature_id, Signature.state == PLANNED)
            .values(state=KEYED, raw_signature=raw, keyed_at=deed.at)
        )
        if keyed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise superseded(order.act)
        deed.detail |= {"signature": str(signature_id), "source_sha256": order.seen_sha256}
        if order.act.kind is SignatureKind.OFFICER:
            deed.detail |= in_place_of(deed.session, directive)
        ask_to_wake(deed, order.directive_id)


def _require_match(act: SigningAct, row: Signature, raw: bytes) -> None:
    prepared = PreparedSignature.from_json(json.dumps(row.plan), pdf=b"")
    try:
        check_raw_signature(
            certificate=prepared.certificate.der,
            signed_attributes=prepared.signed_attributes,
            signature=raw,
            mechanism=prepared.mechanism,
        )
    except SignatureMismatchError as err:
        raise NotAcceptedError(act.what, err.diagnosis()) from err


def superseded(act: SigningAct) -> WrongStateError:
    """The refusal where another attempt came in between."""
    return WrongStateError(
        act.what,
        expected=("không có lần ký khác xen vào",),
        actual="đã được thay bằng lần ký khác",
    )
