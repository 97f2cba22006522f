"""Signed traps in which one object has two roles, or a field claims another place."""

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import FORGED
from tests.signing.attacks.trap import Case, trap
from tests.signing.makers import revise, stream


def polyglot() -> bytes:
    """DER to whoever reads evidence; to whoever draws a page, text."""
    inner = b"\n" + FORGED + b"\n"
    return (
        b"0\x82"
        + (len(inner) + 4).to_bytes(2, "big")
        + b"\x04\x82"
        + (len(inner).to_bytes(2, "big") + inner)
    )


def _shared_store(shared: bytes) -> bytes:
    extra = {20: b"[4 0 R]", 21: b"[22 0 R]", 22: stream(letter.certificate())}
    return trap(
        extra,
        catalog=letter.catalog(b"/DSS<</Certs %s>>" % shared),
        page=letter.page(content=b"20 0 R"),
    )


def _extend_store(pdf: bytes, array: int, before: bytes) -> bytes:
    new = makers.next_number(pdf)
    written = {array: b"[%s %d 0 R]" % (before, new), new: stream(polyglot())}
    return revise(pdf, written, trailer=letter.TRAILER)


def _metadata_shown(content: bytes) -> bytes:
    return trap({20: stream(letter.TEXT)}, page=letter.page(content=content))


def _new_metadata(pdf: bytes) -> bytes:
    body = letter.XMP_TEXT % b"> BT (900) Tj ET <"
    body = body.replace(b"> BT (900) Tj ET <", b") BT (900) Tj ET (")
    return revise(pdf, {letter.XMP: stream(body, letter.METADATA_KEYS)}, trailer=letter.TRAILER)


def _annotations_shared(kids: bytes) -> bytes:
    extra = {20: b"[6 0 R 7 0 R 8 0 R]", 21: b"[3 0 R]"}
    return trap(
        extra,
        page=letter.page(b"/Annots 20 0 R/Extra %s" % kids),
        pages=b"<</Type/Pages/Kids %s/Count 1>>" % kids,
    )


def _append_annotation(pdf: bytes) -> bytes:
    new = makers.next_number(pdf)
    written = {
        20: b"[6 0 R 7 0 R 8 0 R %d 0 R]" % new,
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        new: letter.field(
            b"Page", b"72 100 180 150", b"/V %d 0 R/AP<</N %d 0 R>>" % (new + 1, new + 2)
        ),
        new + 2: letter.look(b"Page"),
    }
    return makers.sign(pdf, written, value=new + 1, trailer=letter.TRAILER)


def _catalog_as_glyphs(glyphs: bytes) -> bytes:
    """A Type 3 font takes its glyphs from the catalog: /Metadata is one of them."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 65"
        b"/LastChar 65/Widths[9]/Encoding<</Differences[65/Metadata]>>/CharProcs %s>>" % glyphs
    )
    return trap({20: b"<</Metadata 4 0 R>>"}, font=font)


def _metadata_elsewhere(pdf: bytes) -> bytes:
    new = makers.next_number(pdf)
    body = letter.XMP_TEXT % b"0 0 d0 BT (900) Tj ET"
    changed = letter.catalog().replace(b"/Metadata 9 0 R", b"/Metadata %d 0 R" % new)
    written = {letter.CATALOG: changed, new: stream(body, letter.METADATA_KEYS)}
    return revise(pdf, written, trailer=letter.TRAILER)


def _entry_as_glyphs(glyphs: bytes) -> bytes:
    """A Type 3 font takes its glyphs from an entry of /VRI: /TS is one of them."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 65"
        b"/LastChar 65/Widths[9]/Encoding<</Differences[65/TS]>>/CharProcs %s>>" % glyphs
    )
    store = b"/DSS<</VRI<</%s 20 0 R>>>>" % letter.VRI_NAME
    extra = {20: b"<</TS 21 0 R>>", 21: stream(letter.certificate()), 22: b"<</TS 4 0 R>>"}
    return trap(extra, catalog=letter.catalog(store), font=font)


def _new_entry_stamp(pdf: bytes) -> bytes:
    new = makers.next_number(pdf)
    written = {20: b"<</TS %d 0 R>>" % new, new: stream(polyglot())}
    return revise(pdf, written, trailer=letter.TRAILER)


def _form_as_annotation(annotation: bytes) -> bytes:
    """The form itself is an annotation that takes its colour from /DA."""
    look = b"/Type/Annot/Subtype/FreeText/Rect[72 700 300 740]/Contents(900 dong)"
    return trap(
        {20: b"<<%s/DA(1 g)>>" % look},
        form=letter.form(keys=look if annotation == b"5 0 R" else b""),
        page=letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %s]" % annotation),
    )


def _new_default_look(pdf: bytes) -> bytes:
    look = b"/Type/Annot/Subtype/FreeText/Rect[72 700 300 740]/Contents(900 dong)"
    keys = look if look in pdf[pdf.index(b"\n5 0 obj") : pdf.index(b"\n6 0 obj")] else b""
    changed = letter.form(keys=keys).replace(b"/DA(/F1 10 Tf)", b"/DA(0 g /F1 10 Tf)")
    return revise(pdf, {letter.FORM: changed}, trailer=letter.TRAILER)


def _look_shared(stamp_look: bytes) -> bytes:
    """The seal's empty field and a stamp on the text have one look."""
    stamp = b"<</Type/Annot/Subtype/Stamp/Rect[72 700 300 740]/P 3 0 R/AP %s>>" % stamp_look
    extra = {20: b"<</N 21 0 R>>", 21: letter.look(b"plain"), 22: b"<</N 23 0 R>>"}
    extra[23] = letter.look(b"stamp")
    return trap(extra, seal=letter.seal(b"/AP 20 0 R"), note=stamp)


def _seal_with_new_look(pdf: bytes) -> bytes:
    value = makers.next_number(pdf)
    written = {
        letter.SEAL: letter.seal(b"/V %d 0 R/AP 20 0 R" % value),
        20: b"<</N %d 0 R>>" % (value + 1),
        value + 1: letter.look(b"900"),
    }
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER)


def _store_in_page(store: bytes) -> bytes:
    """The array of fields is the page's array of contents too."""
    return trap(
        {20: b"[6 0 R 7 0 R]", 21: b"[4 0 R]"},
        form=b"<</Fields 20 0 R/SigFlags 3>>",
        page=letter.page(content=store),
    )


def _append_to_fields(pdf: bytes) -> bytes:
    new = makers.next_number(pdf)
    written = {
        20: b"[6 0 R 7 0 R %d 0 R]" % new,
        new: letter.field(b"More", b"0 0 0 0", b"/V %d 0 R" % (new + 1)),
        letter.PAGE: letter.page(
            b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new,
            b"20 0 R" if b"/Contents 20 0 R" in pdf else b"21 0 R",
        ),
    }
    return makers.sign(pdf, written, value=new + 1, trailer=letter.TRAILER)


def _look_replaced_in_place(stamp_look: bytes) -> bytes:
    """The very form is redefined; whoever shares the dictionary that names it changes too."""
    pdf = _look_shared(stamp_look)
    value = makers.next_number(pdf)
    seal = letter.seal(b"/V %d 0 R/AP 20 0 R" % value)
    written = {letter.SEAL: seal, 21: letter.look(b"900")}
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER)


def _fonts(fonts: bytes) -> bytes:
    """The page takes its fonts from the seal's field: /V is one, once it is signed."""
    page = letter.page().replace(b"/Font<</F1 11 0 R>>", b"/Font %s" % fonts)
    return letter.sign_seal(trap({20: b"<</F1 11 0 R>>"}, page=page))


def _huge_page(rect: bytes) -> bytes:
    """The seal's field says that it is on a huge page; it is on the small one with the text."""
    huge = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000 9000]>>"
    seal = letter.field(b"Seal", rect).replace(b"/P 3 0 R", b"/P 20 0 R")
    pages = b"<</Type/Pages/Kids[3 0 R 20 0 R]/Count 2>>"
    pdf = trap({20: huge}, seal=seal, pages=pages)
    value = makers.next_number(pdf)
    body = seal[:-2] + b"/V %d 0 R/AP<</N %d 0 R>>>>" % (value, value + 1)
    written = {letter.SEAL: body, value + 1: letter.look(b"900")}
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER)


def _wide_crop(rect: bytes) -> bytes:
    """A crop box larger than the page: what is shown is the page all the same."""
    pdf = trap(page=letter.page(b"/CropBox[0 0 9000 9000]/Annots[6 0 R 7 0 R 8 0 R]"))
    value = makers.next_number(pdf)
    keys = b"/CropBox[0 0 9000 9000]/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % (value + 1)
    body = b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 2)
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % (value + 1)),
        letter.PAGE: letter.page(keys),
        value + 1: letter.field(b"Wide", rect, body),
        value + 2: letter.look(b"900"),
    }
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER)


def _text_by_form(widget: bytes = b"") -> bytes:
    """A text whose font is the form's: its widget has no look, and no field of the form names it.

    The widget's parent may be a signature field all the same.
    """
    text = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/V(100)/Rect[72 500 300 560]/F 4/P 3 0 R%s>>"
        % widget
    )
    fields = b"6 0 R 7 0 R" + b" 21 0 R" * (b"/Parent" in widget)
    extra = {20: text, 21: b"<</FT/Sig/T(Parent)/Kids[20 0 R]>>"}
    page = letter.page(b"/Annots[6 0 R 7 0 R 8 0 R 20 0 R]")
    return trap(extra, page=page, form=letter.form(fields))


def _new_font_of_form(pdf: bytes) -> bytes:
    """The form names another font; those that it had stay."""
    font = makers.next_number(pdf)
    fields = b"6 0 R 7 0 R" + b" 21 0 R" * (b"/Parent 21 0 R" in pdf)
    body = letter.form(fields).replace(b"/F1 10 Tf", b"/F9 10 Tf")
    body = body.replace(b"/F1 11 0 R", b"/F1 11 0 R/F9 %d 0 R" % font)
    symbols = b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
    return revise(pdf, {letter.FORM: body, font: symbols}, trailer=letter.TRAILER)


def _odd_page_box() -> bytes:
    """The page's box is no rectangle: readers take a size of their own."""
    return trap(page=letter.page().replace(b"[0 0 595 842]", b"[0 0 595 842 0]"))


def _field_on_odd_page(rect: bytes) -> bytes:
    pdf = _odd_page_box()
    number = makers.next_number(pdf)
    annots = b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % number
    page = letter.page(annots).replace(b"[0 0 595 842]", b"[0 0 595 842 0]")
    return letter.add_field(pdf, rect=rect, more={letter.PAGE: page})


ROLE_CASES: tuple[Case, ...] = (
    Case(
        "store_array_is_page_contents",
        lambda: _extend_store(_shared_store(b"21 0 R"), 21, b"22 0 R"),
        lambda: _extend_store(_shared_store(b"20 0 R"), 20, b"4 0 R"),
    ),
    Case(
        "metadata_is_page_content",
        lambda: _new_metadata(_metadata_shown(b"20 0 R")),
        lambda: _new_metadata(_metadata_shown(b"[4 0 R 9 0 R]")),
    ),
    Case(
        "annotations_are_page_tree",
        lambda: _append_annotation(_annotations_shared(b"21 0 R")),
        lambda: _append_annotation(_annotations_shared(b"20 0 R")),
    ),
    Case(
        "fields_are_page_contents",
        lambda: _append_to_fields(_store_in_page(b"21 0 R")),
        lambda: _append_to_fields(_store_in_page(b"20 0 R")),
    ),
    Case(
        "catalog_is_a_map_of_glyphs",
        lambda: _metadata_elsewhere(_catalog_as_glyphs(b"20 0 R")),
        lambda: _metadata_elsewhere(_catalog_as_glyphs(b"1 0 R")),
    ),
    Case(
        "store_entry_is_a_map_of_glyphs",
        lambda: _new_entry_stamp(_entry_as_glyphs(b"22 0 R")),
        lambda: _new_entry_stamp(_entry_as_glyphs(b"20 0 R")),
    ),
    Case(
        "form_is_an_annotation",
        lambda: _new_default_look(_form_as_annotation(b"20 0 R")),
        lambda: _new_default_look(_form_as_annotation(b"5 0 R")),
    ),
    Case(
        "look_shared_with_a_stamp",
        lambda: _seal_with_new_look(_look_shared(b"22 0 R")),
        lambda: _seal_with_new_look(_look_shared(b"20 0 R")),
    ),
    Case(
        "form_of_a_shared_look_replaced",
        lambda: _look_replaced_in_place(b"<<>>"),
        lambda: _look_replaced_in_place(b"20 0 R"),
    ),
    Case("field_is_a_map_of_fonts", lambda: _fonts(b"20 0 R"), lambda: _fonts(b"7 0 R")),
    Case(
        "field_claims_a_huge_page",
        lambda: _huge_page(b"72 100 180 150"),
        lambda: _huge_page(b"0 0 595 842"),
    ),
    Case(
        "crop_box_wider_than_the_page",
        lambda: _wide_crop(b"72 100 180 150"),
        lambda: _wide_crop(b"0 0 595 842"),
    ),
    Case(
        "widget_without_field_takes_the_font_of_the_form",
        lambda: _new_font_of_form(trap()),
        lambda: _new_font_of_form(_text_by_form()),
    ),
    Case(
        "text_below_a_signature_field_takes_the_font_of_the_form",
        lambda: letter.add_evidence(_text_by_form(b"/Parent 21 0 R")),
        lambda: _new_font_of_form(_text_by_form(b"/Parent 21 0 R")),
    ),
    Case(
        "page_box_is_no_rectangle",
        lambda: _field_on_odd_page(b"72 100 180 150"),
        lambda: _field_on_odd_page(b"0 0 595 842"),
    ),
)
