"""Further ways to break the same rules, one small file each."""

import zlib
from collections.abc import Callable

import pytest

from signing.judge.file.document import open_document
from signing.judge.file.faults import RefusedStructure
from tests.signing import makers
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FIRST, FORM, SECOND
from tests.signing.judge_file.test_rules import read_all
from tests.signing.makers import deflated, revise, stream

Make = Callable[[], bytes]


def members(head: bytes, body: bytes, keys: bytes = b"/N 2", kind: bytes = b"ObjStm") -> Make:
    """A file whose objects 7 and 8 stand in an object stream that is written by hand."""

    def make() -> bytes:
        keyed = b"/Type/%s/First %d%s" % (kind, len(head), keys)
        pdf = files.plain()
        container = b"9 0 obj\n" + deflated(head + body, keyed) + b"\nendobj\n"
        at = len(pdf) + len(container)
        rows = [(2, 9, 0), (2, 9, 1), (1, len(pdf), 0), (1, at, 0)]
        data = b"".join(bytes([k]) + p.to_bytes(4, "big") + bytes([x]) for k, p, x in rows)
        section = b"/Type/XRef/Size 11/W[1 4 1]/Index[7 4]/Root 1 0 R/Prev %d"
        section %= makers.last_section(pdf)
        whole = b"10 0 obj\n" + stream(data, section) + b"\nendobj\n"
        return files.append(pdf, container, whole)

    return make


def rows(keys: bytes, data: bytes = b"\1\0\0\0\x09\0") -> Make:
    """A file that is a cross-reference stream written by hand."""
    body = stream(data, b"/Type/XRef/Root 1 0 R" + keys)
    return lambda: b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\n" + files.tail(9)


def asked(body: bytes) -> Make:
    return lambda: files.plain({7: body})


def decoded(keys: bytes, raw: bytes) -> Make:
    return asked(stream(raw, b"/Filter/FlateDecode" + keys))


def predicted(keys: bytes, rows_: bytes = b"\2abc") -> Make:
    return decoded(b"/DecodeParms<</Predictor 12" + keys + b">>", zlib.compress(rows_))


def with_form(changed: dict[int, bytes], fields: bytes = b"5 0 R 6 0 R") -> Make:
    return lambda: files.plain({FORM: files.form(fields), **changed})


def signed_with(keys: bytes = b"", field: bytes = b"") -> Make:
    written = {FIRST: files.field(b"First", b"/V 7 0 R" + field)}
    return lambda: makers.sign(files.plain(), written, value=7, keys=keys)


def reference(keys: bytes) -> Make:
    return signed_with(b"/Reference[" + keys + b"]")


def replaced(old: bytes, new: bytes, make: Make = files.plain) -> Make:
    """One thing of equal length otherwise."""
    assert len(old) == len(new)
    return lambda: make().replace(old, new, 1)


def hybrid_to(place: bytes) -> Make:
    """A hybrid section whose stream is said to lie elsewhere."""

    def make() -> bytes:
        pdf = files.hybrid(files.plain(), hidden=b"(x)")
        at = pdf.index(b"/XRefStm ") + len(b"/XRefStm ")
        end = pdf.index(b">>", at)
        return pdf[:at] + place.ljust(end - at) + pdf[end:]

    return make


def another_stream() -> bytes:
    """The last startxref leads to a stream that is no section."""
    pdf = files.plain({7: stream(b"x")})
    named = b"startxref\n%d" % makers.last_section(pdf)
    return pdf.replace(named, b"startxref\n%d" % pdf.index(b"7 0 obj"))


VARIANTS: dict[str, dict[str, Make]] = {
    "object_stream": {
        "the number of another": members(b"8 0 7 2 ", b"1 2 "),
        "objects that overlap": members(b"7 0 8 1 ", b"[1 2]"),
        "offsets that fall": members(b"7 2 8 0 ", b"1 2 "),
        "an offset beyond": members(b"7 0 8 9 ", b"1 2 "),
        "words in its head": members(b"7 0 8 x ", b"1 2 "),
        "fewer than it says": members(b"7 0 8 2 ", b"1 2 ", b"/N 3"),
        "no count": members(b"7 0 8 2 ", b"1 2 ", b""),
        "another type": members(b"7 0 8 2 ", b"1 2 ", b"/N 2", b"Other"),
        "an older one to extend": members(b"7 0 8 2 ", b"1 2 ", b"/N 2/Extends 5 0 R"),
    },
    "section_form": {
        "two widths": rows(b"/Size 2/W[1 4]"),
        "a width of nine": rows(b"/Size 2/W[1 9 1]"),
        "no offsets": rows(b"/Size 2/W[1 0 1]"),
        "an odd index": rows(b"/Size 2/W[1 4 1]/Index[1]"),
        "a negative index": rows(b"/Size 2/W[1 4 1]/Index[-1 1]"),
        "more rows than bytes": rows(b"/Size 9/W[1 4 1]"),
        "a row of kind 3": rows(b"/Size 2/W[1 4 1]/Index[1 1]", b"\3\0\0\0\x09\0"),
        "number 0 in use, streamed": rows(b"/Size 2/W[1 4 1]/Index[0 1]"),
        "number 0 in use": replaced(b"0000000000 65535 f", b"0000000015 00000 n"),
        "no trailer": replaced(b"trailer\n", b"trailes\n"),
        "a trailer that is an array": replaced(b"trailer\n<</S", b"trailer\n[]/S"),
        "another stream": another_stream,
    },
    "generation": {
        "streamed": rows(b"/Size 2/W[1 4 1]/Index[1 1]", b"\1\0\0\0\x09\1"),
        "in a table": replaced(b" 00000 n", b" 00001 n"),
        "in a row alone": lambda: revise(files.plain(), {7: b"(x)"}).replace(
            b" 00000 n \ntrailer\n<</Size 8", b" 00001 n \ntrailer\n<</Size 8"
        ),
        "of a free number": lambda: revise(files.plain(), {}, freed=[7]).replace(
            b"00001 f", b"65536 f"
        ),
        "in its header": replaced(b"2 0 obj", b"2 1 obj", asked(b"2 0 R")),
    },
    "section_size": {
        "under a free number": lambda: revise(files.plain(), {}, freed=[9]).replace(
            b"/Size 10", b"/Size 9 "
        ),
    },
    "hybrid": {"no offset": hybrid_to(b"/A"), "behind the file": hybrid_to(b"99999")},
    "stream_length": {
        "of a cross-reference stream, apart": lambda: rows(b"/Size 2/W[1 4 1]")().replace(
            b"/Length 6", b"/Length 5 0 R"
        ),
        "no number": asked(b"<</Length 5 0 R>>\nstream\nabc\nendstream"),
        "free": asked(b"<</Length 50 0 R>>\nstream\nabc\nendstream"),
        "negative": asked(b"<</Length -1>>\nstream\nabc\nendstream"),
    },
    "filter": {
        "another file": asked(stream(b"x", b"/F(x)")),
        "two": asked(stream(b"x", b"/Filter[/FlateDecode/FlateDecode]")),
        "damaged": decoded(b"", b"no zlib"),
        "cut": decoded(b"", zlib.compress(b"many words")[:-5]),
    },
    "inflate_cap": {"plain": asked(stream(bytes(17 << 20)))},
    "predictor": {
        "colours": predicted(b"/Columns 1/Colors 3"),
        "no columns": predicted(b"/Columns 0"),
        "a cut row": predicted(b"/Columns 2"),
        "a row of kind 5": predicted(b"/Columns 3", b"\5abc"),
    },
    "form": {
        "no dictionary": lambda: files.plain({CATALOG: files.catalog(b"/AcroForm(x)")}),
        "no array": lambda: files.plain({FORM: b"<</Fields(x)>>"}),
        "a field that is none": with_form({FIRST: b"(x)"}),
        "a direct field": with_form({}, b"<</T(x)>>"),
        "a look that is none": with_form({FIRST: files.field(keys=b"/Kids[7 0 R]"), 7: b"1"}),
        "a look with a value": with_form(
            {FIRST: files.field(keys=b"/Kids[7 0 R]"), 7: b"<</V(x)>>"}
        ),
        "a look of another kind": with_form(
            {FIRST: files.field(keys=b"/Kids[7 0 R]"), 7: b"<</FT/Tx>>"}
        ),
    },
    "field_names": {
        "none": with_form({FIRST: b"<</FT/Sig>>"}),
        "not printable": with_form({FIRST: files.field(b"a\\nb")}),
    },
    "signature_value": {
        "of another type": replaced(b"/Type/Sig", b"/Type/Sog", signed_with()),
        "a subfilter that is no name": replaced(
            b"/SubFilter/adbe.pkcs7.detached", b"/SubFilter(dbe.pkcs7.detached)", signed_with()
        ),
        "in a text field": lambda: makers.fill(
            revise(
                files.plain({SECOND: b"<</FT/Tx/T(Text)/V 7 0 R>>"}),
                {7: makers.signature_dictionary()},
            )
        ),
    },
    "transform": {
        "no array": signed_with(b"/Reference<<>>"),
        "no dictionary": reference(b"1"),
        "parameters that are none": reference(b"<</TransformMethod/DocMDP/TransformParams 1>>"),
        "level 4": reference(b"<</TransformMethod/DocMDP/TransformParams<</P 4>>>>"),
        "a lock that is none": signed_with(field=b"/Lock[]"),
        "another action": signed_with(field=b"/Lock<</Action/Some/Fields[]>>"),
        "no fields": signed_with(field=b"/Lock<</Action/Include>>"),
    },
    "certification": {
        "no dictionary": lambda: files.signed(
            files.plain({CATALOG: files.catalog(b"/AcroForm 4 0 R/Perms[]")})
        )
    },
}


@pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule, makes in VARIANTS.items() for name in makes]
)
def test_a_rule_is_broken_in_another_way(rule: str, name: str) -> None:
    with pytest.raises(Exception, match=f"^{rule}"):
        read_all(VARIANTS[rule][name]())


def test_the_same_files_without_a_fault_are_read() -> None:
    for make in (
        members(b"7 0 8 2 ", b"1 2 "),
        predicted(b"/Columns 3"),
        signed_with(b"/Reference[]", b"/Lock<</Action/Include/Fields[]>>"),
        replaced(b"/Count 1", b"/Count 2"),
    ):
        read_all(make())


def test_an_empty_rest_of_a_filter_list_is_plain() -> None:
    read_all(files.plain({7: stream(b"abc", b"/Filter[]/DecodeParms[]")}))


def test_a_hybrid_table_and_its_own_stream_give_a_number_one_place() -> None:
    pdf = files.plain()
    row = b"xref\n3 1\n" + files.row(pdf.index(b"3 0 obj"))
    other = files.hybrid(pdf, hidden=b"(x)", also={3: pdf.index(b"2 0 obj")})
    free = files.hybrid(pdf, hidden=b"(x)", freed=3)
    for changed in (other, free):
        with pytest.raises(RefusedStructure, match="hybrid_differs"):
            open_document(changed.replace(b"xref\n0 0\n", row, 1))
