"""The consolidated report: what every unit answered, where each line comes from, who is missing.

One input gives two files: a PDF to be read and filed, and a workbook to be worked with. Every line
of an answer carries its source, so that any figure can be followed back to the paper it came from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from documents.consolidate_figures import NOBODY, FigureTable, Punctuality, figure_sheets
from documents.typesetting import Typesetting
from documents.wording import day_text, number_of, number_text, shown, time_text
from documents.workbook import Chart, Sheet, workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSource:
    """The paper or message that a line was read from."""

    name: str
    """File name, or the subject of a message."""
    sha256_hex: str
    """Of the bytes as received; 64 lower-case characters."""
    place: str
    """Where in it: "trang 2", "nội dung thư", "biểu mẫu"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One line of a unit's answer."""

    label: str
    value: str
    source: AnswerSource


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAnswer:
    """What one unit owed and what it answered."""

    unit: str
    obligation: str
    """Label in the directive: "III.2", "R1"."""
    sentence: str
    """The directive's own sentence."""
    deadline: str
    """As written: "trước ngày 31/10/2022"."""
    due: date | None
    """Last working day on which the answer is in time."""
    state: str
    """Word for people: "đã chấp nhận", "đã báo cáo", "quá hạn"."""
    reported_at: datetime | None
    """Aware; None while nothing has come."""
    answers: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingUnit:
    """A unit that still owes an answer."""

    unit: str
    obligation: str
    deadline: str
    note: str
    """What was done about it: "đã nhắc 2 lần", "được gia hạn đến …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatedInput:
    """Everything that the report of one directive says."""

    parent_issuer: str
    issuer: str
    number: str
    """Number and symbol: "96-HD/BTGTU"."""
    doc_type: str
    title: str
    issued: date | None
    as_of: datetime
    """Aware; the report speaks of this instant and is made with it."""
    units: tuple[UnitAnswer, ...]
    missing: tuple[MissingUnit, ...]
    period: str = ""
    """Which period it is about: "quý I năm 2026"; empty where the directive has none."""
    punctuality: Punctuality = NOBODY
    figures: tuple[FigureTable, ...] = ()
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A figure that several units gave under the same label."""

    label: str
    total: Decimal
    units: int
    """How many units gave it."""
    highest: str
    """The unit with the highest figure."""


def build_consolidated(report: ConsolidatedInput, *, fonts: Path) -> tuple[bytes, bytes]:
    """Makes the PDF and the workbook; the same input gives the same bytes.

    Raises:
        RenderError: the typesetter refused.
    """
    return consolidated_pdf(report, fonts=fonts), consolidated_workbook(report)


def consolidated_pdf(report: ConsolidatedInput, *, fonts: Path) -> bytes:
    """Sets the report on A4.

    Raises:
        RenderError: the typesetter refused.
    """
    return Typesetting("consolidated.typ", _page_data(report), fonts=fonts).pdf(report.as_of)


def summary(report: ConsolidatedInput) -> str:
    """The report in one sentence."""
    units = {answer.unit for answer in report.units} | {item.unit for item in report.missing}
    waiting = {item.unit for item in report.missing}
    done = len(units) - len(waiting)
    head = f"Đến {time_text(report.as_of)}, {done}/{len(units)} đơn vị đã báo cáo đủ"
    if not waiting:
        return f"{head}; không còn đơn vị nào chưa báo cáo."
    return f"{head}; còn {len(waiting)} đơn vị chưa báo cáo."


def totals(report: ConsolidatedInput) -> tuple[Total, ...]:
    """Sums of the labels under which at least two units gave a figure, and all gave figures."""
    given: dict[str, list[tuple[Decimal | None, str]]] = {}
    for answer in report.units:
        for line in answer.answers:
            given.setdefault(line.label, []).append((number_of(line.value), answer.unit))
    found = []
    for label, pairs in given.items():
        figures = [(number, unit) for number, unit in pairs if number is not None]
        units = {unit for _, unit in figures}
        if len(figures) == len(pairs) and len(units) > 1:
            highest = max(figures, key=lambda pair: pair[0])[1]
            total = sum((number for number, _ in figures), Decimal(0))
            found.append(Total(label=label, total=total, units=len(units), highest=highest))
    return tuple(found)


def sources(report: ConsolidatedInput) -> dict[tuple[str, str], int]:
    """Number of each source, from 1, by its name and hash, in the order of first use."""
    numbered: dict[tuple[str, str], int] = {}
    for answer in report.units:
        for line in answer.answers:
            numbered.setdefault((line.source.name, line.source.sha256_hex), len(numbered) + 1)
    return numbered


def _counted(words: Iterable[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])


def _page_data(report: ConsolidatedInput) -> dict[str, object]:
    numbered = sources(report)
    issued = f" ngày {day_text(report.issued)}" if report.issued else ""
    return _shown(
        {
            "parent": report.parent_issuer.upper(),
            "issuer": report.issuer.upper(),
            "as_of": time_text(report.as_of),
            "number": report.number,
            "directive": f"{report.doc_type} số {report.number}{issued}",
            "title": report.title,
            "summary": summary(report),
            "period": report.period,
            "punctuality": [list(pair) for pair in report.punctuality.bars()],
            "figures": [
                {
                    "title": f"{t.title} (nhiệm vụ {t.obligation})",
                    "head": list(t.headings()),
                    "rows": t.page_rows(),
                }
                for t in report.figures
            ],
            "states": [list(pair) for pair in _counted(a.state for a in report.units)],
            "obligations": _obligations(report),
            "missing": [[m.unit, m.obligation, m.deadline, m.note] for m in report.missing],
            "totals": [
                [t.label, number_text(t.total), str(t.units), t.highest] for t in totals(report)
            ],
            # Who has not answered stands in the list of the missing.
            "units": [
                _unit(answer, numbered)
                for answer in report.units
                if answer.reported_at or answer.answers
            ],
            "sources": [[str(n), name, digest] for (name, digest), n in numbered.items()],
            "notice": report.notice or "",
        }
    )


def _shown(data: dict[str, object]) -> dict[str, object]:
    return {key: _shown_value(value) for key, value in data.items()}


def _shown_value(value: object) -> object:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list):
        return [_shown_value(item) for item in value]
    return _shown(value) if isinstance(value, dict) else value


def _obligations(report: ConsolidatedInput) -> list[list[object]]:
    """For each task: label, sentence, deadline, units that answered, units that owe.

    Whose report was returned is missing again.
    """
    rows: dict[str, list[object]] = {}
    answered: dict[str, tuple[int, int]] = {}
    missing = {(item.unit, item.obligation) for item in report.missing}
    for unit in report.units:
        rows.setdefault(unit.obligation, [unit.obligation, unit.sentence, unit.deadline])
        done, owed = answered.get(unit.obligation, (0, 0))
        is_in = unit.reported_at is not None and (unit.unit, unit.obligation) not in missing
        answered[unit.obligation] = (done + is_in, owed + 1)
    return [[*row, *answered[label]] for label, row in sorted(rows.items())]


def _unit(answer: UnitAnswer, numbered: dict[tuple[str, str], int]) -> dict[str, object]:
    return {
        "unit": answer.unit,
        "obligation": answer.obligation,
        "state": answer.state,
        "due": day_text(answer.due) if answer.due else "không có hạn",
        "reported": time_text(answer.reported_at) if answer.reported_at else "chưa báo cáo",
        "answers": [
            [
                line.label,
                line.value,
                f"[{numbered[line.source.name, line.source.sha256_hex]}] {line.source.place}",
            ]
            for line in answer.answers
        ],
    }


def consolidated_workbook(report: ConsolidatedInput) -> bytes:
    """Makes the workbook: overview, answers with sources, missing units, totals, sources."""
    overview = (
        ("Cơ quan", f"{report.parent_issuer} - {report.issuer}".strip(" -")),
        ("Văn bản", f"{report.doc_type} số {report.number}"),
        ("Ngày ban hành", report.issued or ""),
        ("Trích yếu", report.title),
        *((("Kỳ báo cáo", report.period),) if report.period else ()),
        ("Số liệu đến", time_text(report.as_of)),
        ("Kết quả", summary(report)),
        *((("Ghi chú", report.notice),) if report.notice else ()),
    )
    return workbook(
        (
            Sheet(name="Tổng quan", header=("Mục", "Nội dung"), rows=overview),
            _answers_sheet(report),
            Sheet(
                name="Tình trạng",
                header=("Đơn vị", "Nhiệm vụ", "Thời hạn", "Hạn cuối", "Trạng thái", "Báo cáo lúc"),
                rows=tuple(
                    (a.unit, a.obligation, a.deadline, a.due or "", a.state, _when(a.reported_at))
                    for a in report.units
                ),
            ),
            Sheet(
                name="Chưa báo cáo",
                header=("Đơn vị", "Nhiệm vụ", "Thời hạn", "Ghi chú"),
                rows=tuple((m.unit, m.obligation, m.deadline, m.note) for m in report.missing),
            ),
            *_punctuality_sheet(report),
            *_totals_sheet(report),
            *figure_sheets(report.figures),
        ),
        title=f"Tổng hợp kết quả thực hiện {report.number}",
        at=report.as_of,
    )


def _punctuality_sheet(report: ConsolidatedInput) -> Iterator[Sheet]:
    bars = report.punctuality.bars()
    if bars:
        yield Sheet(
            name="Đúng hạn",
            header=("Tình trạng", "Số nhiệm vụ của đơn vị"),
            rows=tuple(bars),
            chart=Chart(title="Tình hình báo cáo"),
        )


def _totals_sheet(report: ConsolidatedInput) -> Iterator[Sheet]:
    """Where nothing is to be summed there is no sheet: an empty one reads like a loss."""
    found = totals(report)
    if found:
        yield Sheet(
            name="Tổng số liệu",
            header=("Chỉ tiêu", "Tổng", "Số đơn vị", "Đơn vị cao nhất"),
            rows=tuple((t.label, t.total, t.units, t.highest) for t in found),
        )


def _when(at: datetime | None) -> str:
    return time_text(at) if at else ""


def _answers_sheet(report: ConsolidatedInput) -> Sheet:
    return Sheet(
        name="Kết quả",
        header=("Đơn vị", "Nhiệm vụ", "Chỉ tiêu", "Giá trị", "Nguồn", "Vị trí", "SHA-256"),
        rows=tuple(
            (
                answer.unit,
                answer.obligation,
                line.label,
                _value(line.value),
                line.source.name,
                line.source.place,
                line.source.sha256_hex,
            )
            for answer in report.units
            for line in answer.answers
        ),
    )


def _value(text: str) -> str | Decimal:
    """A figure as a number, so that it can be summed; everything else as written."""
    number = number_of(text)
    return text if number is None else number
