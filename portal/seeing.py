"""A directive as one person sees it: its pages, what they may do now, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.access import may_see
from actions.changing import get_directive
from actions.errors import NotAuthorisedError
from actions.freezing import draft_page
from actions.numbering import coming_number
from actions.ordering import signs_first
from actions.pages import newest_document
from actions.progress import DONE, MACHINE_STEP, NextStep, next_steps
from actions.sealing import fill_in
from models.base import DirectiveId
from models.directive import Directive, Document
from models.lifecycle import DirectiveState
from models.organisation import Organisation
from portal.context import Portal
from portal.identity import Person

MARK_WIDTH_PT: Final = 3
LEFT_MARGIN_PT: Final = 62
"""Where the marks of deadline sentences are drawn, a little left of the text."""
TEXT_PT: Final = (79.0, 556.0)
"""From where to where lines of text run."""
TOP_PT: Final = 50.0
"""Where the text of a page begins at the earliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Something outlined or marked on a page, in points from its top left corner."""

    kind: str
    """`signature`, `task`, `sentence` or `fill`."""
    label: str
    """In words; of a `task` or `sentence` the label of the task."""
    x: float
    y: float
    width: float
    height: float
    is_start: bool = False
    """Of a `sentence`: whether it begins here, where links to it lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page to look at."""

    number: int
    width: float
    height: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The document that stands for a directive now."""

    kind: str
    """draft, frozen, signed or sealed."""
    sha256_hex: str
    sheets: tuple[Sheet, ...]
    query: str = ""
    """Behind the address of a picture: it shows number and date that the seal will fill in."""
    fills: int = 0
    """Page on which they are filled in; 0 where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The one next thing that the reader may do."""

    deed: str
    label: str
    path: str = ""
    """Where it is done, for what has a page of its own; else it is a button here."""
    question: str = ""
    """Asked before it is done; nothing where it can be undone by leaving it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the reader may do with a directive now."""

    act: Act | None = None
    may_revise: bool = False
    """A quiet way beside handing in."""
    may_resubmit: bool = False
    """Whether what was taken back may come again as it is; a quiet way beside changing it."""
    may_return: bool = False
    may_take_back: bool = False
    may_cancel: bool = False


A4: Final = (595.28, 841.89)
_BUTTONS: Final[Mapping[str, tuple[str, str]]] = {
    "submit": ("Trình kiểm tra", "Trình dự thảo này để kiểm tra nội dung và thể thức?"),
    "revise": ("Sửa dự thảo", ""),
    "check_content": ("Đạt về nội dung", "Xác nhận nội dung văn bản đã đạt?"),
    "check_form": ("Đạt về thể thức", "Xác nhận thể thức văn bản đã đạt?"),
    "approve": ("Phê duyệt", "Phê duyệt văn bản này? Sau đó văn thư sẽ cấp số."),
    "take_number": ("Cấp số", "Cấp số tiếp theo trong dãy số cho văn bản này?"),
}
_APPROVE_AND_SIGN: Final = (
    "Phê duyệt văn bản này? Sau đó lãnh đạo ký trước, số và ngày được cấp sau khi ký."
)
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "sign": ("Xem và ký số", "/van-ban/{id}/ky"),
    "seal": ("Kiểm tra và đóng dấu", "/van-ban/{id}/dong-dau"),
    "issue": ("Xem nơi nhận và phát hành", "/van-ban/{id}/phat-hanh"),
    "follow_up": ("Theo dõi báo cáo", "/theo-doi/{id}"),
}
_UNSIGNED: Final = (DirectiveState.APPROVED, DirectiveState.NUMBERED)
_WITH_DRAFTER: Final = (DirectiveState.DRAFTING, DirectiveState.RETURNED)
_CANCELLABLE: Final = (
    DirectiveState.IN_REVIEW,
    *_UNSIGNED,
    DirectiveState.SIGNED,
    DirectiveState.SEALED,
)


def open_directive(
    session: Session, portal: Portal, person: Person, directive_id: DirectiveId
) -> Directive:
    """Returns a directive that the person may look at.

    Raises:
        NotFoundError: there is none.
        NotAuthorisedError: it is another office's.
    """
    directive = get_directive(session, directive_id)
    if not may_see(session, person.officer_id, directive, portal.today()):
        owner = session.get_one(Organisation, directive.organisation_id)
        raise NotAuthorisedError(person.actor.name, "xem văn bản này", f"cán bộ của {owner.name}")
    return directive


def is_theirs(step: NextStep, directive: Directive, person: Person) -> bool:
    """Tells whether a step waits for this person."""
    held = person.roles.get(directive.organisation_id, frozenset())
    return person.officer_id in step.officers or step.role in held


def offer(
    session: Session,
    directive: Directive,
    person: Person,
    day: date,
    steps: tuple[NextStep, ...] | None = None,
) -> Offer:
    """Returns what the person may do now; deeds look for themselves again.

    Args:
        session: a look.
        directive: the directive.
        person: the reader.
        day: today.
        steps: its `next_steps`, where the caller has them already.
    """
    steps = next_steps(session, directive) if steps is None else steps
    mine = [step for step in steps if is_theirs(step, directive, person)]
    state = DirectiveState(directive.state)
    signs = person.officer_id == directive.signatory_id
    drafts = person.officer_id == directive.drafter_id
    reviews = state == DirectiveState.IN_REVIEW and bool(mine)
    at_rest = all(step.kind != MACHINE_STEP for step in steps)
    return Offer(
        act=_act(session, mine[0], directive, day) if mine else None,
        may_revise=drafts and state in _WITH_DRAFTER,
        may_resubmit=drafts
        and state == DirectiveState.RETURNED
        and directive.taken_back_revision == directive.revision,
        may_return=at_rest
        and (reviews or (signs and state in _UNSIGNED and directive.signed_sha256 is None)),
        may_take_back=drafts and state == DirectiveState.IN_REVIEW,
        may_cancel=at_rest
        and ((signs and state in _CANCELLABLE) or (drafts and state in _WITH_DRAFTER)),
    )


def _act(session: Session, step: NextStep, directive: Directive, day: date) -> Act | None:
    if step.deed in _BUTTONS:
        label, question = _BUTTONS[step.deed]
        if step.deed == "approve" and signs_first(session, directive):
            question = _APPROVE_AND_SIGN
        if step.deed == "take_number" and (coming := coming_number(session, directive, day)):
            question = f"Cấp số {coming} cho văn bản này?"
        return Act(deed=step.deed, label=label, question=question)
    if step.deed in _PLACES:
        label, path = _PLACES[step.deed]
        return Act(deed=step.deed, label=label, path=path.format(id=directive.id))
    return None


def is_moving(steps: tuple[NextStep, ...]) -> bool:
    """Tells whether the machine is at work, so that the page should look again by itself."""
    return any(step.kind == MACHINE_STEP for step in steps)


def is_over(steps: tuple[NextStep, ...]) -> bool:
    """Tells whether nothing moves the directive on its way any more."""
    return all(step.kind == DONE for step in steps)


def pages_of(portal: Portal, directive_id: DirectiveId, *, as_sealed: bool = False) -> Pages:
    """Returns the pages that stand for a directive now; sets the draft where nothing is frozen.

    Args:
        portal: the portal.
        directive_id: the directive.
        as_sealed: with number and date where the seal will bring them in.

    Raises:
        InvalidInputError: the draft could not be set.
        PageImageError, ArchiveError: the pages cannot be had.
    """
    with portal.database.reading() as session:
        directive = get_directive(session, directive_id)
        kind, digest = _standing(directive)
        made = newest_document(session, directive, "draft" if kind == "draft" else "frozen")
        fill = fill_in(directive) if as_sealed else ()
    if kind == "draft" and made is None:
        draft_page(portal.desk, directive_id)
        with portal.database.reading() as session:
            made = newest_document(session, get_directive(session, directive_id), "draft")
    if kind == "draft" and made is not None:
        digest = made.sha256
    layout = dict(made.made_with) if made is not None else {}
    boxes = _boxes(layout)
    places = _places(layout) if fill or kind == "frozen" else {}
    if kind != "frozen":
        # Empty fields are outlined only where somebody is about to sign.
        boxes = {page: _without_signatures(found) for page, found in boxes.items()}
    sheets = tuple(
        Sheet(
            number=number,
            width=A4[0],
            height=A4[1],
            boxes=(*boxes.get(number, ()), *places.get(number, ())),
        )
        for number in range(1, portal.pictures.count(digest) + 1)
    )
    values = "_".join(value.replace("/", "-") for _, value in fill)
    return Pages(
        kind=kind, sha256_hex=digest, sheets=sheets,
        query=f"?dien={values}" if fill else "", fills=min(places, default=0) if fill else 0,
    )  # fmt: skip


def _standing(directive: Directive) -> tuple[str, str]:
    for kind, digest in (
        ("sealed", directive.sealed_sha256),
        ("signed", directive.signed_sha256),
        ("frozen", directive.frozen_sha256),
    ):
        if digest is not None:
            return kind, digest
    return "draft", ""


def _without_signatures(boxes: list[Box]) -> list[Box]:
    return [box for box in boxes if box.kind != "signature"]


def _boxes(layout: Mapping[str, Any]) -> dict[int, list[Box]]:
    found: dict[int, list[Box]] = {}
    names = {"ChuKyLanhDao": "Chỗ ký của lãnh đạo", "DauCoQuan": "Chỗ đóng dấu cơ quan"}
    for box in layout.get("boxes", ()):
        found.setdefault(box["page"], []).append(
            Box(
                kind="signature", label=names.get(box["name"], box["name"]), x=box["x_pt"],
                y=box["y_pt"], width=box["w_pt"], height=box["h_pt"],
            )
        )  # fmt: skip
    for mark in layout.get("marks", ()):
        for page, top, end in _lines_of(mark):
            is_start = page == mark["page"]
            found.setdefault(page, []).extend(_marked(mark["label"], top, end, is_start=is_start))
    return found


def _lines_of(mark: Mapping[str, Any]) -> list[tuple[int, float, float]]:
    """Page, top and end of what stands of a sentence on each of its pages."""
    first, last = mark["page"], mark["end_page"]
    if first == last:
        return [(first, mark["y_pt"], mark["end_y_pt"])]
    bottom = A4[1] - LEFT_MARGIN_PT
    between = [(page, TOP_PT, bottom) for page in range(first + 1, last)]
    return [(first, mark["y_pt"], bottom), *between, (last, TOP_PT, mark["end_y_pt"])]


def _marked(label: str, top: float, end: float, *, is_start: bool) -> tuple[Box, Box]:
    """The stroke in the margin, and the ground of the lines for who comes to see this sentence."""
    height = round(max(8.0, end - top), 1)
    left, right = TEXT_PT
    return (
        Box(kind="task", label=label, x=LEFT_MARGIN_PT, y=top, width=MARK_WIDTH_PT, height=height),
        Box(
            kind="sentence",
            label=label,
            x=left,
            y=top,
            width=right - left,
            height=height,
            is_start=is_start,
        ),
    )


def _places(layout: Mapping[str, Any]) -> dict[int, list[Box]]:
    """Where number and date are filled in, where the officer signs before they are known."""
    names = {"SoVanBan": "Số: điền khi đóng dấu", "NgayVanBan": "Ngày: điền khi đóng dấu"}
    found: dict[int, list[Box]] = {}
    for place in layout.get("places", ()):
        size = place["size_pt"]
        for gap in place["gaps"]:
            found.setdefault(gap["page"], []).append(
                Box(
                    kind="fill", label=names.get(place["name"], place["name"]), x=gap["x_pt"],
                    y=round(gap["baseline_pt"] - 0.8 * size, 2),
                    width=round(gap["digits"] * size / 2, 2), height=round(size, 2),
                )
            )  # fmt: skip
    return found


def stored_document(session: Session, directive: Directive, sha256_hex: str) -> Document | None:
    """Returns a stored file of a directive by its digest, whatever its revision."""
    return session.scalars(
        select(Document)
        .where(Document.directive_id == directive.id, Document.sha256 == sha256_hex)
        .order_by(Document.created_at.desc())
    ).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What somebody typed into a form that was refused; shown again so that nothing is lost."""

    sentence: str = ""
    """What went wrong; empty where nothing did."""
    stale: bool = False
    """Somebody else was quicker."""
    typed: Mapping[str, str] = field(default_factory=dict)
