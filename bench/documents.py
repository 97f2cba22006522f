"""Unsigned PDFs of a wanted size and number of pages, written by hand so that nothing is hidden."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from typing import Final

PAGE_HEIGHT_PT: Final = 842
_IMAGE_WIDTH: Final = 1024
_PER_STREAM: Final = 100
_CATALOG, _PAGES, _FONT, _INFO, _IMAGE, _FIRST_PAGE = 1, 2, 3, 4, 5, 6


def make_pdf(*, pages: int = 1, image_bytes: int = 0, object_streams: bool = False) -> bytes:
    """A PDF 1.7 of A4 pages with one line of text each.

    Args:
        pages: How many.
        image_bytes: About how large the picture on the first page is; its bytes cannot be packed.
        object_streams: Dictionaries lie in object streams under a cross-reference stream, else
            every object stands alone under a classic table.
    """
    objects = dict(_objects(pages, image_bytes))
    return _in_streams(objects) if object_streams else _classic(objects)


def _objects(pages: int, image_bytes: int) -> Iterator[tuple[int, bytes]]:
    numbers = [_FIRST_PAGE + 2 * page for page in range(pages)]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    yield _CATALOG, b"<</Type/Catalog/Pages %d 0 R>>" % _PAGES
    yield _PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)
    yield _FONT, b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    yield _INFO, b"<</Producer(bench)/ModDate(D:20220921065400Z)>>"
    yield _IMAGE, _image(image_bytes)
    for page, number in enumerate(numbers, start=1):
        picture = b"/XObject<</I %d 0 R>>" % _IMAGE if page == 1 else b""
        resources = b"/Resources<</Font<</F %d 0 R>>%s>>" % (_FONT, picture)
        rest = b"/MediaBox[0 0 595 %d]/Contents %d 0 R" % (PAGE_HEIGHT_PT, number + 1)
        yield number, b"<</Type/Page/Parent %d 0 R%s%s>>" % (_PAGES, resources, rest)
        draw = b" q 200 0 0 200 72 72 cm /I Do Q" if page == 1 else b""
        yield number + 1, _stream(b"", b"BT /F 14 Tf 72 770 Td (Trang %d) Tj ET%s" % (page, draw))


def _image(size: int) -> bytes:
    rows = max(size // _IMAGE_WIDTH, 1)
    noise = random.Random(4).randbytes(rows * _IMAGE_WIDTH)  # noqa: S311 (nothing secret)
    shape = b"/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray" % (_IMAGE_WIDTH, rows)
    return _stream(b"/Type/XObject/Subtype/Image" + shape, noise)


def _stream(dictionary: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def _written(objects: dict[int, bytes]) -> tuple[bytes, dict[int, int]]:
    parts, offsets, at = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], {}, 15
    for number, body in objects.items():
        text = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        offsets[number] = at
        at += len(text)
        parts.append(text)
    return b"".join(parts), offsets


_TRAILER: Final = b"/Root %d 0 R/Info %d 0 R/ID[<00><00>]" % (_CATALOG, _INFO)
_END: Final = b"\nstartxref\n%d\n%%%%EOF\n"


def _classic(objects: dict[int, bytes]) -> bytes:
    data, offsets = _written(objects)
    rows = b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    trailer = b"trailer\n<</Size %d%s>>" % (size, _TRAILER)
    return data + table + trailer + _END % len(data)


def _in_streams(objects: dict[int, bytes]) -> bytes:
    alone = {number: body for number, body in objects.items() if b"stream" in body}
    packed = [number for number in objects if number not in alone]
    where: dict[int, tuple[int, int]] = {}
    number = len(objects)
    for start in range(0, len(packed), _PER_STREAM):
        number += 1
        members = packed[start : start + _PER_STREAM]
        alone[number] = _object_stream({one: objects[one] for one in members})
        where |= {one: (number, index) for index, one in enumerate(members)}
    data, offsets = _written(alone)
    offsets[number + 1] = len(data)
    return data + _cross_reference_stream(number + 1, offsets, where) + _END % len(data)


def _object_stream(members: dict[int, bytes]) -> bytes:
    pairs, at = [], 0
    for number, body in members.items():
        pairs.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(pairs) + b"\n"
    content = zlib.compress(head + b"\n".join(members.values()))
    shape = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(members), len(head))
    return _stream(shape, content)


def _cross_reference_stream(
    own: int, offsets: dict[int, int], where: dict[int, tuple[int, int]]
) -> bytes:
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    for number in range(1, own + 1):
        if number in where:
            rows.append(struct.pack(">BIH", 2, *where[number]))
        else:
            rows.append(struct.pack(">BIH", 1, offsets[number], 0))
    shape = b"/Type/XRef/Size %d/W[1 4 2]/Filter/FlateDecode%s" % (own + 1, _TRAILER)
    body = _stream(shape, zlib.compress(b"".join(rows)))
    return b"%d 0 obj\n%s\nendobj" % (own, body)
