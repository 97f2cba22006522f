"""The officer's signature: made by the signatory with a PIN, finished by the machine.

Source: NĐ 30/2020 Đ13; HD 36-HD/VPTW II.1.7.1.
"""

import uuid

from actions import keying_elsewhere
from actions.access import require_person
from actions.auditing import Actor
from actions.changing import move
from actions.completing import CompletingAct, complete_signing
from actions.desk import Deed, Desk
from actions.entitlement import entitled_authority
from actions.errors import CertificateUnfitError
from actions.keying import PlannedSignature, SigningAct, make_signature
from actions.ordering import state_to_freeze
from actions.registering import enter_outgoing
from actions.signatures import usable_certificate
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import RegisteredCertificate
from signing.names import OFFICER_FIELD
from signing.request import SignatureKind


def sign(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, seen_sha256: str, pin: str
) -> None:
    """Lets the signatory sign the frozen document. The machine finishes with `complete`.

    Args:
        desk: the tools.
        actor: the signatory whom the directive names.
        directive_id: a numbered directive, or an approved one where the officer signs first.
        seen_sha256: digest of the document that the signatory saw, in hex.
        pin: opens the signatory's key; never stored, never written anywhere.

    Raises:
        NotAuthorisedError: the actor is not the signatory.
        NotEntitledError: the signatory may not sign this kind of paper today.
        WrongStateError: it is not the officer's turn, or another attempt came in between.
        StaleRevisionError: what was seen is not what is there.
        AlreadyDoneError: it was signed before.
        CertificateUnfitError: no registered certificate of this officer, or one that must not be
            used; known before the PIN is touched.
        PinRefusedError: wrong PIN; nothing was changed.
        UnavailableError: the key, the authority or the page is not to be had now.
    """
    make_signature(desk, actor, directive_id, ACT, seen_sha256=seen_sha256, pin=pin)


def plan_elsewhere(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, seen_sha256: str
) -> PlannedSignature:
    """Prepares and stores what a key at another place will sign; nothing is opened here.

    Raises:
        CertificateUnfitError: the certificate's key is opened here, or it must not be used.
        ActionRefusedError: otherwise as `sign`.
    """
    return keying_elsewhere.plan_elsewhere(desk, actor, directive_id, ACT, seen_sha256=seen_sha256)


def hand_in(
    desk: Desk,
    actor: Actor,
    directive_id: DirectiveId,
    *,
    signature_id: uuid.UUID,
    raw_signature: bytes,
) -> None:
    """Takes the signature that a key elsewhere made for a plan of this very person. Idempotent.

    Raises:
        NotAcceptedError: it is not by the key of the planned certificate.
        WrongStateError, AlreadyDoneError: the plan was given up, or has another signature.
        ActionRefusedError: rights and state, as `sign`.
    """
    keying_elsewhere.hand_in(
        desk,
        actor,
        directive_id,
        ACT,
        signature_id=signature_id,
        raw_signature=raw_signature,
    )


def complete(desk: Desk, directive_id: DirectiveId) -> None:
    """Finishes what the signatory's key began: time stamp, evidence, judgement, register.

    Idempotent: repeat it after a kill at any point; nothing happens where nothing is to be done.

    Raises:
        UnavailableError: the time-stamping authority or the evidence is not to be had; try again.
        NotAcceptedError: our own judgement refused; the signature is abandoned and the directive
            stays where it was.
    """
    complete_signing(desk, directive_id, _COMPLETE)


def certificate_of(deed: Deed, directive: Directive) -> RegisteredCertificate:
    """Returns the certificate that the signatory would sign with today.

    Raises:
        NotAuthorisedError: the actor is not the signatory.
        NotEntitledError: the signatory may not sign this kind of paper today.
        CertificateUnfitError: the office knows no usable certificate of this officer.
    """
    require_person(deed, directive.signatory_id, "ký văn bản", "người ký được phân công")
    entitled_authority(
        deed.session,
        directive.authority_id,
        officer_id=directive.signatory_id,
        organisation_id=directive.organisation_id,
        doc_type=directive.doc_type,
        day=deed.day,
    )
    certificate = usable_certificate(deed.session, deed.day, officer_id=deed.actor.id)
    if certificate is None:
        reason = "chưa có chứng thư nào của đồng chí được đăng ký và còn hiệu lực."
        raise CertificateUnfitError(deed.actor.name, reason)
    return certificate


def _signed(deed: Deed, directive: Directive, sha256_hex: str) -> None:
    move(
        deed,
        directive,
        DirectiveState.SIGNED,
        expected=state_to_freeze(deed.session, directive),
        signed_sha256=sha256_hex,
    )
    if directive.number is not None:  # else it is entered with its number
        enter_outgoing(deed, directive)


ACT = SigningAct(
    deed="sign",
    what="Ký số",
    kind=SignatureKind.OFFICER,
    field=OFFICER_FIELD,
    state=state_to_freeze,
    source=lambda directive: directive.frozen_sha256,
    admit=certificate_of,
)
_COMPLETE = CompletingAct(
    deed="complete_signature",
    what="Chữ ký của lãnh đạo",
    kind=SignatureKind.OFFICER,
    document="signed",
    archive_stamp=False,
    fields=(OFFICER_FIELD,),
    advance=_signed,
)
