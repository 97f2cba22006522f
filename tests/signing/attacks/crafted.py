"""Documents that were made to be attacked later: the signer signs a trap.

Each case is a pair: what an honest sequel does to such a document or its harmless twin, which must
pass, and the sequel that springs the trap, which must not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import FORGED
from tests.signing.makers import revise, stream

Make = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    name: str
    control: Make
    attack: Make


def trap(extra: Mapping[int, bytes] | None = None, trailer: bytes = b"", **changed: bytes) -> bytes:
    """The letter with some objects otherwise, and further ones; signed by the officer."""
    objects = {**letter.objects(**changed), **(extra or {})}
    return letter.sign_officer(makers.base(objects, trailer=b"/Info 10 0 R" + trailer))


def polyglot() -> bytes:
    """DER to whoever reads evidence; to whoever draws a page, text."""
    inner = b"\n" + FORGED + b"\n"
    return (
        b"0\x82"
        + (len(inner) + 4).to_bytes(2, "big")
        + b"\x04\x82"
        + (len(inner).to_bytes(2, "big") + inner)
    )


# One object in two roles.


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


# Numbers that are defined later.

FUTURE = 60
_FUTURE_FORMS = {
    "plain": b"60 0 R",
    "comment": b"60 % x\n 0 R",
    "comment_behind": b"60 0 % y\n R",
    "leading_zeros": b"0000060 00 R",
    "long_comment": b"60 %" + b"x" * 5000 + b"\n0 R",
    "blanks": b"60" + b" " * 500 + b"0" + b"\t" * 500 + b"R",
    "nul": b"60\0 0\0R",
    "lines": b"60\r\n0\r\nR",
    "form_feed": b"60\f0\fR",
}


def _content_with(reference: bytes) -> bytes:
    return trap(page=letter.page(content=b"[4 0 R %s]" % reference))


def _define(pdf: bytes, number: int = FUTURE) -> bytes:
    """An honest seal, and beside it an object that nothing in this revision names."""
    return letter.sign_seal(pdf, {number: stream(FORGED)})


def _future(name: str, reference: bytes) -> Case:
    return Case(
        f"future_number_{name}",
        lambda: letter.sign_seal(_content_with(reference)),
        lambda: _define(_content_with(reference)),
    )


def _future_in_object_stream(reference: bytes = b"60 0 R") -> bytes:
    objects = letter.objects(page=letter.page(content=b"[4 0 R %s]" % reference))
    packed = {n: objects.pop(n) for n in (letter.PAGES, letter.PAGE, letter.FONT)}
    pdf = makers.base(objects, packed=packed, trailer=b"/Info 10 0 R")
    return letter.sign_officer(pdf)


def _future_action() -> bytes:
    return trap(catalog=letter.catalog(b"/OpenAction 60 0 R"))


def _future_name_dictionary() -> bytes:
    return trap(catalog=letter.catalog(b"/Names<</JavaScript 60 0 R>>"))


def _future_in_stream_dictionary() -> bytes:
    return trap(content=stream(letter.TEXT, b"/Resources 60 0 R/DecodeParms 60 0 R"))


def _future_in_trailer() -> bytes:
    """LibreOffice names an object in its trailer that it never writes; nobody follows it."""
    extra = b"/AdditionalStreams[/application#2Fodt %d 0 R]" % FUTURE
    return trap(trailer=extra)


def _future_in_unreached() -> bytes:
    return trap({20: b"<</Spare 60 0 R>>"})


def _swallowed(*, overlapping: bool) -> bytes:
    """An object stands in a string of the page; what the page names behind it looks like its own.

    The inner object is a stream, whose body a search leaves out: the page's contents with it.
    """
    body = b"/Contents[4 0 R 60 0 R]/Resources<</Font<</F1 11 0 R>>>>>>\nendobj\n%" + b" " * 700
    inner = b"13 0 obj\n<</Length %d>>\nstream\n)%s\nendstream" % (len(body) + 1, body)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Note(\n" + inner
    objects = letter.objects(page=page if overlapping else letter.page())
    pdf = makers.base(objects, trailer=b"/Info 10 0 R")
    if overlapping:
        at = pdf.index(b"13 0 obj")
        written = b"13 1\n%010d 00000 n \ntrailer\n<</Size 14" % at
        pdf = pdf.replace(b"trailer\n<</Size 13", written)
    return letter.sign_officer(pdf)


def _over_size(size: int) -> bytes:
    """The page has a second content, whose number is over the /Size that is signed."""
    objects = letter.objects(page=letter.page(content=b"[4 0 R 40 0 R]"))
    pdf = makers.base({**objects, 40: stream(FORGED)}, trailer=b"/Info 10 0 R")
    written = {
        letter.OFFICER: letter.officer(b"/V 13 0 R/AP<</N 14 0 R>>"),
        13: makers.signature_dictionary(),
        14: letter.look(b"Officer"),
    }
    return makers.fill(makers.with_size(revise(pdf, written, trailer=letter.TRAILER), size))


# Places and numbers that the reader needs itself.


def _hidden_page() -> bytes:
    """A string of the page holds another page; its bytes are signed."""
    hidden = letter.page(content=b"11 0 R").replace(b"(", b"").replace(b")", b"")
    return trap(page=letter.page(b"/Annots[6 0 R 7 0 R 8 0 R]/Note(3 0 obj%sendobj)" % hidden))


def _redirect_into_string(pdf: bytes) -> bytes:
    place, at = pdf.index(b"3 0 obj<<"), len(pdf)
    return (
        pdf
        + b"xref\n3 1\n%010d 00000 n \n" % place
        + (
            b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (makers.last_size(pdf), letter.TRAILER, makers.last_section(pdf), at)
        )
    )


def _length_apart() -> bytes:
    body = b"<</Length 20 0 R>>\nstream\n" + letter.TEXT + b"\nendstream"
    return trap({20: b"%d" % len(letter.TEXT)}, content=body)


def _packed_page() -> bytes:
    objects = letter.objects()
    packed = {letter.PAGE: objects.pop(letter.PAGE)}
    return letter.sign_officer(makers.base(objects, packed=packed, trailer=b"/Info 10 0 R"))


def _container_replaced() -> bytes:
    pdf = _packed_page()
    forged = {letter.PAGE: letter.page(content=b"11 0 R")}
    return revise(pdf, {13: makers.object_stream(forged)}, trailer=letter.TRAILER)


def _section_takes_number(number: int) -> bytes:
    """The cross-reference stream of a later revision bears the number of an old object."""
    pdf = letter.signed()
    at = len(pdf)
    size = makers.last_size(pdf)
    rows = b"\x01" + at.to_bytes(4, "big") + b"\0\0"
    keys = b"/Type/XRef/Size %d/W[1 4 2]/Index[%d 1]%s/Prev %d" % (
        max(size, number + 1),
        number,
        letter.TRAILER,
        makers.last_section(pdf),
    )
    body = b"%d 0 obj\n" % number + stream(rows, keys) + b"\nendobj\n"
    return pdf + body + b"startxref\n%d\n%%%%EOF\n" % at


def _prepared_field(rect: bytes) -> bytes:
    """The signed file has an empty field over the whole page; a stranger fills it later."""
    return trap(seal=letter.field(b"Seal", rect))


def _fill_prepared(rect: bytes) -> bytes:
    pdf = _prepared_field(rect)
    value = makers.next_number(pdf)
    body = letter.field(b"Seal", rect, b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1))
    written = {letter.SEAL: body, value + 1: letter.look(b"900")}
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER)


def _hybrid(*, doubled: bool) -> bytes:
    """A first revision with a table and a stream beside it; doubled: they disagree on a page."""
    out = bytearray(letter.unsigned())
    page = len(out)
    if doubled:
        out += b"3 0 obj\n" + letter.page(content=b"11 0 R") + b"\nendobj\n"
    place = len(out)
    out += b"14 0 obj\n<</Type/StructTreeRoot>>\nendobj\n"
    numbers = [(3, page)] * doubled + [(14, place)]
    rows = b"".join(b"\x01" + at.to_bytes(4, "big") + b"\0\0" for _, at in numbers)
    index = b" ".join(b"%d 1" % number for number, _ in numbers)
    hidden = len(out)
    keys = b"/Type/XRef/Size 16/W[1 4 2]/Index[%s]/Root 1 0 R" % index
    out += b"15 0 obj\n" + stream(rows, keys) + b"\nendobj\n"
    at = len(out)
    out += b"xref\n0 0\ntrailer\n<</Size 16%s/Prev %d/XRefStm %d>>\n" % (
        letter.TRAILER,
        makers.last_section(letter.unsigned()),
        hidden,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % at
    return letter.sign_officer(bytes(out))


# Tables that some readers give up: they search the bytes then, and find what nobody lists.


@cache
def _unlisted() -> bytes:
    """The signed bytes hold a second content, which no table names."""
    pdf = letter.unsigned()
    at = pdf.index(b"xref\n0 13")
    hidden = b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    tail = pdf[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + len(hidden)))
    return letter.sign_officer(pdf[:at] + hidden + tail)


def _by_rows(rows: bytes) -> bytes:
    pdf = revise(_unlisted(), {}, trailer=letter.TRAILER)
    at = makers.last_section(pdf)
    return pdf[:at] + pdf[at:].replace(b"xref\n", b"xref\n" + rows, 1)


def _by_stream(widths: bytes, index: bytes, kind: bytes) -> bytes:
    pdf = _unlisted()
    at, number = len(pdf), makers.next_number(pdf)
    keys = b"/Type/XRef/Size %d/W[%s]/Index[%s%d 1]%s/Prev %d" % (
        number + 1,
        widths,
        index,
        number,
        letter.TRAILER,
        makers.last_section(pdf),
    )
    body = stream(kind + at.to_bytes(4, "big"), keys)
    return pdf + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, at)


CASES: tuple[Case, ...] = (
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
    *(_future(name, reference) for name, reference in _FUTURE_FORMS.items()),
    Case(
        "future_number_in_object_stream",
        lambda: letter.sign_seal(_future_in_object_stream()),
        lambda: _define(_future_in_object_stream()),
    ),
    Case(
        "future_number_in_object_stream_with_comment",
        lambda: letter.sign_seal(_future_in_object_stream(b"60 % x\n 0 R")),
        lambda: _define(_future_in_object_stream(b"60 % x\n 0 R")),
    ),
    Case(
        "future_action",
        lambda: letter.sign_seal(_future_action()),
        lambda: _define(_future_action()),
    ),
    Case(
        "future_scripts",
        lambda: letter.sign_seal(_future_name_dictionary()),
        lambda: _define(_future_name_dictionary()),
    ),
    Case(
        "future_resources_of_a_stream",
        lambda: letter.sign_seal(_future_in_stream_dictionary()),
        lambda: _define(_future_in_stream_dictionary()),
    ),
    Case(
        "future_number_in_trailer_is_harmless_in_content_not",
        lambda: _define(_future_in_trailer()),
        lambda: _define(_content_with(b"60 0 R")),
    ),
    Case(
        "future_number_behind_a_swallowed_object",
        lambda: letter.sign_seal(_swallowed(overlapping=False)),
        lambda: _define(_swallowed(overlapping=True)),
    ),
    Case(
        "number_over_size_revealed",
        lambda: letter.renew_metadata(_over_size(41)),
        lambda: makers.with_size(letter.renew_metadata(_over_size(15)), 41),
    ),
    Case(
        "page_hidden_in_a_string",
        lambda: letter.sign_seal(_hidden_page()),
        lambda: _redirect_into_string(_hidden_page()),
    ),
    Case(
        "length_redefined",
        lambda: letter.sign_seal(_length_apart()),
        lambda: revise(_length_apart(), {20: b"10"}, trailer=letter.TRAILER),
    ),
    Case("container_replaced", lambda: letter.sign_seal(_packed_page()), _container_replaced),
    Case(
        "section_takes_the_number_of_content",
        lambda: _section_takes_number(makers.next_number(letter.signed())),
        lambda: _section_takes_number(letter.CONTENT),
    ),
    Case(
        "prepared_field_over_the_page",
        lambda: _fill_prepared(b"72 100 180 150"),
        lambda: _fill_prepared(b"0 0 595 842"),
    ),
    Case(
        "size_that_readers_give_up",
        lambda: makers.with_size(_by_rows(b"0 0\n"), 999),
        lambda: makers.with_size(_by_rows(b"0 0\n"), 999_999_999),
    ),
    Case(
        "rows_that_readers_give_up",
        lambda: _by_rows(b"0 0\n"),
        lambda: _by_rows(b"9999999999 0\n"),
    ),
    Case(
        "index_that_readers_give_up",
        lambda: _by_stream(b"1 4 0", b"0 0 ", b"\1"),
        lambda: _by_stream(b"1 4 0", b"9999999999 0 ", b"\1"),
    ),
    Case(
        "widths_that_readers_give_up",
        lambda: _by_stream(b"2 4 0", b"", b"\0\1"),
        lambda: _by_stream(b"8 4 0", b"", b"\0" * 7 + b"\1"),
    ),
    Case("hybrid_disagrees", lambda: _hybrid(doubled=False), lambda: _hybrid(doubled=True)),
)
