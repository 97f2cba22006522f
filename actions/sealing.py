"""The agency's seal: by the registry clerk alone, on what the officer has signed.

Source: NĐ 30/2020 Đ17.2, Đ32.2 (the clerk seals in person, only what the authorised person signed).
"""

import uuid

from actions import keying_elsewhere
from actions.access import require_role
from actions.auditing import Actor
from actions.changing import get_directive, move
from actions.completing import CompletingAct, complete_signing, require_accepted
from actions.desk import Deed, Desk
from actions.errors import CertificateUnfitError, SeparationError
from actions.keying import PlannedSignature, SigningAct, make_signature
from actions.ordering import decided_order, state_to_seal
from actions.signatures import usable_certificate
from actions.trying import looking, trying
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, Order
from models.officer import RegisteredCertificate, Role
from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD, SEAL_FIELD
from signing.numbers.filling import date_value, number_value
from signing.request import SignatureKind


def seal(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, seen_sha256: str, pin: str
) -> None:
    """Lets the clerk seal the signed document. The machine finishes with `complete`.

    The officer's signature is judged anew before the PIN is touched.

    Args:
        desk: the tools.
        actor: a registry clerk, who is not the signatory.
        directive_id: a signed directive, with its number.
        seen_sha256: digest of the signed document that the clerk saw, in hex.
        pin: opens the agency's key; never stored, never written anywhere.

    Raises:
        NotAuthorisedError, SeparationError: the actor is no clerk, or is the signatory.
        WrongStateError: the officer has not signed yet, or it is sealed already.
        NotAcceptedError: the officer's signature does not hold.
        StaleRevisionError, AlreadyDoneError, CertificateUnfitError, PinRefusedError,
        UnavailableError: as in `actions.signing_off.sign`.
    """
    require_signed(desk, actor, directive_id)
    make_signature(desk, actor, directive_id, ACT, seen_sha256=seen_sha256, pin=pin)


def require_signed(desk: Desk, actor: Actor, directive_id: DirectiveId) -> None:
    """Judges the officer's signature anew, for one who may seal.

    Raises:
        NotAuthorisedError, SeparationError, CertificateUnfitError: as `certificate_of`.
        NotAcceptedError: the officer's signature does not hold.
        UnavailableError: the judge is not to be had.
    """
    with looking(desk, actor, "seal", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        certificate_of(deed, directive)
        due = directive.state == state_to_seal(deed.session, directive)
        signed = directive.signed_sha256 if due else None
    if signed is not None:
        with trying(desk, actor, "seal", subject=directive_id):
            require_accepted(desk, desk.archive.get(signed), what="Chữ ký của lãnh đạo")


def plan_elsewhere(
    desk: Desk, actor: Actor, directive_id: DirectiveId, *, seen_sha256: str
) -> PlannedSignature:
    """Prepares and stores what a key at another place will sign; nothing is opened here.

    Raises:
        CertificateUnfitError: the certificate's key is opened here, or it must not be used.
        ActionRefusedError: otherwise as `seal`.
    """
    require_signed(desk, actor, directive_id)
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
        ActionRefusedError: rights and state, as `seal`.
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
    """Finishes the seal: time stamp, evidence, archive time stamp, judgement of both signatures.

    Idempotent: repeat it after a kill at any point; nothing happens where nothing is to be done.

    Raises:
        UnavailableError: the time-stamping authority or the evidence is not to be had; try again.
        NotAcceptedError: our own judgement refused; the seal is abandoned and the directive stays
            where it was.
    """
    complete_signing(desk, directive_id, _COMPLETE)


def certificate_of(deed: Deed, directive: Directive) -> RegisteredCertificate:
    """Returns the agency's certificate that would seal today.

    Raises:
        NotAuthorisedError, SeparationError: the actor is no clerk, or is the signatory.
        CertificateUnfitError: the office knows no usable certificate of the agency.
    """
    require_role(deed, Role.REGISTRY_CLERK, directive.organisation_id, "đóng dấu văn bản")
    if deed.actor.id == directive.signatory_id:
        raise SeparationError(deed.actor.name, "ký", "đóng dấu")
    certificate = usable_certificate(
        deed.session, deed.day, organisation_id=directive.organisation_id
    )
    if certificate is None:
        reason = "chưa có chứng thư nào của cơ quan được đăng ký và còn hiệu lực."
        raise CertificateUnfitError(directive.organisation_id, reason)
    return certificate


def _sealed(deed: Deed, directive: Directive, sha256_hex: str) -> None:
    move(
        deed,
        directive,
        DirectiveState.SEALED,
        expected=state_to_seal(deed.session, directive),
        sealed_sha256=sha256_hex,
    )


def fill_in(directive: Directive) -> tuple[tuple[str, str], ...]:
    """Returns what the sealed revision fills in: nothing, where the number was there before."""
    if decided_order(directive) is not Order.SIGN_FIRST:
        return ()
    if directive.number is None or directive.issue_date is None:
        return ()
    return (
        (NUMBER_FIELD, number_value(directive.number)),
        (DATE_FIELD, date_value(directive.issue_date)),
    )


ACT = SigningAct(
    deed="seal",
    what="Đóng dấu",
    kind=SignatureKind.SEAL,
    field=SEAL_FIELD,
    state=state_to_seal,
    source=lambda directive: directive.signed_sha256,
    admit=certificate_of,
    fill=fill_in,
)
_COMPLETE = CompletingAct(
    deed="complete_seal",
    what="Dấu của cơ quan",
    kind=SignatureKind.SEAL,
    document="sealed",
    archive_stamp=True,
    fields=(OFFICER_FIELD, SEAL_FIELD),
    advance=_sealed,
)
