"""The report of a judgement, and the one way from it to something that the rest accepts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import UTC, datetime
from typing import Final

from signing.certificates import CertificateFacts
from signing.errors import NotAcceptedError
from signing.language import Language
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import VerificationPolicy
from signing.saying import say_verdict
from signing.strength import last_day_of_key
from signing.verdict import Finding, Verdict, worst
from signing.words import ADVICE

_NOT_OWN: Final = (
    "Chữ ký hợp lệ nhưng không phải của người, cơ quan và ô chữ ký đã định. "
    "Việc cần làm: đối chiếu chứng thư rồi ký lại."
)
_MAKER: Final = object()
"""Held by this module alone: `VerificationReport.require` is the only maker of what is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """One thing that was changed after a signature; words are in `signing.change_words`."""

    kind: str
    """signature_added, timestamp_added, field_filled, value_changed, annotation, page_content,
    attachment, script, evidence_added, metadata, form or other."""

    detail: str = ""
    """Of a field its name; else the key or the object, as the file has it."""

    old: str = ""
    """The value before; empty where there was none."""

    new: str = ""
    page: int | None = None
    """From 1; None where it is on no page, or that cannot be told."""

    allowed: bool = True
    """Whether this signature's own permissions allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What is known of one signature or document time stamp."""

    field: str
    kind: str
    """`signature` or `timestamp`."""

    signer: str = ""
    organisation: str = ""
    email: str = ""
    serial: str = ""
    certificate_sha256_hex: str = ""
    claimed_time: datetime | None = None
    """What the signer's machine wrote; never decides."""

    proven_time: datetime | None = None
    """What trusted time stamps prove; only under a policy that judges trust."""

    level: str = "none"
    """B-B, B-T, B-LT, B-LTA or none."""

    covers: str = "partial"
    """whole_file, revision or partial."""

    certifies: bool = False
    """Whether it certifies the document (DocMDP)."""

    reason: str = ""
    """/Reason, as written by the signer's software."""

    chain: tuple[CertificateFacts, ...] = ()
    """From the anchor to the signer, where the chain is good."""

    signed_length: int | None = None
    """Bytes from the file's start to the end of the signed revision: the file as it was signed.
    None where the signature covers no whole revision."""

    changes: tuple[ChangeReport, ...] = ()
    """What later revisions did, oldest first, where our own judge could tell."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings."""
        return worst(one.effect for one in self.findings)

    @property
    def ends(self) -> datetime | None:
        """When the first certificate below the anchor ends, or its key grows too short.

        None where no chain is good.
        """
        return min((_end(one) for one in self.chain[-1:] + self.chain[1:]), default=None)


def _end(facts: CertificateFacts) -> datetime:
    last = last_day_of_key(facts)
    if last is None:
        return facts.not_after
    return min(facts.not_after, datetime(last.year, last.month, last.day, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedSignature:
    """A signature that passed. Only `VerificationReport.require` makes one."""

    field: str
    kind: str
    signer: str
    organisation: str
    email: str
    serial: str
    certificate_sha256_hex: str
    claimed_time: datetime | None
    proven_time: datetime | None
    level: str
    certifies: bool
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        _refuse_others(maker)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedDocument:
    """A file that passed under a policy. Only `VerificationReport.require` makes one."""

    sha256_hex: str
    policy_name: str
    policy_version: str
    at: datetime
    signatures: tuple[AcceptedSignature, ...]
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        _refuse_others(maker)

    def signature(self, field: str) -> AcceptedSignature | None:
        """The signature in a field."""
        return next((one for one in self.signatures if one.field == field), None)

    def require_own(self, *, officer_sha256_hex: str, agency_sha256_hex: str | None) -> None:
        """Insists on the shape of our own directives: who signed, in which field, and nobody else.

        Args:
            officer_sha256_hex: Fingerprint of the certificate planned for the officer, whose
                signature lies in the officer's field and certifies the document.
            agency_sha256_hex: Fingerprint of the agency's certificate; None before the seal.

        Raises:
            NotAcceptedError: Another certificate, another field, or a further signature.
        """
        wanted = {(OFFICER_FIELD, officer_sha256_hex, True)}
        if agency_sha256_hex is not None:
            wanted.add((SEAL_FIELD, agency_sha256_hex, False))
        found = [
            (one.field, one.certificate_sha256_hex, one.certifies)
            for one in self.signatures
            if one.kind == "signature"
        ]
        if len(found) != len(wanted) or set(found) != wanted:
            raise NotAcceptedError(Verdict.PASSED.value, _NOT_OWN)


def _refuse_others(maker: object) -> None:
    if maker is not _MAKER:
        raise TypeError("only VerificationReport.require makes what is accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationNeed:
    """A certificate of whose revocation nothing usable is known, and where to ask."""

    certificate: bytes
    """DER."""

    issuer: bytes
    """DER."""

    ocsp_urls: tuple[str, ...] = ()
    """As the certificate has them: a stranger's words. Source: RFC 5280, 4.2.2.1."""

    crl_urls: tuple[str, ...] = ()
    """Likewise. Source: RFC 5280, 4.2.1.13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """Every finding about a file. It has no truth value: read `verdict`, or call `require`."""

    name: str
    """How the caller names the file."""

    sha256_hex: str
    size_bytes: int
    policy_name: str
    policy_version: str
    at: datetime
    """The instant about which the report speaks; aware, UTC."""

    signatures: tuple[SignatureReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    test_only: bool = False
    """A test's anchor was used: nothing here has legal value."""

    milliseconds: float = 0.0
    manifest_sha256_hex: str = ""
    """Of the manifest under which the inputs of this judgement were kept; empty where they were
    not. See `signing.records`."""

    needs: tuple[RevocationNeed, ...] = ()
    """Evidence that was missing or stale; only for `signing.gathering`, never shown."""

    def __bool__(self) -> bool:
        """Refused, so that nobody mistakes a report for a yes."""
        raise TypeError("a report has no truth value: call require(policy)")

    @property
    def verdict(self) -> Verdict:
        """`unreadable`, else `unsigned`, else the worst; never PASSED without a signature."""
        effects = {one.effect for one in self.findings}
        if Verdict.UNREADABLE in effects:
            return Verdict.UNREADABLE
        if Verdict.UNSIGNED in effects:
            return Verdict.UNSIGNED
        parts = (*(one.verdict for one in self.signatures), *effects)
        if not any(one.kind == "signature" for one in self.signatures):
            return worst((Verdict.INDETERMINATE, *parts))
        return worst(parts)

    @property
    def renew_by(self) -> datetime | None:
        """By when an archive time stamp must be added, so that the verdict can be reached later.

        The earliest end of what it rests on: the newest document time stamp, and the signer's
        certificate of each signature that none covers. None unless passed under a policy with
        trust. Source: ETSI EN 319 142-1, 5.4.3.
        """
        if self.verdict is not Verdict.PASSED:
            return None
        stamps = [at for at, one in enumerate(self.signatures) if one.kind == "timestamp"]
        resting = self.signatures[stamps[-1] if stamps else 0 :]
        return min((one.ends for one in resting if one.ends is not None), default=None)

    def require(self, policy: VerificationPolicy) -> AcceptedDocument:
        """The way on, for a file that passed under exactly this policy.

        Raises:
            NotAcceptedError: Another verdict than passed, or judged under another policy.
        """
        same = (self.policy_name, self.policy_version) == (policy.name, policy.version)
        if self.verdict is not Verdict.PASSED or not same:
            raise NotAcceptedError(self.verdict.value, sentence(self))
        return AcceptedDocument(
            sha256_hex=self.sha256_hex,
            policy_name=self.policy_name,
            policy_version=self.policy_version,
            at=self.at,
            signatures=tuple(_accept(one) for one in self.signatures),
            maker=_MAKER,
        )


def _accept(signature: SignatureReport) -> AcceptedSignature:
    return AcceptedSignature(
        field=signature.field,
        kind=signature.kind,
        signer=signature.signer,
        organisation=signature.organisation,
        email=signature.email,
        serial=signature.serial,
        certificate_sha256_hex=signature.certificate_sha256_hex,
        claimed_time=signature.claimed_time,
        proven_time=signature.proven_time,
        level=signature.level,
        certifies=signature.certifies,
        maker=_MAKER,
    )


def all_findings(report: VerificationReport) -> list[Finding]:
    """The file's findings and every signature's."""
    return [*report.findings, *(one for part in report.signatures for one in part.findings)]


def _reason(findings: Iterable[Finding], effect: Verdict) -> Finding | None:
    """The first finding that makes it so; rather one for which people know what to do."""
    same = [one for one in findings if one.effect is effect]
    return next((one for one in same if one.code in ADVICE), same[0] if same else None)


def sentence(report: VerificationReport, language: Language = Language.VI) -> str:
    """The judgement in one or two plain sentences, with what to do."""
    verdict = report.verdict
    reason = _reason(all_findings(report), verdict)
    return say_verdict(verdict, reason=reason, signers=_signers(report), language=language)


def _signers(report: VerificationReport) -> list[str]:
    return [
        one.signer + _of_whom(one)
        for one in report.signatures
        if one.kind == "signature" and one.signer
    ]


def _of_whom(one: SignatureReport) -> str:
    alike = one.organisation.casefold() == one.signer.casefold()
    return "" if alike or not one.organisation else f" ({one.organisation})"
