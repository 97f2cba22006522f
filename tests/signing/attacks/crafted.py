"""Documents that were made to be attacked later: the signer signs a trap.

Each case is a pair: what an honest sequel does to such a document or its harmless twin, which must
pass, and the sequel that springs the trap, which must not.
"""

from functools import cache

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import FORGED
from tests.signing.attacks.shared_roles import ROLE_CASES
from tests.signing.attacks.trap import Case, trap
from tests.signing.makers import revise, stream

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
    *ROLE_CASES,
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
