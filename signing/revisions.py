"""The file as it was when a signature was made."""

from __future__ import annotations

from dataclasses import dataclass

from signing.outcome import SignatureReport, VerificationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRevision:
    """The bytes that lay before the signer, with the signature in them."""

    number: int
    """Of the signature in the report, from 1."""

    signature: SignatureReport
    data: bytes


def as_signed(data: bytes, signature: SignatureReport) -> bytes | None:
    """The front of the file up to the end of the revision that a signature covers.

    A later revision is appended and changes nothing before it, so this is the file that the signer
    saved, byte for byte. Source: ISO 32000-2, 7.5.6.

    Returns:
        None where the signature covers no whole revision, or the file is shorter.
    """
    length = signature.signed_length
    return data[:length] if length is not None and 0 < length <= len(data) else None


def signed_revisions(data: bytes, report: VerificationReport) -> tuple[SignedRevision, ...]:
    """The file as signed, for each signature and document time stamp where that can be told."""
    found = ((number, one, as_signed(data, one)) for number, one in enumerate(report.signatures, 1))
    return tuple(
        SignedRevision(number=number, signature=one, data=front)
        for number, one, front in found
        if front is not None
    )
