"""The CMS of an uploaded signature: who, by what, over what. Source: RFC 5652, 5; RFC 5035, 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signing.certificates import SigningCertificate, read_facts
from signing.judge.crypto.algorithms import UnknownScheme, scheme_of
from signing.judge.crypto.cms import Message, read_message
from signing.judge.crypto.faults import RefusedMessage
from signing.judge.crypto.mathematics import CADES, PKCS7, judge_message
from signing.judge.faults import Unsure
from signing.judge.file.signatures import SignatureField
from signing.policy import OFFICIAL
from signing.uploaded.errors import (
    BadTimeStampError,
    EncapsulatedError,
    MalformedSignatureError,
    NotIntactError,
    NotUnderstoodError,
    OtherSignerError,
    SubstitutedCertificateError,
    UnnamedCertificateError,
    UploadRefusedError,
    WeakAlgorithmError,
    WrongFormatError,
)
from signing.verdict import Finding, Verdict

_FORMATS: Final = frozenset({CADES, PKCS7})
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
"""What is taken of other tools; as what we sign with ourselves. Source: ETSI TS 119 312, 5."""

_SCHEMES: Final = {"rsa": "rsa-pkcs1", "pss": "rsa-pss", "ec": "ecdsa"}
"""As `signing.mechanism` names them."""


@dataclass(frozen=True, slots=True)
class Container:
    """What of a container is kept."""

    signature: bytes
    mechanism: str
    has_time_stamp: bool


def read_container(
    field: SignatureField, digest_of: Callable[[str], bytes], certificate: SigningCertificate
) -> Container:
    """Checks the container of the one new signature.

    Args:
        field: The signature.
        digest_of: Of what it covers, by the hash's name.
        certificate: Who must have signed.

    Raises:
        UploadRefusedError: Of another kind, of somebody else, weak, or not intact.
    """
    if field.subfilter not in _FORMATS:
        raise WrongFormatError(format=field.subfilter or "lạ")
    try:
        message = read_message(field.contents)
        _refuse_signer(message, certificate)
        _refuse_weak(message, certificate)
        findings, _, tokens = judge_message(message, digest_of, field.subfilter, OFFICIAL)
    except RefusedMessage as err:
        raise _refusal(err) from err
    except Unsure as err:
        raise NotUnderstoodError(rule=str(err)) from err
    _refuse_findings(findings)
    return Container(message.signature, _mechanism(message), bool(tokens))


def _refusal(err: RefusedMessage) -> UploadRefusedError:
    if err.code == "certificate_mismatch":
        return SubstitutedCertificateError()
    if err.code == "content_encapsulated":
        return EncapsulatedError()
    return MalformedSignatureError(detail=str(err))


def _refuse_findings(findings: tuple[Finding, ...]) -> None:
    for one in findings:
        if one.code == "timestamp_mismatch":
            raise BadTimeStampError
        if one.code == "padding_used":
            raise MalformedSignatureError(detail="dữ liệu thừa sau giá trị chữ ký")
        if one.effect is not Verdict.PASSED:
            raise NotIntactError


def _refuse_signer(message: Message, certificate: SigningCertificate) -> None:
    """The signer's name leads to this certificate, and what was signed names it too."""
    if message.certificate.encoded != certificate.der:
        try:
            other = read_facts(message.certificate.encoded)
            name, serial = other.name or other.organisation, other.serial
        except ValueError:
            name, serial = "không đọc được tên", "?"
        raise OtherSignerError(name=name, serial=serial, expected=certificate.facts.name)
    if not message.names_certificate:
        raise UnnamedCertificateError


def _refuse_weak(message: Message, certificate: SigningCertificate) -> None:
    if message.hash_name not in _HASHES:
        raise WeakAlgorithmError(algorithm=message.hash_name.upper())
    try:
        scheme = scheme_of(message.algorithm)
    except UnknownScheme as err:
        raise WeakAlgorithmError(algorithm=err.oid) from err
    if scheme.hash_name and scheme.hash_name not in _HASHES:
        raise WeakAlgorithmError(algorithm=scheme.hash_name.upper())
    bits = certificate.facts.key_bits
    if 0 < bits < OFFICIAL.rsa_bits:
        raise WeakAlgorithmError(algorithm=f"RSA {bits} bit")


def _mechanism(message: Message) -> str:
    scheme = scheme_of(message.algorithm)
    return f"{_SCHEMES.get(scheme.family, scheme.family)}/{message.hash_name}"
