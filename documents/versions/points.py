"""A content as a list of points: what a person can point at, compare or remark on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from documents.content import Block, DirectiveContent, Paragraph, Table
from documents.texts import section_place

CELL_RULE = " | "
"""Between the cells of a row of a table, where it is read as one point."""


_BARE = re.compile(r"(?:[IVXL]+|\d+(?:\.\d+)*|[a-zđ])[.)]?")


class PointKind(StrEnum):
    """What a point is; only points of one kind can become each other."""

    HEAD = "head"
    """What stands around the text: kind of paper, subject, signer."""
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ROW = "row"
    """One row of a table, or its name."""
    RECIPIENT = "recipient"
    TASK = "task"
    """What is asked of whom by when, as it was read from the text."""
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a version."""

    place: str
    """Vietnamese, each once in a version: "mục II.3, đoạn 1"."""
    kind: PointKind
    text: str
    depth: int = 0
    """Of the part that it stands in."""

    @property
    def is_bare_number(self) -> bool:
        """Whether it is but the number of a part that has no title: "1.", "a)"."""
        return self.kind is PointKind.HEADING and _BARE.fullmatch(self.text) is not None


def points_of(content: DirectiveContent) -> tuple[Point, ...]:
    """Returns the points of a content in reading order; empty texts are none."""
    return unique(point for point in _walk(content) if point.text.strip())


def unique(points: Iterator[Point]) -> tuple[Point, ...]:
    """Returns the points with places that tell them apart: a second one gets "(2)"."""
    seen: dict[str, int] = {}
    made = []
    for point in points:
        count = seen[point.place] = seen.get(point.place, 0) + 1
        named = f"{point.place} ({count})" if count > 1 else point.place
        made.append(replace(point, place=named))
    return tuple(made)


def _walk(content: DirectiveContent) -> Iterator[Point]:
    heads = (
        ("tên loại", content.doc_type),
        ("cơ quan ban hành", content.issuer),
        ("ký hiệu", content.symbol),
        ("địa danh", content.place),
        ("mức độ khẩn", content.urgency or ""),
        ("trích yếu", content.title),
        *((f"kính gửi, dòng {at}", body) for at, body in enumerate(content.addressees, start=1)),
    )
    yield from (_head(place, text) for place, text in heads)
    yield from _blocks("phần mở đầu", content.opening, 0)
    yield from _blocks("", content.sections, 0)
    yield from _blocks("phần kết", content.closing, 0)
    for at, line in enumerate(content.recipients, start=1):
        yield Point(place=f"nơi nhận, dòng {at}", kind=PointKind.RECIPIENT, text=line.raw)
    yield _head("quyền hạn ký", "\n".join(content.signature.capacity_lines))
    yield _head("chức vụ người ký", content.signature.position)
    yield _head("họ tên người ký", content.signature.name)
    for annex in content.annexes:
        text = f"{annex.label} {annex.title}".strip()
        yield Point(place=f"tên {annex.label}".strip(), kind=PointKind.HEADING, text=text)
        yield from _blocks(annex.label, annex.blocks, 1)


def _head(place: str, text: str) -> Point:
    return Point(place=place, kind=PointKind.HEAD, text=text)


def _blocks(place: str, blocks: tuple[Block, ...], depth: int) -> Iterator[Point]:
    counted = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            counted += 1
            where = _joined(place, f"đoạn {counted}")
            yield Point(place=where, kind=PointKind.PARAGRAPH, text=block.text, depth=depth)
        elif isinstance(block, Table):
            yield from _table(_joined(place, "bảng"), block, depth)
        else:
            inner = section_place(place, block.label)
            text = f"{block.label} {block.title}".strip()
            yield Point(
                place=_joined(inner, "tiêu đề"), kind=PointKind.HEADING, text=text, depth=depth
            )
            yield from _blocks(inner, block.blocks, depth + 1)


def _table(place: str, table: Table, depth: int) -> Iterator[Point]:
    named = [(f"{place}, tên bảng", table.caption or "")]
    rows = (table.header, *table.rows)
    named += [(f"{place}, hàng {at}", CELL_RULE.join(row)) for at, row in enumerate(rows)]
    for where, text in named:
        yield Point(place=where, kind=PointKind.ROW, text=text, depth=depth)


def _joined(place: str, detail: str) -> str:
    return f"{place}, {detail}" if place else detail
