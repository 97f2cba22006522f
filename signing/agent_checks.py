"""What a signatory's own machine checks before its key signs for a portal that it need not trust.

The portal sends the document to look at, and later a plan: bytes that are appended to it, and the
attributes that the key is to sign. Accepted is only a plan that

1. begins with the very bytes that were looked at,
2. leaves an empty container in the place it names,
3. adds one revision that fills the one field, with its mark, and nothing else,
4. has attributes that say the digest of these bytes, this certificate and these algorithms, and
   nothing else,
5. seals only what its officer has signed: the signature that is there holds, and is named.

So a signature cannot be led to anything that its owner has not seen. No key is touched here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms

from signing.container import DIGEST, make_signed_attributes
from signing.errors import OfferRefusedError
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.offered_revision import OfferedRevision, read_offered_revision
from signing.policy import INTEGRITY
from signing.request import PreparedSignature, SignatureKind
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify

FIELDS: Final = {SignatureKind.OFFICER: OFFICER_FIELD, SignatureKind.SEAL: SEAL_FIELD}
"""The field of each kind of signature in a directive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOffer:
    """A plan that passed; `prepared.signed_attributes` may be signed."""

    prepared: PreparedSignature
    revision: OfferedRevision
    signed_by: tuple[str, ...] = ()
    """Who has signed the document before: names in certificates, whose chains nobody judged here;
    asked for the seal alone."""


def check_offer(
    prepared: PreparedSignature, *, shown: bytes, kind: SignatureKind, certificate_sha256: str
) -> CheckedOffer:
    """Checks a plan against the document that was looked at.

    Args:
        prepared: the plan as the portal sent it.
        shown: the document that the person looked at.
        kind: what the person was told: officer's signature or seal.
        certificate_sha256: fingerprint of the certificate that the person was told.

    Raises:
        OfferRefusedError: the plan is for something else; nothing may be signed.
    """
    _require_prefix(prepared.pdf, shown)
    _require_container(prepared, len(shown))
    if hashlib.sha256(prepared.certificate.der).hexdigest() != certificate_sha256:
        raise OfferRefusedError("certificate", "another certificate than was shown")
    if kind not in FIELDS or prepared.field != FIELDS[kind]:
        raise OfferRefusedError("field", prepared.field)
    _require_attributes(prepared)
    revision = read_offered_revision(
        prepared.pdf,
        shown_length=len(shown),
        region=(prepared.region_start, prepared.region_end),
        kind=kind,
        field=FIELDS[kind],
    )
    signed_by = _signers(shown, prepared) if kind is SignatureKind.SEAL else ()
    return CheckedOffer(prepared=prepared, revision=revision, signed_by=signed_by)


def _require_prefix(pdf: bytes, shown: bytes) -> None:
    if len(pdf) <= len(shown) or not pdf.startswith(shown):
        raise OfferRefusedError("other_document", "does not begin with what was shown")


def _require_container(prepared: PreparedSignature, shown_length: int) -> None:
    start, end = prepared.region_start, prepared.region_end
    held = prepared.pdf[start:end] if shown_length < start < end <= len(prepared.pdf) else b""
    if not held or held[:1] + held[-1:] != b"<>" or held[1:-1].strip(b"0") or len(held) % 2:
        raise OfferRefusedError("place", f"{start}-{end}")


def _require_attributes(prepared: PreparedSignature) -> None:
    """Makes the attributes anew from what is here; they must be the same to the last byte."""
    digest = digest_of(prepared)
    if digest != prepared.document_digest:
        raise OfferRefusedError("digest", "of the plan")
    try:
        attributes = cms.CMSAttributes.load(prepared.signed_attributes, strict=True)
        said = [one["values"][0].native for one in attributes if one["type"].native == DIGEST]
    except (ValueError, TypeError, KeyError, IndexError) as err:
        raise OfferRefusedError("attributes", type(err).__name__) from err
    if said != [digest]:
        raise OfferRefusedError("digest", "in the attributes")
    expected = make_signed_attributes(digest, prepared.certificate, prepared.mechanism)
    if prepared.signed_attributes != expected:
        raise OfferRefusedError("attributes", "not those of this certificate and mechanism")


def _signers(shown: bytes, prepared: PreparedSignature) -> tuple[str, ...]:
    """Who signed what waits for the seal, by mathematics and later changes alone."""
    report = verify(shown, name="", policy=INTEGRITY, trust=TrustStore(), at=prepared.at)
    signed = [one for one in report.signatures if one.kind == "signature"]
    if report.verdict is not Verdict.PASSED or OFFICER_FIELD not in {one.field for one in signed}:
        codes = [one.code for each in report.signatures for one in each.findings]
        raise OfferRefusedError("unsigned", ", ".join(codes))
    return tuple(one.signer for one in signed)


def digest_of(prepared: PreparedSignature) -> bytes:
    """The digest over everything but the container, by the hash of the mechanism."""
    view = memoryview(prepared.pdf)
    hashing = hashlib.new(prepared.mechanism.digest.value, view[: prepared.region_start])
    hashing.update(view[prepared.region_end :])
    return hashing.digest()
