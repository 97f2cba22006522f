"""Our own judge of integrity: first, fast, and never more than it understands.

1. The file is opened, and the rules about its bytes are applied (`signing.judge.file`).
2. The mathematics of each signature and of its own time stamps (`signing.judge.crypto`).
3. What each later revision changed, and whether the signature allows it (`signing.judge.changes`).

It is sure of everything, or refuses what no honest writer makes, or is unsure; then the library
judges, but what was refused stays refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from signing.judge.changes.describe import observe_steps
from signing.judge.changes.permits import allowed
from signing.judge.changes.shapes import Step
from signing.judge.changes.steps import judge_steps
from signing.judge.crypto.cms import Message, read_bare, read_message
from signing.judge.crypto.faults import RefusedMessage
from signing.judge.crypto.mathematics import BARE, SUBFILTERS, judge_message
from signing.judge.digests import Digests, Range
from signing.judge.evidence import read_evidence
from signing.judge.faults import Refused, Unsure
from signing.judge.file.document import Document
from signing.judge.file.objects import Text
from signing.judge.file.refusals import Opened, open_and_refuse
from signing.judge.file.signatures import SignatureField, Signatures
from signing.judge.part import FileReading, SignedPart
from signing.judge.telling import tell_changes
from signing.policy import VerificationPolicy
from signing.verdict import Finding
from signing.words import finding


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What our own judge says of a file."""

    reading: FileReading | None = None
    """None where it is not sure of everything. Of a refused file what is known beside the refusals,
    which stand in it."""

    refusals: tuple[Finding, ...] = ()
    """About the file as a whole; each alone is enough."""

    unsure: str = ""
    """Name of the rule that the file does not keep, with a detail; for people who look closer."""

    accounted: bool = True
    """Whether every byte behind the first signature belongs to a revision. Of an unsure answer."""


def read_own(data: bytes, policy: VerificationPolicy) -> OwnAnswer:
    """Judges every signature of a file by the bytes alone. Never raises for what the file holds."""
    opened = open_and_refuse(data)
    if opened.is_refused:
        return _refused(opened, opened.findings, policy)
    if opened.document is None or opened.signatures is None:
        return OwnAnswer(unsure=str(opened.unsure), accounted=opened.accounted)
    if opened.unsure is None and not opened.signatures.filled:
        return OwnAnswer(reading=FileReading(findings=(finding("unsigned"),)))
    try:
        steps = judge_steps(opened.document, opened.signatures)
        if opened.unsure is not None:  # only now: what must be refused is refused all the same
            raise opened.unsure
        reading = _read(opened.document, opened.signatures, steps, policy, opened.findings)
        return OwnAnswer(reading=reading)
    except Refused as err:
        return _refused(opened, (finding(err.code, detail=err.detail),), policy)
    except Unsure as err:
        return OwnAnswer(unsure=str(err), accounted=opened.accounted)


def _refused(
    opened: Opened, refusals: tuple[Finding, ...], policy: VerificationPolicy
) -> OwnAnswer:
    """What is known of a refused file, for people: the refusals alone decide."""
    if opened.document is None or opened.signatures is None or not opened.signatures.filled:
        return OwnAnswer(refusals=refusals)
    try:
        steps = observe_steps(opened.document, opened.signatures)
        reading = _read(opened.document, opened.signatures, steps, policy, refusals)
    except (Refused, Unsure):
        return OwnAnswer(refusals=refusals)
    return OwnAnswer(reading=reading, refusals=refusals)


def _read(
    document: Document,
    signatures: Signatures,
    steps: tuple[Step, ...],
    policy: VerificationPolicy,
    about_file: tuple[Finding, ...],
) -> FileReading:
    digests = Digests(document.data, filter(None, map(_range, signatures.filled)))
    return FileReading(
        parts=tuple(_part(one, steps, digests, policy) for one in signatures.filled),
        evidence=read_evidence(document.newest),
        findings=about_file,
    )


def _range(field: SignatureField) -> Range | None:
    if field.byte_range is None:
        return None
    _, gap, resumes, length = field.byte_range
    return Range(gap, resumes, resumes + length)


def _part(
    field: SignatureField, steps: tuple[Step, ...], digests: Digests, policy: VerificationPolicy
) -> SignedPart:
    signed = _range(field)
    described = partial(
        SignedPart,
        field=field.name,
        kind="timestamp" if field.is_document_stamp else "signature",
        subfilter=field.subfilter,
        revision=field.revision,
        covers=field.covers,
        certifies=field.permissions.certifies,
        claimed_time=field.claimed_time,
        reason=field.reason,
        signed_length=signed.end if signed is not None else None,
        changes=tell_changes(field, steps),
    )
    if signed is None:
        return described(findings=(finding(field.fault or "coverage_partial"),))
    if field.subfilter not in SUBFILTERS:
        named = f"/{field.subfilter}"
        return described(findings=(finding("subfilter_unsupported", subfilter=named),))
    try:
        findings, message, tokens = judge_message(
            _message(field), partial(digests.of, signed), field.subfilter, policy
        )
    except RefusedMessage as err:
        return described(findings=(finding(err.code, detail=err.detail),))
    return described(message=message, tokens=tokens, findings=(*findings, *allowed(field, steps)))


def _message(field: SignatureField) -> Message:
    """Its CMS; of adbe.x509.rsa_sha1 a bare signature, whose certificates stand beside it.

    Source: ISO 32000-1, 12.8.3.2 and table 252 (/Cert: a string, or an array of strings).
    """
    if field.subfilter != BARE:
        return read_message(field.contents)
    beside = field.dictionary.get("Cert")
    listed = beside if isinstance(beside, list) else [beside]
    return read_bare(field.contents, tuple(bytes(one) for one in listed if isinstance(one, Text)))
