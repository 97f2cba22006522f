"""Whether a document that a portal offers looks the same to everybody, now and later.

What a person looked at is a picture that this machine drew. A document that runs scripts, that has
layers, notes, attachments or fields of somebody's choice, holds or shows other things in other
programs, on paper, or once somebody filled in what the officer's certification lets him fill.
Directives have none of it.

Source: ISO 32000-2, 7.7.2 (catalog), 12.5 (annotations).
"""

from __future__ import annotations

from typing import Final

from signing.errors import OfferRefusedError
from signing.judge.changes.alone import runs_something
from signing.judge.changes.elsewhere import drawn_elsewhere
from signing.judge.changes.places import are_open_places
from signing.judge.changes.sheets import list_pages
from signing.judge.file.document import Document, View
from signing.judge.file.fields import list_fields
from signing.judge.file.objects import Obj, Ref
from signing.names import DATE_FIELD, NUMBER_FIELD, OWN_FIELDS
from signing.request import SignatureKind

_CATALOG: Final = frozenset(
    {"Type", "Version", "Extensions", "Pages", "AcroForm", "Metadata", "OutputIntents", "Lang"}
    | {"StructTreeRoot", "MarkInfo", "ViewerPreferences", "Outlines", "PageMode", "PageLayout"}
    | {"PageLabels", "Dests", "Names", "OpenAction", "Perms", "DSS"}
)
"""Without layers, attachments, collections, and what readers must be able to do."""

_NAMES: Final = frozenset({"Dests"})


def require_still(document: Document, view: View, kind: SignatureKind) -> None:
    """Refuses what a directive that waits for its officer, or for the seal, does not hold.

    Args:
        document: the file.
        view: it, as it was looked at.
        kind: whose signature is to come.

    Raises:
        OfferRefusedError: it holds something of that kind.
        UnsureStructure: an object cannot be read.
    """
    form = view.get(view.root.get("AcroForm"))
    if not isinstance(form, dict):
        raise OfferRefusedError("document", "no form")
    if "XFA" in form or view.get(form.get("NeedAppearances", False)) is not False:
        raise OfferRefusedError("document", "a form that readers draw themselves")
    if runs_something(view):
        raise OfferRefusedError("document", "scripts")
    names = view.get(view.root.get("Names", {}))
    if not isinstance(names, dict) or set(names) - _NAMES or set(view.root) - _CATALOG:
        strange = sorted((set(view.root) - _CATALOG) or ["Names"])
        raise OfferRefusedError("document", f"catalog: {', '.join(strange)}")
    everything = {one for each in document.revisions for one in each.entries}
    # In the mark that is to come as well.
    if (number := drawn_elsewhere(document.newest, everything)) is not None:
        raise OfferRefusedError("document", f"stream {number}")
    _require_own_fields(document, view, kind)
    _require_plain_annotations(view)


def _require_own_fields(document: Document, view: View, kind: SignatureKind) -> None:
    """An officer's certification lets every empty field be filled in or signed afterwards."""
    fields = {one.name: one for one in list_fields(view)}
    later = {one.name: one for one in fields.values() if one.name in {NUMBER_FIELD, DATE_FIELD}}
    officer = kind is SignatureKind.OFFICER
    strange = {
        name
        for name, one in fields.items()
        if name not in OWN_FIELDS and (officer or one.kind != "Sig")
    }
    if strange:
        raise OfferRefusedError("document", f"fields {', '.join(sorted(strange))}")
    if later and officer and not are_open_places(document, view, later):
        raise OfferRefusedError("document", "places for the number")


def _require_plain_annotations(view: View) -> None:
    """Widgets of the form's fields, and links that show nothing themselves.

    Each widget lies once, on the page that it names: the mark is shown beforehand on that page.
    """
    fields = {one.number: one.dictionary for one in list_fields(view)}
    listed: set[int] = set()
    for number in list_pages(view):
        page = view.get(Ref(number))
        listing = view.get(page.get("Annots")) if isinstance(page, dict) else None
        for one in listing if isinstance(listing, list) else ():
            if not isinstance(one, Ref) or one.number not in fields:
                if not _is_link(view.get(one)):
                    raise OfferRefusedError("document", "annotations")
            elif one.number in listed or fields[one.number].get("P") != Ref(number):
                raise OfferRefusedError("document", "a field on several pages")
            else:
                listed.add(one.number)


def _is_link(annotation: Obj) -> bool:
    return (
        isinstance(annotation, dict)
        and annotation.get("Subtype") == "Link"
        and "AP" not in annotation
    )
