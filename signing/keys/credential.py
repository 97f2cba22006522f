"""What a remote signing service tells of a key, before anybody is asked for a PIN."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import algos

from signing.certificates import SigningCertificate, find_issuers, read_facts
from signing.errors import KeyRefusedError
from signing.keys.line import RemoteService, ServiceComplainedError, ServiceLine, wrong_answer
from signing.mechanism import Mechanism, Scheme

MOST_AT_ONCE: Final = 100
"""Hashes in one leave, however many a service allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a service tells of a key. Source: CSC API 1.0.4, 11.5."""

    id: str
    certificate: SigningCertificate
    algorithms: frozenset[str]
    """OIDs of what the key may be used with."""
    asks_pin: bool
    at_once: int
    """How many hashes one leave may cover."""


def look_up(line: ServiceLine, credential: str, known: Sequence[bytes]) -> Credential:
    """Asks a service about a key. Source: CSC API 1.0.4, 11.5.

    Args:
        line: To the service.
        credential: Identifier of the key there.
        known: DER of certificates among which issuers are looked for, besides the service's.

    Raises:
        KeyUnavailableError: The service does not answer.
        KeyRefusedError: `unauthorised`, `unknown_credential`, `credential_disabled`, `otp_needed`,
            `wrong_answer`.
    """
    body = {"credentialID": credential, "certificates": "chain", "certInfo": False}
    try:
        answer = line.ask("credentials/info", body, timeout_s=line.service.timeout_s)
    except ServiceComplainedError:
        raise _unknown_credential(line.service, credential) from None
    try:
        found = _read_credential(credential, answer, known)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise wrong_answer(line.service) from None
    _require_usable(line.service, answer)
    return found


def _read_credential(credential: str, answer: dict[str, Any], known: Sequence[bytes]) -> Credential:
    ders = [b64decode(one, validate=True) for one in answer["cert"]["certificates"]]
    for der in ders:
        read_facts(der)
    own, *others = ders
    return Credential(
        id=credential,
        certificate=SigningCertificate(der=own, issuers=find_issuers(own, [*others, *known])),
        algorithms=frozenset(str(one) for one in answer["key"]["algo"]),
        asks_pin=answer["authMode"] == "explicit"
        and answer.get("PIN", {}).get("presence", "true") != "false",
        at_once=max(1, min(int(answer.get("multisign", 1)), MOST_AT_ONCE)),
    )


def _require_usable(service: RemoteService, answer: dict[str, Any]) -> None:
    if answer["key"].get("status") != "enabled":
        raise KeyRefusedError(
            "credential_disabled",
            f"Khoá tại dịch vụ ký từ xa “{service.name}” đã bị ngừng. "
            "Việc cần làm: liên hệ dịch vụ để mở lại khoá.",
        )
    one_time = answer.get("OTP")
    if answer["authMode"] not in {"implicit", "explicit"} or (
        isinstance(one_time, dict) and one_time.get("presence") == "true"
    ):
        raise KeyRefusedError(
            "otp_needed",
            f"Dịch vụ ký từ xa “{service.name}” đòi mã dùng một lần hoặc đăng nhập riêng, ở đây "
            "không nhập được. Việc cần làm: tải văn bản về, ký bằng phần mềm của dịch vụ rồi nộp "
            "lại tệp đã ký.",
        )


def algorithm_of(service: RemoteService, credential: Credential, mechanism: Mechanism) -> str:
    """The service's name (OID) of a mechanism.

    Raises:
        KeyRefusedError: `mechanism`: the service does not offer it for this key.
    """
    if mechanism.scheme is Scheme.RSA_PSS:
        names = ["rsassa_pss"]
    elif mechanism.scheme is Scheme.RSA_PKCS1:
        names = [f"{mechanism.digest}_rsa", "rsassa_pkcs1v15"]
    elif mechanism.scheme is Scheme.ECDSA:
        names = [f"{mechanism.digest}_ecdsa"]
    else:
        names = []  # Ed25519 signs no hash.
    for name in names:
        oid = str(algos.SignedDigestAlgorithmId(name).dotted)
        if oid in credential.algorithms:
            return oid
    raise KeyRefusedError(
        "mechanism",
        f"Dịch vụ ký từ xa “{service.name}” không ký được theo cách {mechanism}. "
        "Việc cần làm: báo người vận hành chọn cách ký khác cho chứng thư này.",
    )


def _unknown_credential(service: RemoteService, credential: str) -> KeyRefusedError:
    return KeyRefusedError(
        "unknown_credential",
        f"Dịch vụ ký từ xa “{service.name}” không có khoá mang mã “{credential}”. "
        "Việc cần làm: báo người vận hành kiểm tra mã khoá đã đăng ký.",
    )


def require_certificate(
    service: RemoteService, credential: Credential, certificate: bytes | None
) -> None:
    """Refuses a key of another certificate than the one that is wanted, where one is.

    Raises:
        KeyRefusedError: `another_certificate`.
    """
    if certificate is None or certificate == credential.certificate.der:
        return
    raise KeyRefusedError(
        "another_certificate",
        f"Khoá tại dịch vụ ký từ xa “{service.name}” thuộc chứng thư khác với chứng thư đã đăng "
        "ký. Việc cần làm: báo người vận hành đăng ký lại chứng thư.",
    )
