"""Signing papers beside the directives: copies, annexes, papers from outside. One way for all.

    sign_paper(desk, actor, paper_id, kind=…, pin=…, seen_sha256=…)   the person, with a PIN
    complete_paper(desk, paper_id)                                    the machine; idempotent

A paper is ready when its row is `prepared`: `prepared_sha256` names the file as it is shown, and
`details` say where it is signed and what is written there:

    details["fields"]  kind of signature -> name of its empty field in that file, for instance
                       {"copy": "DauSao"}; `signing.marks.placing.add_one_field` adds one, to a
                       file that bears signatures already, too
    details["block"]   lines of the text block, without its last one, the time of signing

Signatures are made in the order of `fields`, each upon the file that the one before left. When the
last is done, the row is `signed`.

The steps are those of a directive (`actions.keying`): the plan is stored before the key is touched;
a kill leaves either a plan that the next attempt abandons, or a signature that `complete_paper`
finds and finishes. What comes out must pass our own judge: our signature passes, and no signature
that was there before is worse off.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import update

from actions.access import require_role
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotFoundError,
    StaleRevisionError,
    WrongStateError,
)
from actions.offices import office_facts
from actions.paper_completing import complete_paper
from actions.paper_rows import (
    PREPARED,
    SUBJECT,
    get_paper,
    living_paper_signature,
    next_kind,
    state_words,
    waiting_file,
)
from actions.signatures import ABANDONED, KEYED, PLANNED, usable_certificate
from actions.trying import looking, trying
from actions.using_keys import announce_all, let_key_sign, open_once, require_good
from models.officer import RegisteredCertificate, Role
from models.organisation import Organisation
from models.paper import Paper
from models.signature import Signature
from signing.certificates import SigningCertificate
from signing.errors import SignatureMismatchError, SigningError
from signing.keys.key import SigningKey
from signing.marks.blocks import time_words
from signing.mechanism import check_raw_signature
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.sign import prepare_signature

__all__ = ["complete_paper", "sign_paper"]

_BLOCKED: Final = frozenset({SignatureKind.COPY, SignatureKind.ANNEX})
"""Signatures that bear a block of text instead of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admitted:
    """A signature that may be made now."""

    certificate: RegisteredCertificate
    request: SignatureRequest
    block: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is asked for."""

    paper_id: uuid.UUID
    kind: SignatureKind
    seen_sha256: str


def sign_paper(
    desk: Desk,
    actor: Actor,
    paper_id: uuid.UUID,
    *,
    kind: SignatureKind,
    pin: str,
    seen_sha256: str,
) -> None:
    """Lets a person sign a prepared paper. The machine finishes with `complete_paper`.

    Args:
        desk: the tools.
        actor: the registry clerk for the agency's key; for `approval` the officer.
        paper_id: a prepared paper.
        kind: which of the paper's signatures.
        pin: opens the key; never stored, never written anywhere.
        seen_sha256: digest of the file that the person saw (`waiting_file`).

    Raises:
        NotFoundError: no such paper, or none of its signatures is of this kind.
        NotAuthorisedError: the actor may not sign it.
        WrongStateError: it is not prepared, or another attempt came in between.
        StaleRevisionError: what was seen is not what is there.
        AlreadyDoneError: it was signed before.
        CertificateUnfitError, PinRefusedError, UnavailableError: as for a directive.
        NotAcceptedError: the file cannot be signed.
    """
    order = _Order(paper_id=paper_id, kind=kind, seen_sha256=seen_sha256)
    with looking(desk, actor, "sign_paper", subject=paper_id, kind=SUBJECT) as deed:
        admitted = _look(deed, order)
    if kind is SignatureKind.APPROVAL:
        own = replace(admitted.request, image=desk.handwriting(actor.id))
        admitted = replace(admitted, request=own)
    with trying(desk, actor, "sign_paper", subject=paper_id, kind=SUBJECT):
        require_good(desk, admitted.certificate)
        key = open_once(desk, admitted.certificate, pin)
    with key:
        with trying(desk, actor, "sign_paper", subject=paper_id, kind=SUBJECT):
            prepared = _prepare(desk, admitted, key)
            stored = desk.archive.put(prepared.pdf)
        with doing(desk, actor, "plan_sign_paper", kind=SUBJECT, subject=paper_id) as deed:
            signature_id = _plan(deed, order, prepared, stored)
        with trying(desk, actor, "sign_paper", subject=paper_id, kind=SUBJECT):
            announce_all(key, [prepared.signed_attributes])
            raw = let_key_sign(key, prepared.signed_attributes)
    with doing(desk, actor, "sign_paper", kind=SUBJECT, subject=paper_id) as deed:
        _record(deed, order, signature_id, raw)


# ---- Who may --------------------------------------------------------------------------------


def _agency(deed: Deed, paper: Paper) -> RegisteredCertificate | None:
    require_role(deed, Role.REGISTRY_CLERK, paper.organisation_id, "ký số của cơ quan")
    return usable_certificate(deed.session, deed.day, organisation_id=paper.organisation_id)


def _officer(deed: Deed, paper: Paper) -> RegisteredCertificate | None:
    require_role(deed, Role.SIGNATORY, paper.organisation_id, "ký văn bản")
    return usable_certificate(deed.session, deed.day, officer_id=deed.actor.id)


_ADMIT: Final[Mapping[str, Callable[[Deed, Paper], RegisteredCertificate | None]]] = {
    "copy": _agency,
    "annex": _agency,
    "seal": _agency,
    "approval": _officer,
}


def _look(deed: Deed, order: _Order) -> _Admitted:
    """State after rights: who may not do it learns nothing. Then what was seen."""
    paper = get_paper(deed.session, order.paper_id)
    certificate = _ADMIT[order.kind.value](deed, paper)
    field = paper.details.get("fields", {}).get(order.kind.value)
    if field is None:
        raise NotFoundError("ô ký của giấy tờ", paper.name)
    living = living_paper_signature(deed.session, order.paper_id, order.kind)
    if living is not None and living.state != PLANNED:
        raise AlreadyDoneError(f"Ký “{paper.name}”")
    if next_kind(deed.session, paper) is not order.kind:
        raise WrongStateError(
            f"“{paper.name}”", expected=("đã chuẩn bị, đến lượt ký",), actual=state_words(paper)
        )
    source = waiting_file(paper)
    if source is None or order.seen_sha256 != source:
        raise StaleRevisionError(order.seen_sha256, source or "")
    if certificate is None:
        reason = "chưa có chứng thư nào được đăng ký và còn hiệu lực để ký giấy tờ này."
        raise CertificateUnfitError(paper.organisation_id, reason)
    return _Admitted(
        certificate=certificate,
        request=_request(deed, paper, certificate, order, field),
        block=tuple(paper.details.get("block", ())) if order.kind in _BLOCKED else (),
    )


def _request(
    deed: Deed, paper: Paper, certificate: RegisteredCertificate, order: _Order, field: str
) -> SignatureRequest:
    organisation = deed.session.get_one(Organisation, paper.organisation_id)
    facts = SigningCertificate(der=certificate.der).facts
    return SignatureRequest(
        kind=order.kind,
        field=field,
        name=facts.name,
        organisation=organisation.name,
        location=organisation.place or "",
        contact=facts.email,
        approved_sha256_hex=order.seen_sha256,
        test_only=office_facts(deed.session).test_only,
    )


# ---- The key --------------------------------------------------------------------------------


def _prepare(desk: Desk, admitted: _Admitted, key: SigningKey) -> PreparedSignature:
    at = desk.clock()
    try:
        return prepare_signature(
            desk.archive.get(admitted.request.approved_sha256_hex or ""),
            request=_with_block(admitted, at),
            certificate=key.certificate,
            at=at,
            fonts=desk.fonts,
            mechanism=key.mechanism,
        )
    except SigningError as err:
        raise NotAcceptedError("Bản để ký", err.diagnosis()) from err


def _with_block(admitted: _Admitted, at: datetime) -> SignatureRequest:
    """The time on the page is the one in the signature."""
    if not admitted.block:
        return admitted.request
    return replace(admitted.request, block=(*admitted.block, time_words(at)))


# ---- What is written down -------------------------------------------------------------------


def _plan(deed: Deed, order: _Order, prepared: PreparedSignature, stored: str) -> uuid.UUID:
    """Everything is looked at once more; a plan whose key was never touched makes room."""
    _hold(deed, order)
    admitted = _look(deed, order)
    deed.session.execute(
        update(Signature)
        .where(
            Signature.paper_id == order.paper_id,
            Signature.kind == order.kind.value,
            Signature.state == PLANNED,
        )
        .values(state=ABANDONED, problem="Có lần ký sau thay thế; khoá chưa được dùng.")
    )
    signature = Signature(
        id=uuid.uuid4(),
        paper_id=order.paper_id,
        kind=order.kind.value,
        state=PLANNED,
        method=admitted.certificate.key_kind,
        officer_id=deed.actor.id,
        certificate=admitted.certificate.fingerprint,
        source_sha256=order.seen_sha256,
        prepared_sha256=stored,
        plan=json.loads(prepared.to_json()),
        planned_at=deed.at,
    )
    deed.session.add(signature)
    deed.detail |= {
        "signature": str(signature.id),
        "kind": order.kind.value,
        "source_sha256": order.seen_sha256,
        "document_digest": prepared.document_digest.hex(),
        "certificate": admitted.certificate.fingerprint,
        "mechanism": str(prepared.mechanism),
    }
    return signature.id


def _record(deed: Deed, order: _Order, signature_id: uuid.UUID, raw: bytes) -> None:
    """Keeps what the key gave, unless another attempt came meanwhile."""
    _hold(deed, order)
    _require_match(deed.session.get_one(Signature, signature_id), raw)
    keyed = deed.session.execute(
        update(Signature)
        .where(Signature.id == signature_id, Signature.state == PLANNED)
        .values(state=KEYED, raw_signature=raw, keyed_at=deed.at)
    )
    if keyed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise WrongStateError(
            "Lần ký này",
            expected=("không có lần ký khác xen vào",),
            actual="đã được thay bằng lần ký khác",
        )
    deed.detail |= {"signature": str(signature_id), "source_sha256": order.seen_sha256}


def _hold(deed: Deed, order: _Order) -> None:
    """Locks the paper's row, which must still be prepared."""
    held = deed.session.execute(
        update(Paper)
        .where(Paper.id == order.paper_id, Paper.state == PREPARED)
        .values(state=PREPARED)
    )
    if held.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        paper = get_paper(deed.session, order.paper_id)
        raise WrongStateError(
            f"“{paper.name}”", expected=("đã chuẩn bị, chờ ký",), actual=state_words(paper)
        )


def _require_match(row: Signature, raw: bytes) -> None:
    prepared = PreparedSignature.from_json(json.dumps(row.plan), pdf=b"")
    try:
        check_raw_signature(
            certificate=prepared.certificate.der,
            signed_attributes=prepared.signed_attributes,
            signature=raw,
            mechanism=prepared.mechanism,
        )
    except SignatureMismatchError as err:
        raise NotAcceptedError("Chữ ký của khoá", err.diagnosis()) from err
