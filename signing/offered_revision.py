"""What the revision that is offered for signing adds to the document that was looked at.

The judge's own parts look at the one new revision; nothing is accepted that is not understood. The
catalog alone is looked at here: a first signature enters itself there, as no later one may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signing.errors import OfferRefusedError
from signing.judge.changes.account import Account
from signing.judge.changes.catalog import check_catalog, check_info
from signing.judge.changes.fields import check_filled_fields
from signing.judge.changes.filling import find_misfilled
from signing.judge.changes.form import check_form
from signing.judge.changes.inputs import check_inputs
from signing.judge.changes.layout import check_layout, check_sizes
from signing.judge.changes.metadata import check_metadata
from signing.judge.changes.owners import check_owners
from signing.judge.changes.shapes import Kind
from signing.judge.changes.sheets import list_pages
from signing.judge.changes.store import check_store
from signing.judge.changes.structure import check_structure
from signing.judge.changes.values import differing, references
from signing.judge.file.document import Document
from signing.judge.file.faults import RefusedStructure, UnsureStructure
from signing.judge.file.objects import Obj, Ref
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.signatures import SignatureField, Signatures
from signing.judge.file.text import read_text
from signing.names import DATE_FIELD, NUMBER_FIELD
from signing.offered_document import require_still
from signing.request import SignatureKind
from signing.uploaded.metadata import other_words

_FILLING_ONLY: Final = 2
"""DocMDP: afterwards only fields may be filled and signed. Source: ISO 32000-2, table 257."""

_FIRST: Final = frozenset({"Perms", "Extensions"})
"""What the catalog gets with the certifying signature."""

_LATER: Final = frozenset({NUMBER_FIELD, DATE_FIELD})
"""What is filled with the seal, where an office signs first."""

_STAND_IN: Final = b"3003020100"
"""A value of its own in the empty container, so that the judge sees a signature to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRevision:
    """What will be added by signing, for the person to see."""

    field: str
    page: int
    """From 1: where the mark stands; 0 where that cannot be told."""

    name: str
    """/Name of the signature."""

    reason: str
    """/Reason of the signature."""

    claimed_time: datetime | None = None
    """/M of the signature: what it will say of its time."""

    claims: tuple[str, ...] = ()
    """Place and address that are written beside it."""

    filled: tuple[tuple[str, str], ...] = ()
    """Empty fields of the form that are filled beside it, with what is written there."""


def read_offered_revision(
    pdf: bytes, *, shown_length: int, region: tuple[int, int], kind: SignatureKind, field: str
) -> OfferedRevision:
    """Looks at the last revision of a document that is ready for signing.

    Args:
        pdf: begins with the document that was looked at.
        shown_length: how long that one is.
        region: both ends of the empty container.
        kind: an officer's signature certifies the document, a seal does not.
        field: the field that must be filled, alone of all signature fields.

    Raises:
        OfferRefusedError: it does anything but that, or is not understood.
    """
    start, _ = region
    trial = pdf[: start + 1] + _STAND_IN + pdf[start + 1 + len(_STAND_IN) :]
    opened = open_and_refuse(trial)
    document, signatures = opened.document, opened.signatures
    if opened.is_refused or opened.unsure or document is None or signatures is None:
        raise OfferRefusedError("revision", str(opened.unsure or opened.refused or "structure"))
    last = len(document.revisions) - 1
    _require_one_revision(document, shown_length, last)
    signed = [one for one in signatures.filled if one.revision == last]
    if len(signed) != 1 or signed[0].name != field:
        raise OfferRefusedError("field", ", ".join(one.name for one in signed))
    _require_place(signed[0], region)
    _require_kind(signed[0], kind)
    account = _account(document, last, signed[0], kind)
    _require_still(document, signatures, last, kind)
    return OfferedRevision(
        field=field,
        page=_page_of(account, signed[0]),
        name=read_text(signed[0].dictionary.get("Name")),
        reason=signed[0].reason,
        claimed_time=signed[0].claimed_time,
        claims=_claims(signed[0]),
        filled=_filled(account, kind),
    )


def _require_one_revision(document: Document, shown_length: int, last: int) -> None:
    """What was looked at ends where the last revision but one ends."""
    before = document.revisions[last - 1].end if last else 0
    rest = document.data[min(before, shown_length) : max(before, shown_length)]
    if not before or rest.strip(b"\r\n"):
        raise OfferRefusedError("revision", "more than one")


def _require_place(signature: SignatureField, region: tuple[int, int]) -> None:
    written = signature.byte_range
    if written is None or (written[1], written[2]) != region:
        raise OfferRefusedError("place", str(written))


def _require_kind(signature: SignatureField, kind: SignatureKind) -> None:
    permissions = signature.permissions
    certifies = kind is SignatureKind.OFFICER
    level = _FILLING_ONLY if certifies else None
    if permissions.certifies != certifies or permissions.doc_mdp != level or permissions.locks:
        raise OfferRefusedError("revision", "permissions")


def _require_still(
    document: Document, signatures: Signatures, last: int, kind: SignatureKind
) -> None:
    """What was looked at shows no more than was seen, and what is filled in shows what it says."""
    try:
        require_still(document, document.at(last - 1), kind)
        wrong = [one for one in find_misfilled(document, signatures) if one.revision == last]
        other = other_words(document, last - 1)
    except UnsureStructure as err:
        raise OfferRefusedError("document", str(err)) from err
    if other:
        raise OfferRefusedError("revision", f"metadata: {other}")
    if wrong:
        raise OfferRefusedError("revision", f"filled otherwise: {', '.join(wrong[0].fields)}")


def _claims(signature: SignatureField) -> tuple[str, ...]:
    told = (read_text(signature.dictionary.get(key)) for key in ("Location", "ContactInfo"))
    return tuple(one for one in told if one)


def _account(
    document: Document, last: int, signature: SignatureField, kind: SignatureKind
) -> Account:
    try:
        account = Account(document, last, signature)
        if kind is SignatureKind.OFFICER:
            _check_first_catalog(account, signature)
        else:
            check_catalog(account)
        for check in (check_layout, check_metadata, check_info, check_store):
            check(account)
        added = check_form(account)
        check_filled_fields(account)
        check_structure(account, added)
        check_inputs(account)
        check_owners(document, [account])
        check_sizes(document, last)
    except (RefusedStructure, UnsureStructure) as err:
        raise OfferRefusedError("revision", str(err)) from err
    if added or account.redefined or account.doubts:
        raise OfferRefusedError("revision", f"objects {sorted(account.redefined)}")
    return account


def _check_first_catalog(account: Account, signature: SignatureField) -> None:
    """The catalog names the certifying signature, and nothing else that is new."""
    before, after = account.before.root, account.after.root
    changed = differing(account.data, before, after)
    named: dict[str, Obj] = {"DocMDP": Ref(signature.value_number or 0, 0)}
    led = list(references(after.get("Extensions")))
    perms = account.after.get(after.get("Perms"))
    if changed - _FIRST or "Perms" in before or perms != named or led:
        raise OfferRefusedError("revision", f"catalog: {', '.join(sorted(changed))}")
    account.explain(account.after.trailer.get("Root"))


def _filled(account: Account, kind: SignatureKind) -> tuple[tuple[str, str], ...]:
    """Number and date may be filled with the seal, from empty; with the officer's hand nothing."""
    for one in account.values:
        late = one.kind is Kind.FIELD_FILLED and one.detail in _LATER
        if kind is SignatureKind.OFFICER or not late:
            raise OfferRefusedError("revision", f"value of {one.detail}")
    return tuple((one.detail, one.new) for one in account.values)


def _page_of(account: Account, signature: SignatureField) -> int:
    widget = account.after.get(Ref(signature.field_number, 0))
    page = widget.get("P") if isinstance(widget, dict) else None
    pages = list_pages(account.after)
    return pages.index(page.number) + 1 if isinstance(page, Ref) and page.number in pages else 0
