"""Prepared here, signed elsewhere: by a token at the signatory's own machine.

The plan of `actions.keying` is stored as for every key; its signature is handed in later, perhaps
days later and to another process. No PIN and no key comes here.
"""

import json
import uuid

from actions.auditing import Actor
from actions.desk import Desk
from actions.errors import AlreadyDoneError, CertificateUnfitError
from actions.keying import (
    Order,
    PlannedSignature,
    SigningAct,
    admit,
    look_at,
    plan,
    record,
    require_good,
    superseded,
)
from actions.signatures import PLANNED, living_signature
from actions.trying import looking, trying
from actions.using_keys import refusal_of
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.signature import Signature
from signing.certificates import SigningCertificate, find_issuers
from signing.errors import SigningError
from signing.mechanism import Mechanism, mechanism_for
from signing.request import PreparedSignature

ELSEWHERE = frozenset({"agent", "upload"})
"""Kinds of keys that are never opened here."""


def plan_elsewhere(
    desk: Desk, actor: Actor, directive_id: DirectiveId, act: SigningAct, *, seen_sha256: str
) -> PlannedSignature:
    """Prepares and stores what a key at another place will sign. Opens nothing here.

    Asked again for the same document by the same person it gives the plan that is there.

    Raises:
        CertificateUnfitError: the certificate's key is opened here, not elsewhere.
        ActionRefusedError: as `make_signature`.
    """
    order = Order(directive_id=directive_id, act=act, seen_sha256=seen_sha256)
    admitted = admit(desk, actor, order)
    row = admitted.certificate
    with trying(desk, actor, act.deed, subject=directive_id):
        if row.key_kind not in ELSEWHERE:
            reason = "Khoá của chứng thư này được mở tại máy chủ; ký bằng mã PIN trên trang ký."
            raise CertificateUnfitError(row.subject, reason)
    require_good(desk, actor, order, admitted)
    waiting = _waiting_plan(desk, actor, order, row)
    if waiting is not None:
        return waiting
    with trying(desk, actor, act.deed, subject=directive_id):
        issuers = find_issuers(row.der, desk.services.intermediates)
        certificate = SigningCertificate(der=row.der, issuers=issuers)
        mechanism = _mechanism(row, certificate)
    return plan(desk, actor, order, admitted, certificate=certificate, mechanism=mechanism)


def hand_in(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    act: SigningAct,
    *,
    signature_id: uuid.UUID,
    raw_signature: bytes,
) -> None:
    """Takes what a key elsewhere gave for a plan of this very person.

    The same signature handed in again changes nothing.

    Raises:
        AlreadyDoneError: the plan has another signature.
        WrongStateError: the plan was given up, or the directive has moved on.
        NotAcceptedError: the signature is not by the key of the planned certificate.
        ActionRefusedError: rights and state, as `make_signature`.
    """
    with looking(desk, actor, act.deed, subject=directive_id) as deed:
        row = deed.session.get(Signature, signature_id)
        if row is None or row.directive_id != directive_id or row.officer_id != actor.id:
            raise superseded(act)
        if row.raw_signature is not None:
            if row.raw_signature == raw_signature:
                return
            raise AlreadyDoneError(act.what)
        order = Order(directive_id=directive_id, act=act, seen_sha256=row.source_sha256)
        look_at(deed, order)
    record(desk, actor, order, signature_id, raw_signature)


def _mechanism(row: RegisteredCertificate, certificate: SigningCertificate) -> Mechanism:
    try:
        return mechanism_for(certificate, row.mechanism)
    except SigningError as err:
        raise refusal_of(err, row.subject) from err


def _waiting_plan(
    desk: Desk, actor: Actor, order: Order, certificate: RegisteredCertificate
) -> PlannedSignature | None:
    """The plan that this person already has for this very document and certificate."""
    with desk.database.reading() as session:
        row = living_signature(session, order.directive_id, order.act.kind)
        if (
            row is None
            or row.state != PLANNED
            or (row.officer_id, row.certificate, row.source_sha256, row.method)
            != (actor.id, certificate.fingerprint, order.seen_sha256, certificate.key_kind)
        ):
            return None
        identifier, stored, words = row.id, row.prepared_sha256, json.dumps(row.plan)
    with trying(desk, actor, order.act.deed, subject=order.directive_id):
        pdf = desk.archive.get(stored)
    return PlannedSignature(
        id=identifier,
        prepared=PreparedSignature.from_json(words, pdf=pdf),
        prepared_sha256=stored,
    )
