"""Every text of a directive with the place where a person finds it."""

from collections.abc import Iterator
from dataclasses import dataclass

from documents.content import Block, DirectiveContent, Paragraph, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """One text and its place in words."""

    place: str
    """Vietnamese, for people: "mục II.3, đoạn 1"."""
    text: str


def header_texts(content: DirectiveContent) -> Iterator[PlacedText]:
    """Texts above the body, where markings such as secrecy stand."""
    named = (
        ("tên loại", content.doc_type),
        ("cơ quan chủ quản", content.parent_issuer),
        ("cơ quan ban hành", content.issuer),
        ("ký hiệu", content.symbol),
        ("địa danh", content.place),
        ("trích yếu", content.title),
        ("mức độ khẩn", content.urgency or ""),
        ("độ mật", content.secrecy or ""),
        ("dòng ghi chú", content.notice or ""),
    )
    for place, text in named:
        if text:
            yield PlacedText(place=place, text=text)


def walk_texts(content: DirectiveContent) -> Iterator[PlacedText]:
    """All texts in reading order."""
    yield from header_texts(content)
    yield from _listed("kính gửi", content.addressees)
    yield from _blocks("phần mở đầu", content.opening)
    yield from _blocks("", content.sections)
    yield from _blocks("phần kết", content.closing)
    yield from _listed("nơi nhận", tuple(line.raw for line in content.recipients))
    yield from _listed("quyền hạn ký", content.signature.capacity_lines)
    yield PlacedText(place="chức vụ người ký", text=content.signature.position)
    yield PlacedText(place="họ tên người ký", text=content.signature.name)
    for annex in content.annexes:
        yield PlacedText(place=f"tên {annex.label}", text=annex.label)
        yield PlacedText(place=f"tiêu đề {annex.label}", text=annex.title)
        yield from _blocks(annex.label, annex.blocks)


def _listed(place: str, texts: tuple[str, ...]) -> Iterator[PlacedText]:
    for index, text in enumerate(texts, start=1):
        yield PlacedText(place=f"{place}, dòng {index}", text=text)


def _blocks(place: str, blocks: tuple[Block, ...]) -> Iterator[PlacedText]:
    counted = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            counted += 1
            yield PlacedText(place=_joined(place, f"đoạn {counted}"), text=block.text)
        elif isinstance(block, Table):
            yield from _table(_joined(place, "bảng"), block)
        else:
            inner = section_place(place, block.label)
            yield PlacedText(place=_joined(inner, "tiêu đề"), text=f"{block.label} {block.title}")
            yield from _blocks(inner, block.blocks)


def section_place(place: str, label: str) -> str:
    """Path of a section in words: "mục II" and "1." give "mục II.1"."""
    short = label.strip().rstrip(".)")
    if not short:
        return place or "nội dung"
    return f"{place}.{short}" if place.startswith("mục ") else _joined(place, f"mục {short}")


def _table(place: str, table: Table) -> Iterator[PlacedText]:
    if table.caption:
        yield PlacedText(place=f"{place}, tên bảng", text=table.caption)
    for number, row in enumerate((table.header, *table.rows)):
        for column, cell in enumerate(row, start=1):
            yield PlacedText(place=f"{place}, hàng {number}, cột {column}", text=cell)


def _joined(place: str, detail: str) -> str:
    return f"{place}, {detail}" if place else detail
