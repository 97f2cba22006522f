"""What each later revision changed, in any file that can be opened: for people, not for verdicts.

`judge_steps` explains what it accepts and stops at what it does not know. Here nothing is judged:
each revision is held beside the one before it, and what differs is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.shapes import Change, Kind, Level, Step
from signing.judge.changes.sheets import list_pages, tell_pages
from signing.judge.changes.values import as_text, same
from signing.judge.file.document import Document, View
from signing.judge.file.fields import FormField, list_fields
from signing.judge.file.objects import Obj, Ref
from signing.judge.file.signatures import Signatures

_KINDS: Final = {
    "OpenAction": Kind.SCRIPT,
    "AA": Kind.SCRIPT,
    "AF": Kind.ATTACHMENT,
    "Collection": Kind.ATTACHMENT,
    "DSS": Kind.EVIDENCE_ADDED,
    "Metadata": Kind.METADATA,
    "AcroForm": Kind.FORM,
    "JavaScript": Kind.SCRIPT,
    "EmbeddedFiles": Kind.ATTACHMENT,
}
"""Of keys of the catalog and of its name dictionary; any other is `other`."""

_FORM_GROWTH: Final = frozenset({"Fields", "SigFlags"})
_MOST_NUMBERS: Final = 5


def observe_steps(document: Document, signatures: Signatures) -> tuple[Step, ...]:
    """What each revision after the first signed one changed, oldest first; none is understood.

    Args:
        document: the file.
        signatures: all of its signatures.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    if not signatures.filled:
        return ()
    signed = {one.revision: one for one in signatures.filled}
    later = range(signatures.filled[0].revision + 1, len(document.revisions))
    accounts = (Account(document, one, signed.get(one)) for one in later)
    return tuple(
        Step(
            revision=one.revision,
            level=Level.FILLING,
            changes=tuple(dict.fromkeys(_observe(one))),
            understood=False,
        )
        for one in accounts
    )


def observe_step(document: Document, signatures: Signatures, revision: int) -> tuple[Change, ...]:
    """What one revision changed of the one before it, signed or not; nothing is judged.

    Raises:
        UnsureStructure: an object cannot be read.
    """
    signed = {one.revision: one for one in signatures.filled}
    account = Account(document, revision, signed.get(revision))
    return tuple(dict.fromkeys(_observe(account)))


def _observe(account: Account) -> Iterator[Change]:
    freed = {
        number
        for number in account.document.revisions[account.revision].freed
        if account.before.entry(number) is not None
    }
    touched = account.redefined | freed
    told = list(_tell_signature(account))
    told += _tell_values(account)
    told += tell_pages(account, touched)
    told += _tell_catalog(account, touched)
    if account.before.trailer.get("Info") != account.after.trailer.get("Info") or touched & set(
        _numbers(account.after.trailer.get("Info"))
    ):
        told.append(Change(Kind.METADATA, "Info"))
    if not told and touched:
        numbers = ", ".join(str(one) for one in sorted(touched)[:_MOST_NUMBERS])
        told.append(Change(Kind.OTHER, numbers))
    yield from told


def _numbers(value: Obj) -> list[int]:
    return [value.number] if isinstance(value, Ref) else []


def _tell_signature(account: Account) -> Iterator[Change]:
    signature = account.signature
    if signature is not None:
        stamp = signature.is_document_stamp
        kind = Kind.TIMESTAMP_ADDED if stamp else Kind.SIGNATURE_ADDED
        page = _page_of(account.after, account.after.get(Ref(signature.field_number)))
        yield Change(kind, signature.name, page=page)


def _page_of(view: View, widget: Obj) -> int | None:
    page = widget.get("P") if isinstance(widget, dict) else None
    pages = list_pages(view) if isinstance(page, Ref) else []
    return pages.index(page.number) + 1 if isinstance(page, Ref) and page.number in pages else None


def _tell_values(account: Account) -> Iterator[Change]:
    before = {one.name: one for one in list_fields(account.before)}
    for field in list_fields(account.after):
        former = before.get(field.name)
        if former is None and field.kind != "Sig":
            yield Change(Kind.FORM, field.name)
        elif former is not None and field.kind != "Sig":
            yield from _tell_value(account, former, field)


def _tell_value(account: Account, former: FormField, field: FormField) -> Iterator[Change]:
    old, new = account.before.get(former.value), account.after.get(field.value)
    if not same(account.data, old, new):
        kind = Kind.VALUE_CHANGED if as_text(old) else Kind.FIELD_FILLED
        yield Change(kind, field.name, as_text(old), as_text(new))


def _tell_catalog(account: Account, touched: set[int]) -> Iterator[Change]:
    old, new = account.before.root, account.after.root
    for key in sorted((old.keys() | new.keys()) - {"Pages", "Names"}):
        grew = key == "AcroForm" and not _form_changed(account, old.get(key), new.get(key))
        if _differs(account, old.get(key), new.get(key), touched) and not grew:
            yield Change(_KINDS.get(key, Kind.OTHER), key)
    before, after = account.before.get(old.get("Names")), account.after.get(new.get("Names"))
    before = before if isinstance(before, dict) else {}
    after = after if isinstance(after, dict) else {}
    for key in sorted(before.keys() | after.keys()):
        if _differs(account, before.get(key), after.get(key), touched):
            yield Change(_KINDS.get(key, Kind.OTHER), key)


def _differs(account: Account, old: Obj, new: Obj, touched: set[int]) -> bool:
    return not same(account.data, old, new) or bool(touched & set(_numbers(new)))


def _form_changed(account: Account, old: Obj, new: Obj) -> bool:
    """Whether more of the form changed than its list of fields."""
    before, after = account.before.get(old), account.after.get(new)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return before is not None
    return any(
        not same(account.data, before.get(key), after.get(key))
        for key in (before.keys() | after.keys()) - _FORM_GROWTH
    )
