"""Whether an uploaded document is the one that was handed out, with exactly one signature more.

The steps, in this order; each block below bears its number.

1. The earlier bytes stand at the front, untouched.
2. Our own reader understands the whole file, and refuses nothing of it.
3. One new signature, in the prepared field.
4. It stands in the one new revision, and covers the file to its last byte.
5. Its container: format, signer by certificate, hash, mathematics, time stamps.
6. Nothing else changed: of the field its value and look; beside it evidence and metadata.
7. What it permits: the officer's certifies with P=2 or is an ordinary signature; no other
   signature certifies; no field that is still empty is locked; earlier signatures allow it.

Source: ISO 32000-2, 7.5.6, 12.7.5.5, 12.8; ETSI EN 319 142-1, 5 and 6.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from signing.certificates import SigningCertificate, refuse_unfit
from signing.judge.changes.describe import observe_step
from signing.judge.changes.elsewhere import drawn_elsewhere
from signing.judge.changes.permits import CHANGES, allowed
from signing.judge.changes.shapes import Kind, Step
from signing.judge.changes.steps import judge_steps
from signing.judge.changes.values import as_text
from signing.judge.digests import Digests, Range
from signing.judge.evidence import read_evidence
from signing.judge.faults import Refused, Unsure
from signing.judge.file.document import Document, View, open_document
from signing.judge.file.fields import list_fields
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.signatures import SignatureField, Signatures, list_signatures
from signing.judge.file.tiling import hides_bytes, redirects
from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD, SEAL_FIELD
from signing.uploaded.container import Container, read_container
from signing.uploaded.errors import (
    BytesBehindEndError,
    ChangedBesideError,
    FurtherRevisionError,
    LocksFieldsError,
    NotCertifiedError,
    NotPDFError,
    NotUnderstoodError,
    NumberMissingError,
    OtherDocumentError,
    OtherFieldError,
    OwnFieldError,
    PartialCoverError,
    SavedAnewError,
    TwoSignaturesError,
    UnsignedUploadError,
    UploadRefusedError,
    WrongPermissionError,
)
from signing.uploaded.metadata import other_words
from signing.uploaded.outcome import UploadedSignature
from signing.verdict import Finding, Verdict
from signing.words import finding

_HEADER: Final = b"%PDF-"
_SHORTEST_ID: Final = 8
_CHUNK: Final = 1 << 16
_BESIDE: Final = frozenset({Kind.EVIDENCE_ADDED, Kind.METADATA})
"""What may change beside the field."""

_SIGNING_KEYS: Final = frozenset({"Extensions", "Perms", "Version"})
"""Keys of the catalog that signing changes."""

_FORM_FILLING: Final = 2
_COVERING: Final = {"coverage_partial", "contents_missing"}


def read_upload(
    frozen: bytes,
    uploaded: bytes,
    *,
    field: str,
    certificate: SigningCertificate,
    at: datetime,
) -> UploadedSignature:
    """Checks an upload; for strangers' bytes call it through `signing.uploaded.asking`.

    Args:
        frozen: The document that was handed out.
        uploaded: What came back.
        field: Name of the prepared field.
        certificate: The registered one, which alone may have signed.
        at: Aware; it must be valid then.

    Raises:
        UploadRefusedError: One class for each way in which it is something else.
        KeyRefusedError: The certificate is expired, not yet valid, or not for signing documents.
    """
    refuse_unfit(certificate.facts, at=at)
    # 1. The earlier bytes.
    _refuse_other_bytes(frozen, uploaded, field)
    # 2. The file as a whole.
    document, signatures, base = _open(frozen, uploaded, field)
    # 3. One signature, in its field.
    signature = _only_one(document, signatures, base, field)
    # 4. Its revision and its range.
    _refuse_partial(document, signature, base)
    # 5. Its container.
    signed = _range(signature)
    digests = Digests(uploaded, (signed,))
    container = read_container(signature, partial(digests.of, signed), certificate)
    # 6. Nothing else.
    steps = _judge(document, signatures, base)
    _refuse_changes(steps, signature)
    _refuse_other_words(document, base)
    _refuse_two_faces(document)
    # 7. What it permits, and what is permitted to it.
    _refuse_unnumbered(signature, document.at(base))
    _refuse_permissions(signature, signatures)
    _refuse_locks(signature, signatures, document.at(base))
    _refuse_forbidden(signature, signatures, steps)
    return UploadedSignature(
        raw_signature=container.signature,
        mechanism=container.mechanism,
        claimed_time=signature.claimed_time,
        has_time_stamp=container.has_time_stamp,
        level=_level(document, container),
        certifies=signature.permissions.certifies,
    )


def _refuse_other_bytes(frozen: bytes, uploaded: bytes, field: str) -> None:
    if not uploaded.startswith(_HEADER):
        raise NotPDFError
    if uploaded.startswith(frozen):
        if not uploaded[len(frozen) :].strip(b"\0\t\n\f\r "):
            raise UnsignedUploadError(expected=field)
        return
    if not _is_same(frozen, uploaded):
        raise OtherDocumentError
    raise SavedAnewError(place=str(_first_difference(frozen, uploaded)))


def _first_difference(one: bytes, other: bytes) -> int:
    start = 0
    while one[start : start + _CHUNK] == other[start : start + _CHUNK]:
        start += _CHUNK
    pairs = enumerate(zip(one[start : start + _CHUNK], other[start : start + _CHUNK], strict=False))
    return start + next((at for at, (a, b) in pairs if a != b), len(other) - start)


def _is_same(frozen: bytes, uploaded: bytes) -> bool:
    """Whether it is the same document, saved anew: by its identifier, or by its first half.

    Source: ISO 32000-2, 14.4 (the first half of /ID never changes).
    """
    half = len(frozen) // 2
    return frozen[:half] == uploaded[:half] or any(
        identifier in uploaded for identifier in _identifiers(frozen)
    )


def _identifiers(frozen: bytes) -> tuple[bytes, ...]:
    """The first half of /ID, as it may be spelled."""
    try:
        identifier = open_document(frozen).newest.trailer.get("ID")
    except (Refused, Unsure):
        return ()
    first = identifier[0] if isinstance(identifier, list) and identifier else b""
    if not isinstance(first, bytes) or len(first) < _SHORTEST_ID:
        return ()
    plain, hexed = bytes(first), bytes(first).hex().encode()
    return plain, hexed, hexed.upper()


def _open(frozen: bytes, uploaded: bytes, field: str) -> tuple[Document, Signatures, int]:
    """The file, its signatures, and the index of the last revision that was handed out."""
    opened = open_and_refuse(uploaded)
    for one in opened.findings:
        if one.effect is not Verdict.PASSED:
            raise _about_file(one)
    if opened.unsure is not None or opened.document is None or opened.signatures is None:
        raise NotUnderstoodError(rule=str(opened.unsure or opened.refused))
    try:
        before = open_document(frozen)
        base = len(before.revisions) - 1
        _refuse_hidden(opened.document, base)
        if len(list_signatures(before).filled) > sum(
            one.revision <= base for one in opened.signatures.filled
        ):
            raise ChangedBesideError(what="một chữ ký trước đó bị gỡ")
    except Unsure as err:
        raise NotUnderstoodError(rule=str(err)) from err
    except Refused as err:
        raise _about_file(finding(err.code)) from err
    if len(opened.document.revisions) == base + 1:
        raise UnsignedUploadError(expected=field)
    return opened.document, opened.signatures, base


def _about_file(found: Finding) -> UploadRefusedError:
    if found.code == "trailing_bytes":
        return BytesBehindEndError()
    if found.code in _COVERING:
        return PartialCoverError()
    return ChangedBesideError(what=found.message.rstrip(".").lower())


def _refuse_hidden(document: Document, base: int) -> None:
    """The rules about the bytes behind a signature, for everything behind what was handed out."""
    later = document.revisions[base + 1 :]
    if any(hides_bytes(document, one) for one in later):
        raise ChangedBesideError(what="có dữ liệu không thuộc phiên bản nào của tệp")
    if later and redirects(document, base + 1):
        raise ChangedBesideError(what="trỏ đối tượng về nội dung của phiên bản khác")


def _only_one(document: Document, signatures: Signatures, base: int, field: str) -> SignatureField:
    new = [one for one in signatures.filled if one.revision > base]
    if not new:
        raise UnsignedUploadError(expected=field)
    if len(new) > 1:
        raise TwoSignaturesError(count=str(len(new)), expected=field)
    found = new[0]
    if found.name != field:
        own = document.at(base).entry(found.field_number) is None
        refusal = OwnFieldError if own else OtherFieldError
        raise refusal(field=found.name, expected=field)
    if document.at(base).entry(found.field_number) is None:
        raise OwnFieldError(field=found.name, expected=field)
    return found


def _refuse_partial(document: Document, signature: SignatureField, base: int) -> None:
    later = len(document.revisions) - 1 - base
    if later > 1:
        raise FurtherRevisionError(count=str(later))
    if signature.fault or signature.byte_range is None:
        raise PartialCoverError
    _, _, resumes, length = signature.byte_range
    if resumes + length != len(document.data):
        raise BytesBehindEndError


def _range(signature: SignatureField) -> Range:
    _, gap, resumes, length = signature.byte_range or (0, 0, 0, 0)
    return Range(gap, resumes, resumes + length)


def _judge(document: Document, signatures: Signatures, base: int) -> tuple[Step, ...]:
    try:
        return judge_steps(document, signatures, since=base)
    except Refused as err:
        raise _about_file(finding(err.code, detail=err.detail)) from err
    except Unsure as err:
        raise ChangedBesideError(what=_told(document, signatures, base + 1, err)) from err


def _told(document: Document, signatures: Signatures, revision: int, doubt: Unsure) -> str:
    """What the revision changed beside its signature, in words; else the rule that it breaks."""
    try:
        changes = observe_step(document, signatures, revision)
    except Unsure:
        changes = ()
    beside = [
        one
        for one in changes
        if one.kind not in _BESIDE | {Kind.SIGNATURE_ADDED} and one.detail not in _SIGNING_KEYS
    ]
    words = [CHANGES[one.kind] + (f" ({one.detail})" if one.detail else "") for one in beside]
    return ", ".join(dict.fromkeys(words)) or f"{CHANGES[Kind.OTHER]} ({doubt})"


def _refuse_changes(steps: tuple[Step, ...], signature: SignatureField) -> None:
    """Of the new revision; the older ones were handed out by us."""
    step = next(one for one in steps if one.revision == signature.revision)
    for one in step.changes:
        own = one.kind is Kind.SIGNATURE_ADDED and one.detail == signature.name
        version = one.kind is Kind.OTHER and one.detail == "Version"
        if not own and not version and one.kind not in _BESIDE:
            raise ChangedBesideError(what=f"{CHANGES[one.kind]} ({one.detail})")
    if step.values or [one.name for one in step.fields] != [signature.name]:
        raise ChangedBesideError(what=CHANGES[Kind.FORM])


def _refuse_other_words(document: Document, base: int) -> None:
    try:
        other = other_words(document, base)
    except Unsure as err:
        raise NotUnderstoodError(rule=str(err)) from err
    if other:
        raise ChangedBesideError(what=f"{CHANGES[Kind.METADATA]} ({other})")


def _refuse_two_faces(document: Document) -> None:
    """The look is on paper what it is on a screen."""
    try:
        number = drawn_elsewhere(document.newest, document.revisions[-1].entries)
    except Unsure as err:
        raise NotUnderstoodError(rule=str(err)) from err
    if number is not None:
        raise ChangedBesideError(what="hình chữ ký in ra khác với trên màn hình")


def _refuse_unnumbered(signature: SignatureField, before: View) -> None:
    """Number and date that are still empty come in the revision that seals, by us.

    Our judge lets them in only under the officer's certification (`signing.judge.changes.filling`).
    """
    empty = _unnumbered(before)
    if not empty:
        return
    if signature.name == SEAL_FIELD:
        raise NumberMissingError
    if not signature.permissions.certifies:
        raise NotCertifiedError


def _unnumbered(before: View) -> list[str]:
    """Which of number and date are still empty."""
    try:
        return [
            one.name
            for one in list_fields(before)
            if one.name in {NUMBER_FIELD, DATE_FIELD} and not as_text(before.get(one.value))
        ]
    except Unsure as err:
        raise NotUnderstoodError(rule=str(err)) from err


def _refuse_permissions(signature: SignatureField, signatures: Signatures) -> None:
    permissions = signature.permissions
    first = signature is signatures.filled[0]
    if permissions.certifies and not (first and signature.name == OFFICER_FIELD):
        raise WrongPermissionError(what="chỉ chữ ký đầu tiên, của lãnh đạo, được chứng nhận")
    if permissions.doc_mdp not in {None, _FORM_FILLING}:
        what = (
            "không cho phép đóng dấu sau đó"
            if permissions.doc_mdp == 1
            else "cho phép người khác thêm chú thích vào văn bản đã ký"
        )
        raise WrongPermissionError(what=what)


def _refuse_locks(signature: SignatureField, signatures: Signatures, before: View) -> None:
    """What is still empty can be signed, and filled in, afterwards."""
    for name in (*signatures.empty, *_unnumbered(before)):
        if any(one.covers(name) for one in signature.permissions.locks):
            raise LocksFieldsError(field=name)


def _refuse_forbidden(
    signature: SignatureField, signatures: Signatures, steps: tuple[Step, ...]
) -> None:
    """What an earlier signature does not allow to come after it."""
    earlier = [one for one in signatures.filled if one is not signature]
    for found in (found for one in earlier for found in allowed(one, steps)):
        if found.effect is not Verdict.PASSED:
            raise ChangedBesideError(what=found.message.rstrip(".").lower())


def _level(document: Document, container: Container) -> str:
    if not container.has_time_stamp:
        return "B-B"
    try:
        evidence = read_evidence(document.newest)
    except Unsure:
        return "B-T"
    return "B-LT" if evidence.has_revocation else "B-T"
