"""Every signature in the shared files, found by its bytes and no reader of PDF."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

SHARED = Path(__file__).resolve().parents[4] / "shared"
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_SUBFILTER = re.compile(rb"/SubFilter\s*/([A-Za-z0-9.]+)")


class Found(NamedTuple):
    """A signature as it lies in a file."""

    file: str
    contents: bytes
    data: bytes
    """Of the byte range."""

    subfilter: str


@cache
def signatures() -> tuple[Found, ...]:
    paths = sorted((SHARED / "signed-pdfs").rglob("*.pdf"))
    return tuple(one for path in paths for one in _within(path.name, path.read_bytes()))


def _within(name: str, data: bytes) -> Iterator[Found]:
    for match in _RANGE.finditer(data):
        first, gap, after, last = map(int, match.groups())
        held = data[gap:after].strip()
        if first or after < gap or after + last > len(data):
            continue
        if not re.fullmatch(rb"<(?:[0-9A-Fa-f]{2})+>", held):
            continue
        around = data[data.rfind(b" obj", 0, match.start()) : gap]
        around += data[after : max(data.find(b"endobj", match.start()), after)]
        subfilter = _SUBFILTER.search(around)
        if subfilter is not None:
            contents = bytes.fromhex(held[1:-1].decode())
            signed = data[:gap] + data[after : after + last]
            yield Found(name, contents, signed, subfilter[1].decode())
