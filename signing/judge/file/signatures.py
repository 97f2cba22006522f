"""Every signature of a document, found through its form. Source: ISO 32000-2, 12.7.5.5, 12.8.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final

from signing.judge.file.coverage import ByteRange, measure
from signing.judge.file.document import Document
from signing.judge.file.faults import RefusedStructure, unsure
from signing.judge.file.fields import FormField, list_fields
from signing.judge.file.objects import Located, Name, Obj, Packed, Ref, Text
from signing.judge.file.permissions import Permissions, read_permissions
from signing.judge.file.text import read_date, read_text

DOCUMENT_STAMP: Final = "ETSI.RFC3161"
_TYPES: Final = ("Sig", "DocTimeStamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureField:
    """One filled signature field, as the file has it. Nothing of it is verified yet."""

    name: str
    """Fully qualified."""

    field_number: int
    value_number: int | None
    """Object number of its dictionary; None where the dictionary stands in the field itself."""

    dictionary: dict[str, Obj]
    subfilter: str
    """Without the slash; empty where there is none. Any, also those that nobody supports."""

    contents: bytes
    """The CMS with whatever follows it; empty where there is none."""

    byte_range: ByteRange | None
    """None where the signature covers its revision in part only: see `fault`."""

    revision: int
    """Index of the revision that it signs."""

    covers: str
    """`whole_file`, `revision` or `partial`."""

    fault: str
    """Code of the finding that says what is wrong with its byte range; empty where it is right."""

    place: tuple[int, int]
    """Where the object with its dictionary begins and ends in the file."""

    permissions: Permissions

    @property
    def is_document_stamp(self) -> bool:
        """/SubFilter decides, not /Type. Source: ETSI EN 319 142-1, 5.4.3."""
        return self.subfilter == DOCUMENT_STAMP

    @property
    def claimed_time(self) -> datetime | None:
        """/M, as the signer's software says; None where it is absent, odd, or has no offset."""
        return read_date(self.dictionary.get("M"))

    @property
    def reason(self) -> str:
        """/Reason; empty where there is none."""
        return read_text(self.dictionary.get("Reason"))


@dataclass(frozen=True, slots=True)
class Signatures:
    """All signature fields of a document."""

    filled: tuple[SignatureField, ...]
    """By revision, earliest first."""

    empty: tuple[str, ...]
    """Fully qualified names of the others, in the order of the form."""


def list_signatures(document: Document) -> Signatures:
    """All signature fields of the document as it is now.

    Raises:
        RefusedStructure: a signature in an object stream (`saved_anew`).
        UnsureStructure: what is not fully understood.
    """
    fields = list_fields(document.newest)
    if not fields:
        return Signatures((), ())
    values = {one.number: document.newest.get(one.value) for one in fields}
    for one in fields:
        value = values[one.number]
        if one.kind != "Sig" and isinstance(value, dict) and "ByteRange" in value:
            raise unsure("signature_value", f"in {one.name}, which is no signature field")
    signing = [one for one in fields if one.kind == "Sig"]
    found = [_read(document, one) for one in signing if values[one.number] is not None]
    _check_together(document, found)
    _check_certification(document, found)
    return Signatures(
        tuple(sorted(found, key=lambda one: one.revision)),
        tuple(one.name for one in signing if values[one.number] is None),
    )


def _read(document: Document, field: FormField) -> SignatureField:
    holder, revision, number = _holder(document, field)
    dictionary = holder.value if number is not None else field.value
    if not isinstance(dictionary, dict) or dictionary.get("Type", Name("Sig")) not in _TYPES:
        raise unsure("signature_value", field.name)
    subfilter = dictionary.get("SubFilter")
    if not isinstance(subfilter, Name | None):
        raise unsure("signature_value", "/SubFilter")
    signed = document.at(revision)
    coverage = measure(document.data, dictionary, holder, document.revisions[revision])
    contents = dictionary.get("Contents")
    before = signed.get(Ref(field.number))
    return SignatureField(
        name=field.name,
        field_number=field.number,
        value_number=number,
        dictionary=dictionary,
        subfilter=str(subfilter or ""),
        contents=bytes(contents) if isinstance(contents, Text) else b"",
        byte_range=coverage.byte_range,
        revision=revision,
        covers=coverage.covers,
        fault=coverage.fault,
        place=(holder.start, holder.end),
        permissions=read_permissions(
            signed, dictionary, before if isinstance(before, dict) else field.dictionary
        ),
    )


def _holder(document: Document, field: FormField) -> tuple[Located, int, int | None]:
    """The object that holds the signature dictionary, the revision that wrote it, its number."""
    direct = not isinstance(field.value, Ref)
    number = field.number if direct else field.value.number  # type: ignore[union-attr]  # a Ref
    history = document.history(number)
    entry = history[-1][1]
    if entry is None or isinstance(entry, Packed):
        raise RefusedStructure("saved_anew", "a signature in an object stream")
    # Some writers list all objects in each section, at the places that they have.
    listing = takewhile(lambda one: one[1] == entry, reversed(history))
    revision = min(index for index, _ in listing)
    return document.object_at(entry), revision, None if direct else number


def _check_together(document: Document, found: list[SignatureField]) -> None:
    """Each has a value and a revision of its own; only signed revisions may be hybrid."""
    places = {one.place for one in found}
    signed = {one.revision for one in found}
    if len(places) != len(found) or len(signed) != len(found):
        raise unsure("one_signature")
    if found and any(one.hidden for one in document.revisions[min(signed) + 1 :]):
        raise unsure("hybrid", "after a signature")


def _check_certification(document: Document, found: list[SignatureField]) -> None:
    """Readers that find the certification through the catalog find the same one."""
    permissions = document.newest.get(document.newest.root.get("Perms"))
    if permissions is None:
        return
    if not isinstance(permissions, dict):
        raise unsure("certification")
    named = permissions.get("DocMDP")
    certifying = {one.value_number for one in found if one.permissions.certifies}
    if named is not None and not (isinstance(named, Ref) and named.number in certifying):
        raise unsure("certification")
