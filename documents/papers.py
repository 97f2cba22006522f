"""Papers that the system makes of its own records: the register and a directive's journey."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from documents.typesetting import TEMPLATES, Typesetting
from documents.wording import day_text, shown, time_text

OUTGOING_COLUMNS = (
    "Số, ký hiệu văn bản",
    "Ngày tháng văn bản",
    "Tên loại và trích yếu nội dung văn bản",
    "Người ký",
    "Nơi nhận văn bản",
    "Đơn vị, người nhận bản lưu",
    "Số lượng bản",
    "Ngày chuyển",
    "Ký nhận",
    "Ghi chú",
)
"""Columns of the register of outgoing papers. Source: NĐ 30/2020 PL IV."""
_WEIGHTS = (16.0, 10.0, 30.0, 13.0, 27.0, 12.0, 7.0, 10.0, 9.0, 11.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterHead:
    """What stands above a register."""

    parent_issuer: str
    issuer: str
    period: str
    """Series and time: "Hướng dẫn, nhiệm kỳ 2020-2025"."""
    title: str = "Sổ đăng ký văn bản đi"
    notice: str | None = None


def register_paper(
    rows: Sequence[Sequence[str]],
    columns: Sequence[str] = OUTGOING_COLUMNS,
    *,
    head: RegisterHead,
    at: datetime,
    fonts: Path,
    weights: Sequence[float] = (),
    notes: tuple[str, Sequence[str]] = ("", ()),
) -> bytes:
    """Sets a register on A4 landscape, all its rows, as PDF/A-2b; same input, same bytes.

    Every row has as many cells as there are columns; dates and names come as they are to be
    printed. `at` (aware) is the time of printing. `weights` are the shares of the page's width that
    the columns take; by default those of the outgoing register, or the length of the headings.
    `notes` are a heading and its lines, set below the table where there are any.

    Raises:
        RenderError: the typesetter refused.
        ValueError: a row has another number of cells than there are columns.
    """
    cells = [[shown(cell) for cell in row] for row in rows]
    if any(len(row) != len(columns) for row in cells):
        raise ValueError(f"every row needs {len(columns)} cells")
    data = {
        "parent": shown(head.parent_issuer.upper()),
        "issuer": shown(head.issuer.upper()),
        "title": shown(head.title),
        "period": shown(head.period),
        "as_of": time_text(at),
        "columns": list(columns),
        "weights": list(weights or _weights(columns)),
        "rows": cells,
        "closing": f"Sổ này có {len(cells)} văn bản.",
        "notice": head.notice or "",
        "notes_title": notes[0],
        "notes": [shown(note) for note in notes[1]],
    }
    return Typesetting("register.typ", data, fonts=fonts).pdf(at)


def _weights(columns: Sequence[str]) -> tuple[float, ...]:
    if len(columns) == len(_WEIGHTS):
        return _WEIGHTS
    return tuple(float(max(len(name), 8)) for name in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One legal step of a directive's journey."""

    name: str
    """"Soạn thảo", "Ký số"."""
    person: str
    """Empty for a step of the machine."""
    post: str
    at: datetime
    detail: str = ""
    """What was decided or changed, in a sentence."""
    chained: bool | None = None
    """Whether the audit chain is proven up to here; None where it was not examined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRecipient:
    """One unit to which the directive went."""

    unit: str
    role: str
    channel: str
    state: str
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    """When it was accepted or refused by the unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineObligation:
    """One task of one unit."""

    unit: str
    label: str
    deadline: str
    """As written in the directive."""
    due: date | None
    state: str
    overdue: bool = False
    reminders: int = 0
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A directive's whole journey at one instant."""

    issuer: str
    number: str
    doc_type: str
    title: str
    issued: date | None
    state: str
    sentence: str
    """The state in one sentence."""
    as_of: datetime
    steps: tuple[TimelineStep, ...]
    recipients: tuple[TimelineRecipient, ...]
    obligations: tuple[TimelineObligation, ...]
    notice: str | None = None


def timeline_page(timeline: Timeline) -> str:
    """A page of HTML that needs nothing else: no script, no font, no picture from elsewhere."""
    return _PAGES.get_template("timeline.html").render(timeline=timeline)


_PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["day"] = day_text
_PAGES.filters["time"] = time_text
