"""Judges the signatures of a PDF. Judging returns: what is wrong with a file is in the report.

The steps, in this order; each block below bears its number.

1. Size: larger than the limit, nothing is read.
2. Inventory: every signature field, those that cannot be judged too; signature dictionaries
   that no field reaches; bytes after the end.
3. Integrity of each signature and document time stamp: mathematics, its time stamp's mathematics,
   coverage, later changes, form values, hash.
4. Under a policy with trust only: document time stamps, newest first. Each good one proves that all
   before it existed then, and so the instant at which older ones are judged.
5. Each signature's proven time: the earliest of its own time stamps and the document time
   stamp over it.
6. Each signer's certificate at the proven time: chain, validity, revocation, usage, algorithm; then
   its registration in the office's data.

A signature passes only if no step speaks against it; a file only if all of its signatures pass.
Nothing is fetched. What the signer claims (time, reason, name) is shown, and decides nothing.

For bytes from outside call `signing.sandbox`, which runs this under limits.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import replace
from datetime import datetime
from typing import Final

from pyhanko.sign.validation import EmbeddedPdfSignature

from signing.certificates import facts_of
from signing.judge.chain import ChainJudge, Evidence, read_evidence
from signing.judge.integrity import Integrity, is_document_stamp, judge_integrity
from signing.judge.reading import LEAKS, Inventory, Listed, take_inventory
from signing.judge.signer import judge_registration, judge_signer
from signing.judge.times import (
    StampAnswer,
    StampedRevision,
    covering,
    is_trusted,
    judge_stamp,
    prove_time,
)
from signing.outcome import SignatureReport, VerificationReport
from signing.policy import VerificationPolicy
from signing.trust import TrustStore
from signing.verdict import Finding
from signing.words import finding

MAX_FILE_BYTES: Final = 50 << 20
"""The product's one limit of file size, unless the setting says otherwise."""

_CADES: Final = "/ETSI.CAdES.detached"


def verify(
    data: bytes,
    *,
    name: str,
    policy: VerificationPolicy,
    trust: TrustStore,
    at: datetime,
    max_bytes: int = MAX_FILE_BYTES,
) -> VerificationReport:
    """Judges all signatures of a file.

    Args:
        data: The file.
        name: How the report names it.
        policy: Which rules.
        trust: Anchors and registrations; read only under a policy with trust.
        at: Aware, UTC; the instant about which the report speaks.
        max_bytes: Larger files are unreadable.

    Returns:
        A report. Nothing that a file holds makes this raise, save exhausted memory.

    Raises:
        RuntimeError: Called inside a running event loop; call it in a thread.
    """
    _refuse_inside_loop()
    began = time.perf_counter()
    report = VerificationReport(
        name=name,
        sha256_hex=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        policy_name=policy.name,
        policy_version=policy.version,
        at=at,
    )
    # 1. Size.
    if len(data) > max_bytes:
        found = replace(report, findings=(finding("too_large", limit_mb=max_bytes >> 20),))
    else:
        # 2. Inventory.
        found = _judge(report, take_inventory(data), policy, trust)
    return replace(found, milliseconds=round((time.perf_counter() - began) * 1000, 1))


def _refuse_inside_loop() -> None:
    """Inside a loop every signature would look unreadable: the library needs a loop of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("verify() was called inside a running event loop")


def _judge(
    report: VerificationReport,
    inventory: Inventory,
    policy: VerificationPolicy,
    trust: TrustStore,
) -> VerificationReport:
    if inventory.reader is None:
        return replace(report, findings=inventory.findings)
    evidence = read_evidence(inventory.reader)
    # 3. Integrity.
    parts = [_integrity(one, inventory, policy) for one in inventory.listed]
    if policy.trust:
        judge = ChainJudge(trust=trust, policy=policy, evidence=evidence)
        parts = _Trust(judge, report.at).judge(parts)
    test_only = any(part.test_only for part in parts)
    tested = (finding("test_certificates"),) if test_only else ()
    return replace(
        report,
        signatures=tuple(part.describe(evidence, parts) for part in parts),
        findings=(*inventory.findings, *tested),
        test_only=test_only,
    )


class _Part:
    """One signature on its way through the steps."""

    def __init__(self, listed: Listed, integrity: Integrity | None) -> None:
        self.listed = listed
        self.signature = listed.signature
        self.integrity = integrity
        self.findings: list[Finding] = list(listed.findings)
        if integrity is not None:
            self.findings += integrity.findings
        self.proven: datetime | None = None
        self.answer: StampAnswer | None = None
        self.report = SignatureReport(field=listed.field, kind="signature")
        self.test_only = False

    @property
    def is_stamp(self) -> bool:
        return self.signature is not None and is_document_stamp(self.signature)

    def describe(self, evidence: Evidence, parts: list[_Part]) -> SignatureReport:
        """The report of this signature; facts that cannot be read stay empty."""
        described = self.report
        if self.signature is not None:
            try:
                described = _facts(described, self.signature)
                stamped = self.integrity is not None and bool(self.integrity.tokens)
                level = _level(self.signature, evidence, parts, stamped=stamped)
            except LEAKS as err:
                level = "none"
                self.findings.append(finding("signature_unreadable", detail=type(err).__name__))
            described = replace(described, level=level)
        return replace(
            described,
            kind="timestamp" if self.is_stamp else "signature",
            covers=self.integrity.covers if self.integrity is not None else "partial",
            proven_time=self.proven,
            findings=tuple(self.findings),
        )


def _integrity(listed: Listed, inventory: Inventory, policy: VerificationPolicy) -> _Part:
    if listed.signature is None:
        return _Part(listed, None)
    return _Part(listed, judge_integrity(listed.signature, fields=inventory.fields, policy=policy))


class _Trust:
    """Steps 4 to 6, for one file."""

    def __init__(self, judge: ChainJudge, at: datetime) -> None:
        self._judge = judge
        self._at = at
        self._stamps: tuple[StampedRevision, ...] = ()

    def judge(self, parts: list[_Part]) -> list[_Part]:
        """Adds what the steps find to each part that can be judged."""
        # 4. Document time stamps, newest first.
        for part in reversed(parts):
            if part.is_stamp and part.signature is not None:
                self._stamp(part, part.signature)
        for part in parts:
            if part.signature is not None and not part.is_stamp:
                try:
                    self._sign(part, part.signature)
                except LEAKS as err:
                    part.findings.append(finding("signature_unreadable", detail=type(err).__name__))
        return parts

    def _stamp(self, part: _Part, signature: EmbeddedPdfSignature) -> None:
        cover = covering(self._stamps, signature.signed_revision)
        answer = judge_stamp(
            signature.signed_data,
            control=cover.moment if cover is not None else self._at,
            judge=self._judge,
            archived=True,
        )
        part.findings += answer.findings
        if answer.chain is not None:
            part.test_only = answer.chain.test_only
            part.report = replace(part.report, chain=answer.chain.path)
        holds = part.integrity is not None and part.integrity.holds
        if holds and is_trusted(answer) and answer.proven is not None:
            part.proven = answer.proven
            here = StampedRevision(signature.signed_revision, answer.proven)
            self._stamps = (*self._stamps, here)

    def _sign(self, part: _Part, signature: EmbeddedPdfSignature) -> None:
        judge = replace(
            self._judge, evidence=self._judge.evidence.plus(signature.other_embedded_certs)
        )
        # 5. Proven time; a signature whose mathematics fails proves nothing.
        if part.integrity is not None and part.integrity.holds:
            times = prove_time(
                signature.signed_revision,
                tokens=part.integrity.tokens,
                stamps=self._stamps,
                judge=judge,
                at=self._at,
            )
            part.proven = times.proven
            part.findings += times.findings
        # 6. The signer.
        chain, findings = judge_signer(signature, proven=part.proven, judge=judge, at=self._at)
        part.findings += findings
        part.test_only = chain.test_only
        part.findings += judge_registration(
            facts_of(signature.signer_cert), field=part.listed.field, trust=judge.trust
        )
        part.report = replace(part.report, chain=chain.path)


def _facts(report: SignatureReport, signature: EmbeddedPdfSignature) -> SignatureReport:
    facts = facts_of(signature.signer_cert)
    reason = signature.sig_object.get("/Reason")
    return replace(
        report,
        signer=facts.name,
        organisation=facts.organisation,
        email=facts.email,
        serial=facts.serial,
        certificate_sha256_hex=facts.sha256_hex,
        claimed_time=signature.self_reported_timestamp,
        certifies=_certifies(signature),
        reason="" if reason is None else str(reason),
    )


def _certifies(signature: EmbeddedPdfSignature) -> bool:
    permissions = signature.reader.root.get("/Perms")
    if permissions is None:
        return False
    certifying = permissions.get_object().get("/DocMDP")
    return certifying is not None and certifying.get_object() == signature.sig_object


def _level(
    signature: EmbeddedPdfSignature, evidence: Evidence, parts: list[_Part], *, stamped: bool
) -> str:
    """The PAdES level by what is there. Source: ETSI EN 319 142-1, 6.

    A level says what the signer added, not that it is any good: that is the verdict's part.
    """
    if signature.sig_object.get("/SubFilter") != _CADES:
        return "none"
    if not stamped:
        return "B-B"
    if not evidence.has_revocation:
        return "B-T"
    later = [part.signature for part in parts if part.is_stamp and part.signature is not None]
    archived = any(stamp.signed_revision > signature.signed_revision for stamp in later)
    return "B-LTA" if archived else "B-LT"
