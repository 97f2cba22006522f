"""Judges the signatures of a PDF. Judging returns: what is wrong with a file is in the report.

The steps, in this order; each block below bears its number.

1. Size: larger than the limit, nothing is read.
2. Structure: our own reader and its rules about the bytes (`signing.judge.file`). What no honest
   writer makes is refused, for every file; what is not fully understood the library reads too.
3. All signature fields, those of unknown formats and those that no field reaches included. Of each
   signature and document time stamp, by the bytes alone: mathematics, mathematics of its own time
   stamps, coverage, later changes, form values, hash.
4. Under a policy with trust only: document time stamps, newest first. Each good one proves that all
   before it existed then, and so the instant at which older ones are judged.
5. Each signature's proven time: the earliest of its own time stamps and the document time
   stamp over it.
6. Each signer's certificate at the proven time: path to an anchor, algorithms, validity,
   revocation, key usage.
7. Its registration in the office's data: to an officer or to the agency, as the field demands.

A signature passes only if no step speaks against it; a file only if all of its signatures pass.
Nothing is fetched; the report says what evidence was missing. What the signer claims (time, reason,
name) is shown, and decides nothing.

For bytes from outside call `signing.sandbox`, which runs this under limits.
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import replace
from datetime import datetime
from typing import Final

from signing.certificates import CertificateFacts, read_facts
from signing.chains import BothChains
from signing.judge.answers import ChainAnswer, Chains
from signing.judge.part import FileEvidence, FileReading, SignedPart
from signing.judge.signer import judge_registration, judge_signer
from signing.judge.times import (
    StampAnswer,
    StampedRevision,
    covering,
    is_trusted,
    judge_stamp,
    prove_time,
)
from signing.outcome import RevocationNeed, SignatureReport, VerificationReport
from signing.policy import VerificationPolicy
from signing.reading import read_file
from signing.trust import TrustStore
from signing.verdict import Finding
from signing.words import finding

MAX_FILE_BYTES: Final = 50 << 20
"""The product's one limit of file size, unless the setting says otherwise."""

_CADES: Final = "ETSI.CAdES.detached"


def verify(
    data: bytes,
    *,
    name: str,
    policy: VerificationPolicy,
    trust: TrustStore,
    at: datetime,
    max_bytes: int = MAX_FILE_BYTES,
    extra: FileEvidence | None = None,
    sha256_hex: str | None = None,
    password: bytes = b"",
) -> VerificationReport:
    """Judges all signatures of a file.

    Args:
        data: The file.
        name: How the report names it.
        policy: Which rules.
        trust: Anchors and registrations; read only under a policy with trust.
        at: Aware, UTC; the instant about which the report speaks.
        max_bytes: Larger files are unreadable.
        extra: Evidence from elsewhere than the file; judged like the file's own.
        sha256_hex: Of the file, where the caller knows it; only shown.
        password: Of an encrypted file.

    Returns:
        A report. Nothing that a file holds makes this raise, save exhausted memory.

    Raises:
        RuntimeError: Called inside a running event loop; call it in a thread.
    """
    _refuse_inside_loop()
    began = time.perf_counter()
    report = VerificationReport(
        name=name,
        sha256_hex=hashlib.sha256(data).hexdigest() if sha256_hex is None else sha256_hex,
        size_bytes=len(data),
        policy_name=policy.name,
        policy_version=policy.version,
        at=at,
    )
    # 1. Size.
    if len(data) > max_bytes:
        found = replace(report, findings=(finding("too_large", limit_mb=max_bytes >> 20),))
    else:
        # 2. and 3. Structure, and every signature by the bytes alone.
        found = _judge(report, read_file(data, policy, password), policy, trust, extra)
    return replace(found, milliseconds=round((time.perf_counter() - began) * 1000, 1))


def _refuse_inside_loop() -> None:
    """Inside a loop every signature would look unreadable: the library needs a loop of its own."""
    loops = sys.modules.get("asyncio")  # slow to load; where nobody did, no loop runs
    if loops is None:
        return
    try:
        loops.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("verify() was called inside a running event loop")


def _judge(
    report: VerificationReport,
    reading: FileReading,
    policy: VerificationPolicy,
    trust: TrustStore,
    extra: FileEvidence | None,
) -> VerificationReport:
    on_their_way = [_OnItsWay(part) for part in reading.parts]
    needs: tuple[RevocationNeed, ...] = ()
    if policy.trust:
        evidence = reading.evidence if extra is None else reading.evidence.plus(extra)
        chains = BothChains(trust=trust, policy=policy, evidence=evidence)
        _Trust(chains, report.at).judge(on_their_way)
        needs = tuple(chains.needs.values())
    test_only = any(one.test_only for one in on_their_way)
    tested = (finding("test_certificates"),) if test_only else ()
    return replace(
        report,
        signatures=tuple(one.describe(reading) for one in on_their_way),
        findings=(*reading.findings, *tested),
        test_only=test_only,
        needs=needs,
    )


class _OnItsWay:
    """One signature on its way through the steps."""

    def __init__(self, part: SignedPart) -> None:
        self.part = part
        self.findings: list[Finding] = list(part.findings)
        self.proven: datetime | None = None
        self.chain: tuple[CertificateFacts, ...] = ()
        self.test_only = False
        self.facts = self._read_facts()

    def _read_facts(self) -> CertificateFacts | None:
        if self.part.message is None:
            return None
        try:
            return read_facts(self.part.message.certificate)
        except ValueError as err:
            self.findings.append(finding("signature_unreadable", detail=type(err).__name__))
            return None

    @property
    def is_stamp(self) -> bool:
        return self.part.kind == "timestamp"

    def note_chain(self, chain: ChainAnswer) -> None:
        self.chain = chain.path
        self.test_only = chain.test_only

    def describe(self, reading: FileReading) -> SignatureReport:
        """The report of this signature; facts that cannot be read stay empty."""
        part, facts = self.part, self.facts
        return SignatureReport(
            field=part.field,
            kind=part.kind,
            signer=facts.name if facts else "",
            organisation=facts.organisation if facts else "",
            email=facts.email if facts else "",
            serial=facts.serial if facts else "",
            certificate_sha256_hex=facts.sha256_hex if facts else "",
            claimed_time=part.claimed_time,
            proven_time=self.proven,
            level=_level(part, reading),
            covers=part.covers,
            certifies=part.certifies,
            reason=part.reason,
            chain=self.chain,
            signed_length=part.signed_length,
            changes=part.changes,
            findings=tuple(self.findings),
        )


class _Trust:
    """Steps 4 to 7, for one file."""

    def __init__(self, chains: Chains, at: datetime) -> None:
        self._chains = chains
        self._at = at
        self._stamps: tuple[StampedRevision, ...] = ()

    def judge(self, on_their_way: list[_OnItsWay]) -> None:
        """Adds what the steps find to each signature that can be judged."""
        # 4. Document time stamps, newest first.
        for one in reversed(on_their_way):
            if one.is_stamp:
                self._stamp(one)
        for one in on_their_way:
            if not one.is_stamp:
                self._sign(one)

    def _stamp(self, one: _OnItsWay) -> None:
        if one.part.message is None or one.facts is None:
            return
        cover = covering(self._stamps, one.part.revision)
        control = cover.moment if cover is not None else self._at
        answer = judge_stamp(one.part.message, control=control, chains=self._chains, archived=True)
        one.findings += answer.findings
        if answer.chain is not None:
            one.note_chain(answer.chain)
        if one.part.holds and is_trusted(answer) and answer.proven is not None:
            one.proven = answer.proven
            here = StampedRevision(one.part.revision, answer.proven)
            self._stamps = (*self._stamps, here)

    def _sign(self, one: _OnItsWay) -> None:
        if one.part.message is None or one.facts is None:
            return
        # 5. Proven time; a signature whose mathematics fails proves nothing.
        if one.part.holds:
            times: StampAnswer = prove_time(
                one.part, stamps=self._stamps, chains=self._chains, at=self._at
            )
            one.proven = times.proven
            one.findings += times.findings
        # 6. The signer.
        chain, findings = judge_signer(
            one.part,
            one.part.message,
            one.facts,
            proven=one.proven,
            chains=self._chains,
            at=self._at,
        )
        one.findings += findings
        one.note_chain(chain)
        # 7. Registration.
        one.findings += judge_registration(
            one.facts,
            field=one.part.field,
            trust=self._chains.trust,
            proven=one.proven,
            at=self._at,
        )


def _level(part: SignedPart, reading: FileReading) -> str:
    """The PAdES level by what is there. Source: ETSI EN 319 142-1, 6.

    A level says what was added, not that it is any good: that is the verdict's part. The time stamp
    of B-T is the signature's own, or else the first one over the document.
    """
    if part.subfilter != _CADES:
        return "none"
    stamps = [one for one in reading.parts if one.kind == "timestamp" and one.message is not None]
    later = sum(stamp.revision > part.revision for stamp in stamps)
    if not part.tokens and not later:
        return "B-B"
    if not reading.evidence.has_revocation:
        return "B-T"
    return "B-LTA" if later > (not part.tokens) else "B-LT"
