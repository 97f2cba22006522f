"""Opens a stranger's file and lists everything in it that is, or once was, a signature."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final

from pyhanko.pdf_utils import decode_limits as limits
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.generic import DictionaryObject, PdfObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature

from signing.library.history import HistoryReader
from signing.library.hybrid import readings_agree
from signing.library.leaks import LEAKS
from signing.verdict import Finding
from signing.words import finding

_SUPPORTED: Final = {kind.value for kind in SigSeedSubFilter}
_TABLE: Final = limits.StreamDecodeLimits(
    max_ratio=100, ratio_floor=1 << 20, max_output_size=8 << 20
)
_LIMITS: Final = limits.DecodeLimits(
    per_purpose={**limits.DEFAULT_PURPOSE_LIMITS, limits.DecodePurpose.XREF_STREAM: _TABLE},
    document_budget=limits.DocumentDecodeBudget(base_allowance=128 << 20, max_ratio=50),
)
_DICTIONARY: Final = re.compile(rb"/ByteRange\s*\[")
_CODE: Final = re.compile(rb"/ByteRange\s*\[[\d\s]*\]\s*/MACLocation\s*/Standalone")
"""The trailer's integrity code of an encrypted file, no signature. Source: ISO/TS 32004, 6.2."""

_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF([\0\s]*)\Z")
_TAIL: Final = 1 << 16
_LINE_ENDS: Final = {b"", b"\n", b"\r", b"\r\n"}
_HEADER: Final = b"%PDF-"
_HEADER_WITHIN: Final = 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """A filled signature field: its signature where it can be judged, else the reason."""

    field: str
    signature: EmbeddedPdfSignature | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything in a file that is a signature."""

    reader: PdfFileReader | None
    """None where the file cannot be read."""

    listed: tuple[Listed, ...]
    """By revision, earliest first; those that cannot be judged last."""

    fields: frozenset[str]
    """Names of all signature fields, also the empty ones, without their parents' names."""

    findings: tuple[Finding, ...]
    """About the file as a whole."""


def take_inventory(data: bytes, *, password: bytes = b"") -> Inventory:
    """Lists all signature fields of a file. Never raises for what the file holds.

    Args:
        data: The file.
        password: Of an encrypted file, of its owner or of a user; the empty one is tried too.
    """
    if not data:
        return _unreadable("empty_file")
    if _HEADER not in data[:_HEADER_WITHIN]:
        return _unreadable("not_pdf")
    try:
        reader = _open(data, password)
        if reader is None:
            return _unreadable("password_wrong" if password else "encrypted")
        filled = list(enumerate_sig_fields(reader, filled_status=True))
        names = {
            str(name).rsplit(".", maxsplit=1)[-1] for name, _, _ in enumerate_sig_fields(reader)
        }
        listed = _sorted(
            [_list(reader, str(name), value, holder) for name, value, holder in filled]
        )
    except LEAKS as err:
        return _unreadable("structure_unreadable", detail=type(err).__name__)
    try:
        findings = (
            *((finding("decrypted"),) if reader.encrypted else ()),
            *_about_file(data, len(filled), encrypted=reader.encrypted),
            *_about_structure(data, reader, listed, password),
        )
    except LEAKS as err:
        return _unreadable("structure_unreadable", detail=type(err).__name__)
    return Inventory(reader, listed, frozenset(names), findings)


def _unreadable(code: str, **places: str) -> Inventory:
    return Inventory(None, (), frozenset(), (finding(code, **places),))


def _open(data: bytes, password: bytes) -> PdfFileReader | None:
    """None where a password is needed that is neither this one nor the empty one."""
    reader = _unlocked(HistoryReader(io.BytesIO(data), decode_limits=_LIMITS), password)
    if reader is not None and reader.xrefs.hybrid_xrefs_present:
        # The library's strict mode judges no signature of these; `_about_structure` judges them.
        lenient = HistoryReader(io.BytesIO(data), strict=False, decode_limits=_LIMITS)
        return _unlocked(lenient, password)
    return reader


def _unlocked(reader: PdfFileReader, password: bytes) -> PdfFileReader | None:
    """None where it stays shut; also for encryption to a certificate, which nobody here holds."""
    if not reader.encrypted:
        return reader
    if not isinstance(reader.security_handler, StandardSecurityHandler):
        return None
    for one in dict.fromkeys((b"", password)):
        if reader.decrypt(one).status is not AuthStatus.FAILED:
            return reader
    return None


def _list(reader: PdfFileReader, name: str, value: PdfObject, holder: DictionaryObject) -> Listed:
    try:
        dictionary = value.get_object()  # type: ignore[no-untyped-call]  # no types there
        kind = dictionary.get("/SubFilter") if isinstance(dictionary, DictionaryObject) else None
        if kind not in _SUPPORTED:
            return Listed(name, None, (finding("subfilter_unsupported", subfilter=str(kind)),))
        return Listed(name, EmbeddedPdfSignature(reader, holder, name))
    except LEAKS as err:
        return Listed(name, None, (finding("signature_unreadable", detail=type(err).__name__),))


def _sorted(listed: list[Listed]) -> tuple[Listed, ...]:
    def order(one: Listed) -> int:
        return 1 << 30 if one.signature is None else int(one.signature.signed_revision)

    return tuple(sorted(listed, key=order))


def _about_file(data: bytes, filled: int, *, encrypted: bool) -> tuple[Finding, ...]:
    findings = []
    written = len(_DICTIONARY.findall(data))
    if encrypted:
        written -= len(_CODE.findall(data))
    if written > filled:
        findings.append(finding("saved_anew"))
    elif filled == 0:
        findings.append(finding("unsigned"))
    end = _END.search(data[-_TAIL:])
    if end is None and filled:
        findings.append(finding("trailing_bytes"))
    elif end is not None and end.group(1) not in _LINE_ENDS:
        findings.append(finding("trailing_blank"))
    return tuple(findings)


def _about_structure(
    data: bytes, reader: PdfFileReader, listed: tuple[Listed, ...], password: bytes
) -> list[Finding]:
    """Parts of the file that the last revision does not lead to, and files with two readings."""
    findings = []
    sections = range(reader.xrefs.total_revisions)
    reached = {reader.xrefs.get_startxref_for_revision(one) for one in sections}
    # A linearised file's first end points nowhere, by ISO 32000-2, annex F.
    written = {int(one) for one in _START.findall(data)} - {0}
    if listed and written - reached:
        findings.append(finding("revision_unreached"))
    signed = [one.signature.signed_revision for one in listed if one.signature is not None]
    if signed and reader.xrefs.hybrid_xrefs_present:
        # Strict again: being hybrid must excuse no other fault in what is shown.
        strict = _unlocked(HistoryReader(io.BytesIO(data), decode_limits=_LIMITS), password)
        agree = strict is not None and readings_agree(strict, first_signed_revision=min(signed))
        findings.append(finding("hybrid_same" if agree else "hybrid_differs"))
    return findings
