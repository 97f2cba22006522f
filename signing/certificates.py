"""A certificate as the rest of the product sees it: bytes and plain facts, no foreign objects."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from signing.encoding.certificate import (
    SUBJECT_ALTERNATIVE_NAME,
    Certificate,
    parse_certificate,
)
from signing.encoding.der import DerFault
from signing.encoding.names import (
    COMMON_NAME,
    EMAIL,
    ORGANISATION,
    OtherText,
    first_attributes,
    first_email,
    plain_email,
)
from signing.errors import KeyRefusedError

if TYPE_CHECKING:
    # Slow to import: whoever only carries reports about must not wait for it.
    from asn1crypto import keys, x509


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificate:
    """The certificate that a signature names, with its issuers."""

    der: bytes
    """The signer's certificate, DER."""

    issuers: tuple[bytes, ...] = ()
    """DER of the issuing certificates, nearest first; may be empty."""

    @property
    def facts(self) -> CertificateFacts:
        """What the certificate says."""
        return read_facts(self.der)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says about itself; claims until a chain proves them."""

    name: str
    """Common name of the subject; empty if it has none."""

    organisation: str
    email: str
    """From the subject alternative name, else from the subject."""

    serial: str
    """Serial number, upper-case hexadecimal without leading zeros."""

    issuer: str
    """Common name of the issuer."""

    not_before: datetime
    not_after: datetime
    key_usage: frozenset[str]
    """RFC 5280 names with underscores (`non_repudiation`); empty where the extension is absent."""

    sha256_hex: str
    """Fingerprint over the DER."""

    key: str = ""
    """Kind of the public key: `rsa`, `rsassa_pss`, `ec`, `ed25519`, `ed448`, `dsa`."""

    key_bits: int = 0
    """Of an RSA key; 0 of other kinds."""


def load(der: bytes) -> x509.Certificate:
    """The certificate as asn1crypto's object; inside this room only."""
    from asn1crypto import x509  # noqa: PLC0415 (see above)

    return x509.Certificate.load(der)


def _first(value: object) -> str:
    """A name may hold an attribute more than once."""
    if isinstance(value, list):
        return _first(value[0]) if value else ""
    return "" if value is None else str(value)


def _email(certificate: x509.Certificate) -> str:
    for name in certificate.subject_alt_name_value or ():
        if name.name == "rfc822_name":
            return str(name.native)
    return _first(certificate.subject.native.get("email_address"))


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Plain facts of asn1crypto's object."""
    subject, issuer = certificate.subject.native, certificate.issuer.native
    usage = certificate.key_usage_value
    return CertificateFacts(
        name=_first(subject.get("common_name")),
        organisation=_first(subject.get("organization_name")),
        email=_email(certificate),
        serial=f"{certificate.serial_number:X}",
        issuer=_first(issuer.get("common_name")) or _first(issuer.get("organization_name")),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        key_usage=frozenset(usage.native) if usage is not None else frozenset(),
        sha256_hex=hashlib.sha256(certificate.dump()).hexdigest(),
        key=str(certificate.public_key.algorithm),
        key_bits=_bits(certificate.public_key),
    )


def _bits(key: keys.PublicKeyInfo) -> int:
    """Size of an RSA key; 0 of other kinds, whose size follows from their curve."""
    return int(key.bit_size) if key.algorithm in {"rsa", "rsassa_pss"} else 0


@lru_cache(maxsize=2048)
def read_facts(der: bytes) -> CertificateFacts:
    """Plain facts of a DER certificate.

    Read without asn1crypto where that comes to the very same; its way is slow.

    Raises:
        ValueError: It cannot be read.
    """
    try:
        return _facts(parse_certificate(der))
    except (DerFault, OtherText, LookupError, ValueError):
        pass  # a character set or a form that is left to the library
    try:
        return facts_of(load(der))
    except (TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as err:
        # Strangers' certificates bring all of these out of the library.
        raise ValueError(type(err).__name__) from err


_KEYS: Final = {
    "1.2.840.113549.1.1.1": "rsa",
    "1.2.840.113549.1.1.10": "rsassa_pss",
    "1.2.840.10045.2.1": "ec",
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
    "1.2.840.10040.4.1": "dsa",
}


def _facts(certificate: Certificate) -> CertificateFacts:
    subject = first_attributes(certificate.subject)
    issuer = first_attributes(certificate.issuer)
    return CertificateFacts(
        name=subject.get(COMMON_NAME, ""),
        organisation=subject.get(ORGANISATION, ""),
        email=_plain_email(certificate, subject),
        serial=f"{certificate.serial:X}",
        issuer=issuer.get(COMMON_NAME) or issuer.get(ORGANISATION, ""),
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        key_usage=certificate.usages or frozenset(),
        sha256_hex=certificate.fingerprint.hex(),
        key=_KEYS[certificate.key_algorithm.oid],
        key_bits=certificate.rsa_bits,
    )


def _plain_email(certificate: Certificate, subject: Mapping[str, str]) -> str:
    alternative = certificate.extensions.get(SUBJECT_ALTERNATIVE_NAME)
    named = first_email(alternative.value) if alternative is not None else None
    return named if named is not None else plain_email(subject.get(EMAIL, ""))


def refuse_unfit(facts: CertificateFacts, *, at: datetime) -> None:
    """Refuses a certificate that its own words make unfit for signing documents; asks nobody.

    Raises:
        KeyRefusedError: Not yet valid or expired at `at`, or without the usage nonRepudiation.

    Source: RFC 5280, 4.1.2.5 (validity) and 4.2.1.3 (key usage).
    """
    if at < facts.not_before:
        raise KeyRefusedError(
            "not_yet_valid",
            f"Chứng thư chưa có hiệu lực (từ ngày {_day(facts.not_before)}). "
            "Việc cần làm: chọn chứng thư khác.",
        )
    if at > facts.not_after:
        raise KeyRefusedError(
            "expired",
            f"Chứng thư đã hết hạn ngày {_day(facts.not_after)}. "
            "Việc cần làm: xin cấp lại chứng thư.",
        )
    if "non_repudiation" not in facts.key_usage:
        raise KeyRefusedError(
            "wrong_usage",
            "Chứng thư này không được cấp để ký văn bản. Việc cần làm: chọn chứng thư ký số.",
        )


def _day(moment: datetime) -> str:
    return f"{moment.day}/{moment.month}/{moment.year}"


def find_issuers(der: bytes, known: Sequence[bytes]) -> tuple[bytes, ...]:
    """The chain above a certificate among those that are known, nearest first.

    Found by names alone: they travel with a signature as a help, and prove nothing.
    """
    found: list[bytes] = []
    below = load(der)
    while not below.self_issued:
        above = next(
            (
                one
                for one in known
                if one not in found and load(one).subject == below.issuer and one != der
            ),
            None,
        )
        if above is None:
            break
        found.append(above)
        below = load(above)
    return tuple(found)
