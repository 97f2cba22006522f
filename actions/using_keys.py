"""What every signature does with a key: ask about its certificate, open it once, let it sign."""

import hashlib

from actions.desk import Desk
from actions.errors import CertificateUnfitError, PinRefusedError, UnavailableError
from models.officer import RegisteredCertificate
from signing.certificates import SigningCertificate
from signing.errors import (
    EvidenceUnavailableError,
    KeyRefusedError,
    KeyUnavailableError,
    SigningError,
)
from signing.fitness import check_certificate
from signing.keys.key import SigningKey


def require_good(desk: Desk, row: RegisteredCertificate) -> None:
    """Asks the authority, before the PIN. Source: NĐ 23/2025 Đ15-17 as practice (domain, 7.9).

    Raises:
        CertificateUnfitError: expired, revoked, not for signing, or not under an anchor.
        UnavailableError: the authority does not answer.
    """
    check = check_certificate(
        SigningCertificate(der=row.der), services=desk.services, at=desk.clock()
    )
    for problem in check.problems:
        if problem.code == EvidenceUnavailableError.code:
            raise UnavailableError("Dịch vụ chứng thực", problem.message)
        raise CertificateUnfitError(row.subject, problem.message)


def open_once(desk: Desk, row: RegisteredCertificate, pin: str) -> SigningKey:
    """Opens the key, once: a wrong PIN is the person's to repeat, never the machine's.

    Raises:
        PinRefusedError: wrong PIN, in the words of the key's keeper.
        UnavailableError: the key cannot be reached now.
        CertificateUnfitError: the keeper refuses, or it is not the registered certificate's key.
    """
    try:
        key = desk.open_key(row, pin)
    except SigningError as err:
        # `from None`: the library's own error must not carry anything of the PIN into a log.
        raise refusal_of(err, row.subject) from None
    if hashlib.sha256(key.certificate.der).hexdigest() != row.fingerprint:
        key.close()
        raise CertificateUnfitError(
            row.subject, "Khoá mở ra không phải khoá của chứng thư đã đăng ký."
        )
    return key


def announce_all(key: SigningKey, signed_attributes: list[bytes]) -> None:
    """Says to the key all that it will be asked to sign.

    Raises:
        ActionRefusedError: as `open_once`.
    """
    try:
        key.announce(signed_attributes)
    except SigningError as err:
        raise refusal_of(err, key.certificate.facts.name) from None


def let_key_sign(key: SigningKey, signed_attributes: bytes) -> bytes:
    """Returns what the key gives for what was planned and announced.

    Raises:
        ActionRefusedError: as `open_once`.
    """
    try:
        return key.sign(signed_attributes)
    except SigningError as err:
        raise refusal_of(err, key.certificate.facts.name) from None


def refusal_of(
    err: SigningError, subject: str
) -> PinRefusedError | CertificateUnfitError | UnavailableError:
    """The refusal that a person sees for what a key said."""
    if isinstance(err, KeyRefusedError) and err.reason == "wrong_pin":
        return PinRefusedError(err.diagnosis())
    if err.transient:
        service = "Khoá ký số" if isinstance(err, KeyUnavailableError) else "Dịch vụ chứng thực"
        return UnavailableError(service, err.diagnosis())
    return CertificateUnfitError(subject, err.diagnosis())
