"""What a judge of integrity hands on: one neutral shape, for our own judge and for the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from signing.outcome import ChangeReport
from signing.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """The facts of one CMS SignedData: a signature, or a time-stamp token. Source: RFC 5652, 5."""

    certificate: bytes
    """The signer's certificate, DER."""

    certificates: tuple[bytes, ...] = ()
    """DER of the other certificates that travel in it; claims until a chain proves them."""

    hash_name: str = ""
    """Of the signed content, as `hashlib` names it (`sha256`, `sha3_256`, `shake_256`)."""

    stamped_at: datetime | None = None
    """The instant that a token names (RFC 3161, genTime); None of anything but a token."""

    der: bytes = b""
    """The whole ContentInfo without padding: kept as evidence, never read again by the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvidence:
    """Certificates and revocation data in the document security store; DER, not judged yet.

    Source: ETSI EN 319 142-1, 5.4.2.
    """

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    """OCSPResponse (RFC 6960, 4.2.1)."""

    crls: tuple[bytes, ...] = ()
    """CertificateList (RFC 5280, 5.1)."""

    @property
    def has_revocation(self) -> bool:
        """Whether there is any OCSP answer or CRL."""
        return bool(self.ocsps or self.crls)

    def plus(self, extra: FileEvidence) -> FileEvidence:
        """Both together."""
        return FileEvidence(
            certificates=(*self.certificates, *extra.certificates),
            ocsps=(*self.ocsps, *extra.ocsps),
            crls=(*self.crls, *extra.crls),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPart:
    """One filled signature field, judged by the bytes of the file alone."""

    field: str
    """Fully qualified name."""

    kind: str = "signature"
    """`signature` or `timestamp` (a document time stamp: /SubFilter ETSI.RFC3161)."""

    subfilter: str = ""
    """Without the slash: `ETSI.CAdES.detached`."""

    revision: int = 1 << 30
    """Ordinal of the revision that it signs, 0 the oldest; very large where it cannot be told."""

    message: SignedMessage | None = None
    """None where its CMS cannot be read."""

    tokens: tuple[SignedMessage, ...] = ()
    """The signature's own time stamps whose mathematics holds over this very signature value. A
    token from elsewhere is genuine too, but would date the signature back."""

    covers: str = "partial"
    """whole_file, revision or partial."""

    certifies: bool = False
    claimed_time: datetime | None = None
    """signingTime, else /M; never decides."""

    reason: str = ""
    """/Reason, as written by the signer's software."""

    signed_length: int | None = None
    """Where its byte range ends; None where it covers no whole revision."""

    changes: tuple[ChangeReport, ...] = ()
    """What later revisions did, where that can be told."""

    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing speaks against the mathematics, the coverage or the later changes."""
        return self.message is not None and all(
            one.effect is Verdict.PASSED for one in self.findings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """Everything in a file that is a signature, each judged by the bytes alone."""

    parts: tuple[SignedPart, ...] = ()
    """By revision, earliest first; those that cannot be judged last."""

    evidence: FileEvidence = field(default_factory=FileEvidence)
    findings: tuple[Finding, ...] = ()
    """About the file as a whole."""
