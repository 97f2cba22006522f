"""Attacks on what the pages show or run. Each takes a signed letter and appends to it."""

from collections.abc import Callable

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.makers import Objects, revise, stream

Attack = Callable[[bytes], bytes]

FORGED = b"BT /F1 12 Tf 72 720 Td (So 97-KH/BTG: 900 dong) Tj ET"
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"


def append(pdf: bytes, objects: Objects, trailer: bytes = letter.TRAILER) -> bytes:
    return revise(pdf, objects, trailer=trailer)


def _page(keys: bytes = b"/Annots[6 0 R 7 0 R 8 0 R]", content: bytes = b"4 0 R") -> bytes:
    return letter.page(keys, content)


def page_contents_replaced(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {letter.PAGE: _page(content=b"%d 0 R" % new), new: stream(FORGED)}
    return append(signed, written)


def page_contents_extended(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {letter.PAGE: _page(content=b"[4 0 R %d 0 R]" % new), new: stream(FORGED)}
    return append(signed, written)


def content_stream_overridden(signed: bytes) -> bytes:
    return append(signed, {letter.CONTENT: stream(FORGED)})


def content_stream_freed(signed: bytes) -> bytes:
    return revise(signed, {}, freed=[letter.CONTENT], trailer=letter.TRAILER)


def font_overridden(signed: bytes) -> bytes:
    return append(signed, {letter.FONT: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"})


def resources_extended(signed: bytes) -> bytes:
    return append(signed, {letter.PAGE: _page(b"/Annots[6 0 R 7 0 R 8 0 R]/Rotate 180")})


def media_box_cut(signed: bytes) -> bytes:
    cut = letter.page(b"/Annots[6 0 R 7 0 R 8 0 R]/CropBox[0 0 200 842]")
    return append(signed, {letter.PAGE: cut})


def annotation_free_text(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    note = b"<</Type/Annot/Subtype/FreeText/Rect[72 700 300 740]/Contents(900 dong)/DA(/F1 12 Tf)>>"
    return append(
        signed, {letter.PAGE: _page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new), new: note}
    )


def annotation_stamp_direct(signed: bytes) -> bytes:
    stamp = b"<</Type/Annot/Subtype/Square/Rect[72 700 300 740]/IC[1 1 1]>>"
    return append(signed, {letter.PAGE: _page(b"/Annots[6 0 R 7 0 R 8 0 R %s]" % stamp)})


def annotation_removed(signed: bytes) -> bytes:
    return append(signed, {letter.PAGE: _page(b"/Annots[6 0 R 7 0 R]")})


def annotations_reordered(signed: bytes) -> bytes:
    return append(signed, {letter.PAGE: _page(b"/Annots[8 0 R 7 0 R 6 0 R]")})


def link_redirected(signed: bytes) -> bytes:
    return append(signed, {letter.NOTE: letter.link().replace(b"vbpl.vn", b"vbpl.xyz")})


def page_added(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {
        letter.PAGES: b"<</Type/Pages/Kids[3 0 R %d 0 R]/Count 2>>" % new,
        new: _page(b"", b"%d 0 R" % (new + 1)),
        new + 1: stream(FORGED),
    }
    return append(signed, written)


def page_replaced_in_tree(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {
        letter.PAGES: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % new,
        new: _page(content=b"%d 0 R" % (new + 1)),
        new + 1: stream(FORGED),
    }
    return append(signed, written)


def pages_root_moved(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    moved = letter.catalog().replace(b"/Pages 2 0 R", b"/Pages %d 0 R" % new)
    written = {
        letter.CATALOG: moved,
        new: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (new + 1),
        new + 1: _page(content=b"%d 0 R" % (new + 2)).replace(b"2 0 R", b"%d 0 R" % new, 1),
        new + 2: stream(FORGED),
    }
    return append(signed, written)


def open_action(signed: bytes) -> bytes:
    return append(signed, {letter.CATALOG: letter.catalog(b"/OpenAction" + SCRIPT)})


def catalog_additional_actions(signed: bytes) -> bytes:
    return append(signed, {letter.CATALOG: letter.catalog(b"/AA<</WS%s>>" % SCRIPT)})


def page_additional_actions(signed: bytes) -> bytes:
    return append(signed, {letter.PAGE: _page(b"/Annots[6 0 R 7 0 R 8 0 R]/AA<</O%s>>" % SCRIPT)})


def names_javascript(signed: bytes) -> bytes:
    names = b"/Names<</JavaScript<</Names[(a)%s]>>>>" % SCRIPT
    return append(signed, {letter.CATALOG: letter.catalog(names)})


def attachment_added(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    names = b"/Names<</EmbeddedFiles<</Names[(a)%d 0 R]>>>>" % new
    written = {
        letter.CATALOG: letter.catalog(names),
        new: b"<</Type/Filespec/F(a.exe)/EF<</F %d 0 R>>>>" % (new + 1),
        new + 1: stream(b"MZ", b"/Type/EmbeddedFile"),
    }
    return append(signed, written)


def layers_added(signed: bytes) -> bytes:
    layers = b"/OCProperties<</OCGs[]/D<</BaseState/OFF>>>>"
    return append(signed, {letter.CATALOG: letter.catalog(layers)})


def root_moved(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {new: letter.catalog(b"/OpenAction" + SCRIPT)}
    return append(signed, written, b"/Root %d 0 R/Info 10 0 R" % new)


def root_moved_alike(signed: bytes) -> bytes:
    """The very same catalog under another number."""
    new = makers.next_number(signed)
    return append(signed, {new: letter.catalog()}, b"/Root %d 0 R/Info 10 0 R" % new)


def info_title(signed: bytes) -> bytes:
    return append(signed, {letter.INFO: b"<</Producer(Trinh Ky)/Title(Thong tu 97)>>"})


def encryption_added(signed: bytes) -> bytes:
    keys = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(%s)/U(%s)>>" % (b"o" * 32, b"u" * 32)
    return append(signed, {}, letter.TRAILER + keys + b"/ID[(a)(b)]")


def redirected_to_other_object(signed: bytes) -> bytes:
    """The entry of the content leads to another signed object: the font's dictionary."""
    place = signed.index(b"11 0 obj")
    return _redirected(signed, letter.CONTENT, place)


def redirected_to_older_version(signed: bytes) -> bytes:
    """The officer's field shows its older version again: empty."""
    return _redirected(signed, letter.OFFICER, signed.index(b"6 0 obj"))


def _redirected(signed: bytes, number: int, place: int) -> bytes:
    at = len(signed)
    return (
        signed
        + b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
        + (
            b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (makers.last_size(signed), letter.TRAILER, makers.last_section(signed), at)
        )
    )


ATTACKS: tuple[Attack, ...] = (
    page_contents_replaced,
    page_contents_extended,
    content_stream_overridden,
    content_stream_freed,
    font_overridden,
    resources_extended,
    media_box_cut,
    annotation_free_text,
    annotation_stamp_direct,
    annotation_removed,
    annotations_reordered,
    link_redirected,
    page_added,
    page_replaced_in_tree,
    pages_root_moved,
    open_action,
    catalog_additional_actions,
    page_additional_actions,
    names_javascript,
    attachment_added,
    layers_added,
    root_moved,
    encryption_added,
    redirected_to_other_object,
    redirected_to_older_version,
)

TOLD: tuple[Attack, ...] = (info_title, root_moved_alike)
"""Changes that show nothing on a page; a judge may accept them, and says so."""
