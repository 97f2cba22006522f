"""Sequels to a signed letter that break one rule each, beside those that keep it."""

from collections.abc import Callable

from tests.signing import makers
from tests.signing.attacks import content, forms, letter, structure
from tests.signing.attacks.crafted import CASES
from tests.signing.attacks.honest import CONTROLS, with_note
from tests.signing.attacks.trap import trap
from tests.signing.makers import revise, stream

Make = Callable[[], bytes]
_CRAFTED = {one.name: one for one in CASES}


def _is_odd(name: str) -> bool:
    return "comment" in name or name.endswith("_nul")


def _catalog(keys: bytes) -> Make:
    return lambda: revise(
        letter.signed(), {letter.CATALOG: letter.catalog(keys)}, trailer=letter.TRAILER
    )


def _on_sealed(attack: Callable[[bytes], bytes]) -> Make:
    return lambda: attack(letter.sealed())


def container_of_old_number() -> bytes:
    """The object stream of a later revision takes the number of the link."""
    pdf = letter.signed()
    out = pdf + b"8 0 obj\n" + makers.object_stream({letter.INFO: b"<<>>"}) + b"\nendobj\n"
    size = makers.last_size(pdf)
    trailer = letter.TRAILER + b"/Prev %d" % makers.last_section(pdf)
    places = {letter.NOTE: len(pdf)}
    return out + makers._by_stream(len(out), places, {letter.INFO: (8, 0)}, (), size, trailer)


def info_of(body: bytes) -> Make:
    return lambda: revise(letter.signed(), {letter.INFO: body}, trailer=letter.TRAILER)


def text_colour(pdf: bytes) -> bytes:
    """The form's own look changes: so would fields that have none of their own."""
    changed = letter.form(b"6 0 R 7 0 R").replace(b"/DA(/F1 10 Tf)", b"/DA(1 g /F1 10 Tf)")
    if b"/FT/Tx" in pdf:
        changed = changed.replace(b"7 0 R]", b"7 0 R 8 0 R]")
    return revise(pdf, {letter.FORM: changed}, trailer=letter.TRAILER)


def metadata_without_uri() -> bytes:
    body = (letter.XMP_TEXT % b"2026").replace(
        b"http://ns.adobe.com/xap", b"http://[s.adobe.com/xap"
    )
    written = {letter.XMP: stream(body, letter.METADATA_KEYS)}
    return revise(letter.signed(), written, trailer=letter.TRAILER)


def form_moved() -> bytes:
    pdf = letter.signed()
    new = makers.next_number(pdf)
    moved = letter.catalog().replace(b"/AcroForm 5 0 R", b"/AcroForm %d 0 R" % new)
    written = {letter.CATALOG: moved, new: letter.form()}
    return revise(pdf, written, trailer=letter.TRAILER)


def evidence_that_is_no_stream() -> bytes:
    """The store names the font."""
    pdf = letter.signed()
    new = makers.next_number(pdf)
    return letter.add_evidence(pdf, more={new: b"<</Type/DSS/Certs[11 0 R]>>"})


def field_dropped() -> bytes:
    pdf = letter.sign_officer(with_note())
    return revise(pdf, {letter.FORM: letter.form(b"6 0 R 7 0 R")}, trailer=letter.TRAILER)


def seal_with(keys: bytes, rect: bytes = b"200 100 290 190") -> bytes:
    pdf = letter.signed()
    value = makers.next_number(pdf)
    body = letter.field(b"Seal", rect, b"/V %d 0 R%s" % (value, keys))
    return makers.sign(pdf, {letter.SEAL: body}, value=value, trailer=letter.TRAILER)


def tagged(more: bytes = b"", spoken: bytes = b"") -> bytes:
    """A tagged letter gets a field, and an element of the structure tree for it."""
    extra = {
        20: b"<</Type/StructTreeRoot/K[21 0 R]/ParentTree 22 0 R/ParentTreeNextKey 1>>",
        21: b"<</Type/StructElem/S/Document/P 20 0 R/K[0]>>",
        22: b"<</Nums[0 21 0 R]>>",
    }
    pdf = trap(extra, catalog=letter.catalog(b"/StructTreeRoot 20 0 R"))
    number = makers.next_number(pdf)
    element, tree = number + 3, number + 4
    written = {
        20: b"<</Type/StructTreeRoot/K[21 0 R]/ParentTree %d 0 R/ParentTreeNextKey 2>>" % tree,
        21: b"<</Type/StructElem/S/Document/P 20 0 R/K[0 %d 0 R]%s>>" % (element, spoken),
        element: b"<</Type/StructElem/S/Form/P 21 0 R/K<</Type/OBJR/Obj %d 0 R>>%s>>"
        % (number, more),
        tree: b"<</Nums[0 21 0 R 1 %d 0 R]>>" % element,
    }
    return letter.add_field(pdf, keys=b"/StructParent 1", more=written)


def empty_field(keys: bytes = b"") -> bytes:
    pdf = letter.signed()
    new = makers.next_number(pdf)
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new),
        new: letter.field(b"Next", b"72 100 180 150", keys),
    }
    return revise(pdf, written, trailer=letter.TRAILER)


_EXTENSION = b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5%s>>>>"

BROKEN: dict[str, tuple[Make, ...]] = {
    "unexplained_change": (
        _on_sealed(content.content_stream_overridden),
        _on_sealed(content.page_contents_replaced),
        _on_sealed(forms.seal_look_overridden),
        _CRAFTED["container_replaced"].attack,
    ),
    "size": (
        _on_sealed(structure.numbers_hidden_by_size),
        _CRAFTED["number_over_size_revealed"].attack,
    ),
    "freed_object": (_on_sealed(content.content_stream_freed),),
    "section_number": (_CRAFTED["section_takes_the_number_of_content"].attack,),
    "container_number": (container_of_old_number,),
    "future_number": tuple(
        case.attack
        for name, case in _CRAFTED.items()
        if name.startswith("future_") and not _is_odd(name) and "swallowed" not in name
    ),
    "overlap": (_CRAFTED["future_number_behind_a_swallowed_object"].attack,),
    "one_owner": (
        _CRAFTED["store_array_is_page_contents"].attack,
        _CRAFTED["metadata_is_page_content"].attack,
        _CRAFTED["annotations_are_page_tree"].attack,
        _CRAFTED["fields_are_page_contents"].attack,
        _CRAFTED["store_entry_is_a_map_of_glyphs"].attack,
        _CRAFTED["look_shared_with_a_stamp"].attack,
        _CRAFTED["form_of_a_shared_look_replaced"].attack,
    ),
    "one_role": (_CRAFTED["field_is_a_map_of_fonts"].attack,),
    "catalog_keys": (
        _on_sealed(content.open_action),
        _on_sealed(content.names_javascript),
        _on_sealed(content.attachment_added),
        _on_sealed(content.root_moved),
        forms.permissions_removed.__get__(b""),
        _catalog(b"/Version/Latest"),
    ),
    "extensions": (
        _catalog(_EXTENSION % b"/ca 0"),
        _catalog(b"/Extensions<</G<</ca 0/SMask/None>>>>"),
        _catalog(b"/Extensions 4 0 R"),
    ),
    "metadata": (
        _on_sealed(forms.metadata_that_is_no_xml),
        _on_sealed(forms.metadata_removed),
        metadata_without_uri,
    ),
    "info": (
        _on_sealed(content.info_title),
        info_of(b"<</Producer 4 0 R/ModDate(D:2026)>>"),
    ),
    "store": (_on_sealed(forms.evidence_with_foreign_keys),),
    "store_streams": (
        _on_sealed(forms.evidence_that_is_no_der),
        _on_sealed(forms.evidence_stream_that_draws),
        _on_sealed(forms.evidence_overrides_content),
        evidence_that_is_no_stream,
    ),
    "structure": (
        lambda: tagged(b"/ActualText(900 dong)"),
        lambda: tagged(spoken=b"/ActualText(900 dong)"),
    ),
    "form_keys": (
        _on_sealed(forms.xfa_added),
        form_moved,
        _CRAFTED["form_is_an_annotation"].attack,
    ),
    "form_resources": (lambda: text_colour(letter.sign_officer(with_note())),),
    "form_fields": (field_dropped,),
    "new_field": (
        _on_sealed(forms.text_field_added),
        lambda: letter.add_field(letter.signed(), keys=b"/DV 4 0 R"),
        lambda: letter.add_field(letter.signed(), keys=b"/DA<</N 4 0 R>>"),
        lambda: empty_field(b"/MK<</BG[1 1 1]>>"),
    ),
    "filled_field": (
        lambda: seal_with(b"", b"200 700 290 790"),
        lambda: seal_with(b"/OC 4 0 R"),
    ),
    "field_value": (_on_sealed(forms.signature_value_not_signed),),
    "field_look": (
        _on_sealed(forms.new_field_with_foreign_look),
        lambda: seal_with(b"/AP<</N 4 0 R>>"),
    ),
    "input": (forms.look_differs_from_value.__get__(b""),),
    "page_annotations": (
        _on_sealed(forms.new_field_with_a_second_widget),
        lambda: letter.add_field(
            letter.signed(),
            more={letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R]/Rotate 90")},
        ),
    ),
    # Refused for good.
    "hidden_objects": (
        _on_sealed(structure.unlisted_in_object_stream),
        _on_sealed(structure.content_under_a_foreign_number),
    ),
    "object_shared": (_CRAFTED["catalog_is_a_map_of_glyphs"].attack,),
    "metadata_unsafe": (
        _on_sealed(forms.metadata_with_dtd),
        _on_sealed(forms.metadata_that_is_an_image),
    ),
    "looks_regenerated": (_on_sealed(forms.need_appearances),),
    "script_added": (
        _on_sealed(forms.script_on_new_field),
        _on_sealed(forms.action_on_new_field),
    ),
    "look_without_signature": (_on_sealed(forms.unsigned_field_added),),
    "look_unframed": (
        _on_sealed(forms.unframed_new_field),
        _on_sealed(forms.bad_frame_of_new_field),
        forms.unframed_value_under_p2.__get__(b""),
    ),
    "stamp_shows": (_on_sealed(forms.stamp_with_a_look),),
    "widget_covers_page": (
        _on_sealed(forms.page_sized_new_field),
        _CRAFTED["prepared_field_over_the_page"].attack,
        _CRAFTED["field_claims_a_huge_page"].attack,
        _CRAFTED["crop_box_wider_than_the_page"].attack,
    ),
}
"""By rule: sequels that break it."""

KEPT: dict[str, Make] = {
    **CONTROLS,
    **{name: case.control for name, case in _CRAFTED.items()},
    "evidence_by_streams": CONTROLS["evidence_in_object_stream"],
    "extension_named": _catalog(_EXTENSION % b""),
    "version_raised": _catalog(b"/Version/2.0"),
    "info_without_producer": info_of(b"<</ModDate(D:20260303000000Z)>>"),
    "form_resources_of_signatures": lambda: text_colour(letter.signed()),
    "tagged": tagged,
    "empty_field": empty_field,
    "catalog_moved": lambda: content.root_moved_alike(letter.sealed()),
    "look_kept": lambda: seal_with(b""),
    "evidence_of_old_stream": lambda: forms.evidence_names_the_page(letter.sealed()),
    "spare_stream": lambda: revise(
        letter.signed(), {makers.next_number(letter.signed()): stream(b"x")}, trailer=letter.TRAILER
    ),
}
"""Sequels that keep every rule."""

UNSURE_OF_READER = {name for name in _CRAFTED if _is_odd(name)}
"""The reader itself does not take comments and NUL inside references."""
