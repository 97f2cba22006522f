"""From what stands in the editor to a draft that can be handed in, and back.

Blank lines and empty paragraphs are left out; nothing else is. Each place of the content is told
with the place in the editor that it came from, so that a finding can lead there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from actions.draft import Draft, LineReading, NewAttachment, TaskReading
from actions.working.body import Annex as AnnexBody
from actions.working.body import Body, Item, Line, Task
from actions.working.outline import flat, nested
from documents.content import (
    Annex,
    Block,
    DirectiveContent,
    Paragraph,
    RecipientLine,
    RecipientRole,
    Regime,
    Section,
    SignatureBlock,
    Table,
)
from documents.marking import with_marks
from documents.texts import section_place
from models.officer import Officer, SigningAuthority

_HEADS: Final = {
    "tên loại": "dau-doc_type",
    "cơ quan chủ quản": "dau-parent_issuer",
    "cơ quan ban hành": "dau-issuer",
    "ký hiệu": "dau-symbol",
    "địa danh": "dau-place",
    "trích yếu": "dau-title",
    "mức độ khẩn": "dau-urgency",
    "kính gửi": "dau-addressees",
    "nơi nhận": "noi-nhan",
    "quyền hạn ký": "nguoi-ky",
    "chức vụ người ký": "nguoi-ky",
    "họ tên người ký": "nguoi-ky",
    "người ký": "nguoi-ky",
    "người kiểm tra nội dung": "nguoi-ky",
    "người kiểm tra thể thức": "nguoi-ky",
    "nội dung": "noi-dung-van-ban",
    "phần mở đầu": "noi-dung-van-ban",
    "phần kết": "noi-dung-van-ban",
}
"""Places of findings, by their first words, to the anchors of the editor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The content with where each of its places stands in the editor."""

    content: DirectiveContent
    anchors: Mapping[str, str]
    """Place in words ("mục II.3, đoạn 1") to anchor ("b-7")."""

    def anchor(self, place: str) -> str:
        """Returns the anchor of a place; the nearest one above it, where it has none."""
        words = place.strip()
        words = words[:1].lower() + words[1:]
        while words:
            if words in self.anchors:
                return self.anchors[words]
            cut = max(words.rfind(", "), words.rfind(".") if words.startswith("mục ") else -1)
            if cut < 0:
                break
            words = words[:cut]
        return _HEADS.get(words, "noi-dung-van-ban")


def build(session: Session, body: Body) -> Built:
    """Returns the content of a body; what is missing stays empty in it."""
    made: dict[int, str] = {}
    kept: list[Block] = []

    def placed(block: Block, anchor: str) -> None:
        kept.append(block)  # held, so that no other block gets its identity
        made[id(block)] = anchor

    opening = nested(body.opening, "o", placed)
    sections = _wrapped(nested(body.outline, "b", placed))
    closing = nested(body.closing, "k", placed)
    annexes = tuple(
        Annex(
            label=_tidy(one.label), title=_tidy(one.title),
            blocks=nested(one.items, f"p{index}", placed),
        )
        for index, one in enumerate(body.annexes)
    )  # fmt: skip
    content = DirectiveContent(
        regime=Regime(body.regime),
        doc_type=_tidy(body.doc_type),
        parent_issuer=_tidy(body.parent_issuer),
        issuer=_tidy(body.issuer),
        symbol=_tidy(body.symbol),
        place=_tidy(body.place),
        title=_tidy(body.title),
        addressees=tuple(filter(None, map(_tidy, body.addressees))),
        opening=tuple(block for block in opening if isinstance(block, Paragraph)),
        sections=sections,
        closing=tuple(block for block in closing if isinstance(block, Paragraph)),
        recipients=tuple(
            RecipientLine(
                raw=_tidy(line.raw), role=RecipientRole(line.role), group=bool(line.groups)
            )
            for line in body.lines
        ),
        signature=signature_of(session, body.authority_id),
        annexes=annexes,
        urgency=_tidy(body.urgency) or None,
    )
    marked = with_marks(content, {task.ref: task.sentence for task in body.tasks})
    return Built(content=marked, anchors=_anchors(content, body, made))


def _wrapped(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """What stands before the first heading is a part without number and title."""
    sections: list[Section] = []
    loose: list[Block] = []
    for block in blocks:
        if isinstance(block, Section):
            if loose:
                sections.append(Section(label="", title="", blocks=tuple(loose)))
                loose = []
            sections.append(block)
        else:
            loose.append(block)
    if loose:
        sections.append(Section(label="", title="", blocks=tuple(loose)))
    return tuple(sections)


def _anchors(content: DirectiveContent, body: Body, made: Mapping[int, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    _place("phần mở đầu", content.opening, made, found)
    _place("", content.sections, made, found)
    _place("phần kết", content.closing, made, found)
    for index, annex in enumerate(content.annexes):
        found[f"tên {annex.label}"] = found[f"tiêu đề {annex.label}"] = f"p{index}"
        _place(annex.label, annex.blocks, made, found)
    for index in range(len(body.lines)):
        found[f"nơi nhận, dòng {index + 1}"] = f"nhan-{index}"
    for index, task in enumerate(body.tasks):
        found[f"nhiệm vụ {task.ref}"] = f"viec-{index}"
    return found


def _place(
    place: str, blocks: Sequence[Block], made: Mapping[int, str], found: dict[str, str]
) -> None:
    """The places in the words of `documents.texts`, of the form check too."""
    counted = 0
    for block in blocks:
        anchor = made.get(id(block), "noi-dung-van-ban")
        if isinstance(block, Paragraph):
            counted += 1
            found.setdefault(_joined(place, f"đoạn {counted}"), anchor)
        elif isinstance(block, Table):
            found.setdefault(_joined(place, "bảng"), anchor)
        else:
            inner = section_place(place, block.label)
            found.setdefault(inner, anchor)
            short = block.label.rstrip(".")
            found.setdefault(f"mục {short}", anchor)
            _place(inner, block.blocks, made, found)


def _joined(place: str, detail: str) -> str:
    return f"{place}, {detail}" if place else detail


def signature_of(session: Session, authority_id: str) -> SignatureBlock:
    """Returns the block of an authority as the page prints it; empty where none is chosen."""
    authority = session.get(SigningAuthority, authority_id) if authority_id else None
    if authority is None:
        return SignatureBlock(capacity_lines=(), position="", name="")
    officer = session.get_one(Officer, authority.officer_id)
    return SignatureBlock(
        capacity_lines=tuple(authority.capacity_lines),
        position=authority.position.upper(),
        name=officer.name,
    )


def to_draft(session: Session, body: Body, *, attachments: tuple[NewAttachment, ...] = ()) -> Draft:
    """Returns the draft that would be handed in now."""
    authority = session.get(SigningAuthority, body.authority_id) if body.authority_id else None
    return Draft(
        content=build(session, body).content,
        lines=tuple(
            LineReading(
                raw=_tidy(line.raw), role=RecipientRole(line.role),
                organisations=tuple(line.organisations), groups=tuple(line.groups),
            )
            for line in body.lines
        ),
        tasks=tuple(_task_reading(task) for task in body.tasks),
        content_reviewer=body.content_reviewer,
        form_reviewer=body.form_reviewer,
        signatory=authority.officer_id if authority else "",
        authority_id=body.authority_id,
        attachments=attachments,
    )  # fmt: skip


def _task_reading(task: Task) -> TaskReading:
    sentence = _tidy(task.sentence)
    return TaskReading(
        ref=_tidy(task.ref),
        what=_tidy(task.what) or sentence,
        sentence=sentence,
        is_report=task.is_report,
        deadline_raw=_tidy(task.deadline_raw) or None,
        kind=task.kind,
        named_date=task.named_date,
        inclusive=task.inclusive,
        organisations=tuple(task.organisations),
        groups=tuple(task.groups),
        coordinating=tuple(task.coordinating),
        schedule=task.schedule,
        reports_through=task.reports_through,
    )


def from_draft(draft: Draft) -> Body:
    """Returns a draft as a body to go on with."""
    content = draft.content
    return Body(
        regime=content.regime.value,
        doc_type=content.doc_type,
        symbol=content.symbol,
        parent_issuer=content.parent_issuer,
        issuer=content.issuer,
        place=content.place,
        title=content.title,
        urgency=content.urgency or "",
        addressees=list(content.addressees),
        opening=_paragraphs(content.opening),
        outline=flat(content.sections),
        closing=_paragraphs(content.closing),
        annexes=[
            AnnexBody(label=one.label, title=one.title, items=flat(one.blocks))
            for one in content.annexes
        ],
        lines=[
            Line(
                raw=line.raw, role=line.role.value, organisations=list(line.organisations),
                groups=list(line.groups),
            )
            for line in draft.lines
        ],
        tasks=[_task(task) for task in draft.tasks],
        authority_id=draft.authority_id,
        content_reviewer=draft.content_reviewer,
        form_reviewer=draft.form_reviewer,
    )  # fmt: skip


def _paragraphs(paragraphs: Sequence[Paragraph]) -> list[Item]:
    return [Item(kind="paragraph", text=one.text) for one in paragraphs]


def _task(task: TaskReading) -> Task:
    return Task(
        ref=task.ref,
        what=task.what,
        sentence=task.sentence,
        is_report=task.is_report,
        deadline_raw=task.deadline_raw or "",
        kind=task.kind,
        named_date=task.named_date,
        inclusive=task.inclusive,
        organisations=list(task.organisations),
        groups=list(task.groups),
        coordinating=list(task.coordinating),
        schedule=dict(task.schedule),
        reports_through=task.reports_through,
    )


def _tidy(text: str) -> str:
    return " ".join(text.split())
