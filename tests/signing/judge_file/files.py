"""Small files for the tests of our reader: a form with two signature fields, odd structures."""

from collections.abc import Mapping

from tests.signing import makers
from tests.signing.makers import Objects, base, last_section, next_number, revise, sign

CATALOG, PAGES, PAGE, FORM, FIRST, SECOND = range(1, 7)


def catalog(keys: bytes = b"/AcroForm 4 0 R") -> bytes:
    return b"<</Type/Catalog/Pages 2 0 R%s>>" % keys


def form(fields: bytes = b"5 0 R 6 0 R") -> bytes:
    return b"<</Fields[%s]/SigFlags 3>>" % fields


def field(name: bytes = b"First", keys: bytes = b"") -> bytes:
    return b"<</FT/Sig/T(%s)/Subtype/Widget/Rect[0 0 0 0]%s>>" % (name, keys)


def objects(changed: Objects | None = None) -> dict[int, bytes]:
    return {
        CATALOG: catalog(),
        PAGES: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        FORM: form(),
        FIRST: field(),
        SECOND: field(b"Second"),
        **(changed or {}),
    }


def plain(changed: Objects | None = None, **options: bytes | bool) -> bytes:
    return base(objects(changed), **options)


def signed(pdf: bytes | None = None, number: int = FIRST, name: bytes = b"First") -> bytes:
    pdf = plain() if pdf is None else pdf
    value = next_number(pdf)
    return sign(pdf, {number: field(name, b"/V %d 0 R" % value)}, value=value)


def signed_twice(pdf: bytes | None = None) -> bytes:
    return signed(signed(pdf), SECOND, b"Second")


def evidence(pdf: bytes) -> bytes:
    """A later revision of new objects alone, as honest software adds them."""
    number = next_number(pdf)
    return revise(
        pdf,
        {
            CATALOG: catalog(b"/AcroForm 4 0 R/DSS %d 0 R" % number),
            number: b"<</Type/DSS/Certs[]>>",
        },
    )


def table(rows: list[tuple[int, bytes]]) -> bytes:
    """A cross-reference table of single rows."""
    return b"xref\n" + b"".join(b"%d 1\n%s" % one for one in rows)


def row(offset: int) -> bytes:
    return b"%010d 00000 n \n" % offset


FREE = b"0000000000 65535 f \n"


def tail(at: int) -> bytes:
    return b"startxref\n%d\n%%%%EOF\n" % at


def append(pdf: bytes, body: bytes, section: bytes) -> bytes:
    """Adds bytes, then a section that is named by its own startxref."""
    at = len(pdf) + len(body)
    return pdf + body + section + tail(at)


def hybrid(
    pdf: bytes, *, hidden: bytes, also: Mapping[int, int] | None = None, freed: int | None = None
) -> bytes:
    """One more revision: an empty table, beside it a stream that places one new object.

    Args:
        pdf: what it is added to.
        hidden: the object that only the stream places.
        also: further numbers that the stream places, with their offsets.
        freed: a number that the stream says is free.
    """
    number = next_number(pdf)
    places = {**(also or {}), number: len(pdf)}
    body = b"%d 0 obj\n%s\nendobj\n" % (number, hidden)
    at = len(pdf) + len(body)
    rows = b"".join(b"\1" + places[one].to_bytes(4, "big") + b"\0" for one in sorted(places))
    index = b" ".join(b"%d 1" % one for one in sorted(places))
    if freed is not None:
        rows += bytes(6)
        index += b" %d 1" % freed
    keys = b"/Type/XRef/Size %d/W[1 4 1]/Index[%s]" % (max(number + 2, (freed or 0) + 1), index)
    body += b"%d 0 obj\n%s\nendobj\n" % (number + 1, makers.stream(rows, keys))
    trailer = b"xref\n0 0\ntrailer\n<</Size %d/Root 1 0 R/Prev %d/XRefStm %d>>\n" % (
        number + 2,
        last_section(pdf),
        at,
    )
    return append(pdf, body, trailer)


def linearised(*, doubled: bool = False, freed: bool = False) -> bytes:
    """A first revision of two sections: that of the first page stands first and is the main one.

    Args:
        doubled: the second section gives object 1 another place.
        freed: the main section says that object 2 is free, which the second one places.
    """
    head = b"%PDF-1.7\n7 0 obj\n<</Linearized 1>>\nendobj\n"
    first_rows = {1: CATALOG, 4: FORM, 5: FIRST, 6: SECOND}
    made = objects()
    size = 8

    def build(main: dict[int, int], rest: dict[int, int], second: int) -> tuple[bytes, list[int]]:
        out = head
        places = [len(out)]
        rows = [(n, row(main.get(n, 0))) for n in (1, 4, 5, 6, 7)]
        out += table([*rows, (2, b"0000000000 00001 f \n")] if freed else rows)
        out += b"trailer\n<</Size %d/Root 1 0 R/Prev %010d>>\nstartxref\n0\n%%%%EOF\n" % (
            size,
            second,
        )
        for number in first_rows:
            main[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, made[number])
        for number in (PAGES, PAGE):
            rest[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, made[number])
        main[7] = head.index(b"7 0 obj")
        places.append(len(out))
        rows = [(0, FREE)] + [(n, row(at)) for n, at in rest.items()]
        if doubled:
            rows.insert(1, (1, row(rest[PAGE])))
        out += table(rows) + b"trailer\n<</Size %d>>\n" % size
        return out + tail(places[0]), places

    main: dict[int, int] = {}
    rest: dict[int, int] = {}
    _, places = build(main, rest, 0)
    return build(main, rest, places[1])[0]
