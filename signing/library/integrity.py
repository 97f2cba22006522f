"""Mathematics of one signature, and what changed after it. Says nothing of who signed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms, parser
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
)
from pyhanko.sign.validation.generic_cms import (
    extract_tst_data_iter,
    message_imprint_checker,
    validate_tst_signed_data,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from signing.library.changes import CHANGES
from signing.library.fillings import Fillings
from signing.library.leaks import LEAKS
from signing.policy import VerificationPolicy
from signing.verdict import Finding, Verdict
from signing.words import finding

_DETAIL: Final = 120
_COVERS: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: "whole_file",
    SignatureCoverageLevel.ENTIRE_REVISION: "revision",
}


@dataclass(frozen=True, slots=True)
class Integrity:
    """What the mathematics and the later revisions say."""

    covers: str
    """whole_file, revision or partial."""

    findings: tuple[Finding, ...]
    tokens: tuple[cms.SignedData, ...] = ()
    """The signature's own time stamps whose mathematics holds over this very signature value. A
    token from elsewhere is genuine too, but would date the signature back."""

    @property
    def holds(self) -> bool:
        """Nothing speaks against the mathematics, the coverage or the later changes."""
        return all(one.effect is Verdict.PASSED for one in self.findings)


def is_document_stamp(signature: EmbeddedPdfSignature) -> bool:
    """Whether it is a document time stamp. /SubFilter decides, not /Type."""
    subfilter = signature.sig_object.get("/SubFilter")
    return bool(subfilter == SigSeedSubFilter.ETSI_RFC3161.value)


def judge_integrity(
    signature: EmbeddedPdfSignature,
    *,
    fields: frozenset[str],
    policy: VerificationPolicy,
    fillings: Fillings,
) -> Integrity:
    """Judges one signature by the bytes alone. Use each signature object once.

    Args:
        signature: As opened by `take_inventory`.
        fields: Names of all signature fields; filling them is no change of a form value.
        fillings: What later revisions of an own directive filled in wrongly.
        policy: For the broken hashes.
    """
    try:
        signature.compute_integrity_info(CHANGES)  # type: ignore[no-untyped-call]  # no types there
        info = signature.summarise_integrity_info()
        found, tokens = asyncio.run(_mathematics(signature))
        findings = [
            *found,
            *_coverage_and_changes(signature, info, fields, fillings),
            *_hash(signature, policy),
            *_padding(signature),
        ]
    except LEAKS as err:
        # A byte changed inside the signed range may also break what the library reads on its way
        # to the mathematics; then the digest alone still tells.
        changed = (finding("content_changed"),) if _differs(signature) else ()
        unread = finding("signature_unreadable", detail=type(err).__name__)
        return Integrity("partial", (*changed, unread))
    return Integrity(_COVERS.get(info["coverage"], "partial"), tuple(findings), tokens)


def _differs(signature: EmbeddedPdfSignature) -> bool:
    """Whether the bytes of the range have another digest than the one that was signed.

    Reads nothing of the document but the range. False where that cannot be told.
    Source: RFC 5652, 5.4 and 11.2 (message-digest).
    """
    try:
        digest = signature.compute_digest()
        stated = [
            attribute["values"][0].native
            for attribute in signature.signer_info["signed_attrs"]
            if attribute["type"].native == "message_digest"
        ]
    except LEAKS:
        return False
    return bool(stated) and not is_document_stamp(signature) and stated != [digest]


async def _mathematics(
    signature: EmbeddedPdfSignature,
) -> tuple[list[Finding], tuple[cms.SignedData, ...]]:
    """The library's classic verdicts about trust mean nothing here: nobody is trusted."""
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    if is_document_stamp(signature):
        stamp = await validate_tst_signed_data(
            signature.signed_data, nobody, signature.compute_digest
        )
        return [_whether(intact=stamp["intact"], valid=stamp["valid"])], ()
    status = await async_validate_pdf_signature(signature, nobody)
    tokens = list(extract_tst_data_iter(signature.signer_info, signed=False))
    good = tuple([token for token in tokens if await _stamps(token, signature, nobody)])
    findings = [_whether(intact=status.intact, valid=status.valid)]
    if len(good) < len(tokens):
        findings.append(finding("timestamp_mismatch"))
    return findings, good


def _whether(*, intact: bool, valid: bool) -> Finding:
    if not intact:
        return finding("content_changed")
    if not valid:
        return finding("signature_invalid")
    return finding("signature_intact")


async def _stamps(
    token: cms.SignedData, signature: EmbeddedPdfSignature, nobody: ValidationContext
) -> bool:
    """Whether a token's mathematics holds and it stamps exactly this signature value."""
    imprint = message_imprint_checker(signature.signer_info)
    try:
        status = await validate_tst_signed_data(token, nobody, imprint)
        info = token["encap_content_info"]["content"].parsed["message_imprint"]
        stamped = info["hashed_message"].native == imprint(
            info["hash_algorithm"]["algorithm"].native
        )
    except LEAKS:
        return False
    return stamped and status["intact"] is True and status["valid"] is True


def _coverage_and_changes(
    signature: EmbeddedPdfSignature,
    info: dict[str, Any],
    fields: frozenset[str],
    fillings: Fillings,
) -> list[Finding]:
    if info["coverage"] < SignatureCoverageLevel.ENTIRE_REVISION:
        return [finding("coverage_partial")]
    changes = info.get("diff_result")
    if info.get("docmdp_ok") is not True:
        return [finding("changed_after_signing", detail=_shorten(changes))]
    wrong, filled = fillings.after(_ends_at(signature)), set[str]()
    if isinstance(changes, DiffResult):
        filled = {str(name) for name in changes.changed_form_fields}
        values = {name for name in filled if name.rsplit(".", maxsplit=1)[-1] not in fields}
        if signature.docmdp_level is None or fillings.forbid(values, fields):
            wrong |= values
    if wrong:
        return [finding("form_value_changed", fields=", ".join(sorted(wrong)))]
    whole = info["coverage"] is SignatureCoverageLevel.ENTIRE_FILE
    if whole or not isinstance(changes, DiffResult):
        return [finding("no_later_changes")]
    return [finding("permitted_changes", detail=_permitted(filled))]


def _ends_at(signature: EmbeddedPdfSignature) -> int:
    """Where what it covers ends."""
    _, _, resumes, rest = (int(one) for one in signature.byte_range)
    return resumes + rest


def _permitted(filled: set[str]) -> str:
    if filled:
        return "thêm chữ ký hoặc dấu tại " + ", ".join(sorted(filled))
    return "thêm bằng chứng để kiểm tra lâu dài"


def _padding(signature: EmbeddedPdfSignature) -> list[Finding]:
    """The container is padded with zeros; anything else there was put in after signing.

    It changes nothing that is shown, so it is a remark.
    """
    content = bytes(signature.pkcs7_content)
    return [finding("padding_used")] if content[parser.peek(content) :].strip(b"\0") else []


def _shorten(changes: object) -> str:
    words = " ".join(str(changes).split())
    return words if len(words) <= _DETAIL else words[:_DETAIL] + "…"


def _hash(signature: EmbeddedPdfSignature, policy: VerificationPolicy) -> list[Finding]:
    algorithm = str(signature.md_algorithm)
    if algorithm in policy.broken_hashes:
        return [finding("broken_hash", algorithm=algorithm.upper())]
    if algorithm == "sha1" and not policy.trust:
        return [finding("sha1_historic")]
    return []
