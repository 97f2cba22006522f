"""An office that begins with us in mid-year brings its old register along, as a workbook.

All or nothing: a line that cannot be read names its cell, and nothing is taken. Lines of the old
register stand before ours and bear the name of their file; a series then goes on after them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.access import require_role
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import AlreadyDoneError, InvalidInputError, NotFoundError, Problem
from actions.offices import office_facts
from actions.registers.books import book
from models.numbering import NumberSeries, RegisterEntry
from models.officer import Role

IMPORTABLE: Final = ("outgoing", "incoming")
ORDINAL_NAMES: Final = frozenset({"tt", "stt", "so thu tu", "so tt"})
HEADER_ROWS: Final = 15
"""The line of headings is looked for in so many rows from the top."""
LEAST_HEADINGS: Final = 4
"""So many known headings make a line of headings."""
SHOWN: Final = 20
"""Faults that are named at once."""
NUMBER: Final = re.compile(r"\s*(\d{1,6})\b")
DATES: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y")
DAY_COLUMN: Final = {"outgoing": "date", "incoming": "arrived_on"}

Grid = Sequence[Sequence[str | int | Decimal | date | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldLine:
    """One line of the old register."""

    ordinal: int
    day: date
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRegister:
    """What was read from a workbook."""

    register: str
    lines: tuple[OldLine, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Years that it has lines of, in order."""
        return tuple(sorted({line.day.year for line in self.lines}))


def read_old_register(register: str, grid: Grid) -> OldRegister:
    """Reads the cells of an old register. Changes nothing.

    Args:
        register: `outgoing` or `incoming`.
        grid: rows of cells; the line of headings is found by its words.

    Raises:
        NotFoundError: lines of that register cannot be brought along.
        InvalidInputError: no line of headings, or cells that cannot be right; names each.
    """
    if register not in IMPORTABLE:
        raise NotFoundError("sổ nhận được từ tệp", register)
    top, places = _headings(register, grid)
    lines: list[OldLine] = []
    problems: list[Problem] = []
    for at, row in enumerate(grid[top + 1 :], start=top + 2):
        if all(_text(cell) == "" for cell in row):
            continue
        try:
            lines.append(_line(register, row, places, at, len(lines) + 1))
        except InvalidInputError as fault:
            problems += fault.problems
    problems += _doubled(lines)
    if not lines and not problems:
        problems.append(Problem(place="Tệp", reason="Không có dòng nào dưới dòng tiêu đề."))
    if problems:
        raise InvalidInputError(*_shortened(problems))
    return OldRegister(register=register, lines=tuple(lines))


def import_register(
    desk: Desk, actor: Actor, old: OldRegister, *, file_name: str, series_id: str | None = None
) -> int:
    """Takes the lines of an old register over. Returns how many.

    Args:
        desk: the tools.
        actor: the registry clerk.
        old: from `read_old_register`.
        file_name: kept with each line.
        series_id: the number series that goes on after the largest number of these lines.

    Raises:
        NotAuthorisedError: the actor is not the registry clerk.
        AlreadyDoneError: a line of that year and number is there already.
        NotFoundError: there is no such series.
        InvalidInputError: a line is dated in the future, or the series has gone further already.
    """
    with doing(desk, actor, "import_register", kind="register", subject=old.register) as deed:
        own = office_facts(deed.session).organisation_id
        require_role(deed, Role.REGISTRY_CLERK, own, "nhập sổ cũ")
        _refuse_known(deed.session, old)
        _refuse_future(deed, old)
        deed.session.add_all(_entry(deed, old.register, line, file_name) for line in old.lines)
        deed.session.flush()
        deed.detail |= {"lines": len(old.lines), "file": file_name, "years": list(old.years)}
        if series_id is not None:
            deed.detail["series"] = {series_id: _move_on(deed, own, series_id, old)}
    return len(old.lines)


def _headings(register: str, grid: Grid) -> tuple[int, dict[str, int]]:
    """Returns the row of the headings and the column of each; `ordinal` is the serial number."""
    wanted = {_plain(words): key for key, words in book(register).columns.items()}
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(grid[:HEADER_ROWS]):
        places: dict[str, int] = {}
        for column, cell in enumerate(row):
            words = _plain(_text(cell))
            key = "ordinal" if words in ORDINAL_NAMES else _nearest(words, wanted)
            if key:
                places.setdefault(key, column)
        if len(places) > len(best[1]):
            best = (at, places)
    missing = [
        words
        for key, words in book(register).columns.items()
        if key not in best[1] and key in {"number_symbol", "date", DAY_COLUMN[register]}
    ]
    if len(best[1]) < LEAST_HEADINGS or missing:
        named = "; ".join(missing or book(register).columns.values())
        said = (
            f"Không tìm thấy dòng tiêu đề có các cột: {named}. Đặt tên cột như trong sổ rồi nhập."
        )
        raise InvalidInputError(Problem(place="Tiêu đề", reason=said))
    return best


def _nearest(words: str, wanted: Mapping[str, str]) -> str | None:
    """A heading that begins as one of the rule's does, or the other way round, is meant by it."""
    if not words:
        return None
    if words in wanted:
        return wanted[words]
    near = [key for known, key in wanted.items() if known.startswith(words)]
    near += [key for known, key in wanted.items() if words.startswith(known)]
    return near[0] if len(set(near)) == 1 else None


def _line(
    register: str,
    row: Sequence[str | int | Decimal | date | None],
    places: Mapping[str, int],
    at: int,
    next_ordinal: int,
) -> OldLine:
    cells = {key: row[column] if column < len(row) else None for key, column in places.items()}
    texts = {key: _text(cell) for key, cell in cells.items()}
    day_key = DAY_COLUMN[register]
    day = _day(cells.get(day_key))
    problems = []
    if day is None:
        said = f"“{texts.get(day_key, '')}” không phải ngày. Ghi dạng 31/12/2026."
        problems.append(Problem(place=f"Dòng {at}, {book(register).columns[day_key]}", reason=said))
    if not texts.get("number_symbol"):
        problems.append(Problem(place=f"Dòng {at}", reason="Chưa có số, ký hiệu văn bản."))
    ordinal = _ordinal(register, texts, next_ordinal)
    if ordinal is None:
        problems.append(Problem(place=f"Dòng {at}", reason="Số thứ tự phải là số từ 1 trở lên."))
    if problems or day is None or ordinal is None:
        raise InvalidInputError(*problems)
    columns = {key: texts.get(key, "") for key in book(register).columns}
    return OldLine(ordinal=ordinal, day=day, columns=columns)


def _ordinal(register: str, texts: Mapping[str, str], next_ordinal: int) -> int | None:
    """The serial number: its own column, the number of arrival, or the place in the file."""
    typed = texts.get("number" if register == "incoming" else "ordinal", "")
    if not typed:
        return next_ordinal if register == "outgoing" else None
    found = NUMBER.match(typed)
    return int(found[1]) if found and int(found[1]) > 0 else None


def _doubled(lines: Sequence[OldLine]) -> list[Problem]:
    seen: set[tuple[int, int]] = set()
    problems = []
    for line in lines:
        key = (line.day.year, line.ordinal)
        if key in seen:
            said = f"Số thứ tự {line.ordinal} của năm {line.day.year} có hai lần trong tệp."
            problems.append(Problem(place="Số thứ tự", reason=said))
        seen.add(key)
    return problems


def _shortened(problems: list[Problem]) -> list[Problem]:
    """Nobody reads hundreds of faults at once: the first ones, and how many there are."""
    left = len(problems) - SHOWN
    if left <= 0:
        return problems
    return [*problems[:SHOWN], Problem(place="Tệp", reason=f"Còn {left} lỗi nữa.")]


def _refuse_known(session: Session, old: OldRegister) -> None:
    for year in old.years:
        wanted = {line.ordinal for line in old.lines if line.day.year == year}
        there = session.scalars(
            select(RegisterEntry.ordinal).where(
                RegisterEntry.register == old.register, RegisterEntry.year == year
            )
        ).all()
        clash = sorted(wanted & set(there))
        if clash:
            shown = ", ".join(map(str, clash[:SHOWN])) + (", …" if clash[SHOWN:] else "")
            raise AlreadyDoneError(f"Dòng số {shown} của sổ năm {year}")


def _refuse_future(deed: Deed, old: OldRegister) -> None:
    late = [line for line in old.lines if line.day > deed.day]
    if late:
        said = f"Dòng số {late[0].ordinal} ghi ngày {late[0].day:%d/%m/%Y}, sau hôm nay. Sửa ngày."
        raise InvalidInputError(Problem(place="Ngày", reason=said))


def _entry(deed: Deed, register: str, line: OldLine, file_name: str) -> RegisterEntry:
    return RegisterEntry(
        register=register, year=line.day.year, ordinal=line.ordinal, on_day=line.day,
        columns=dict(line.columns), imported_from=file_name[:300], entered_at=deed.at,
        entered_by=deed.actor.id,
    )  # fmt: skip


def _move_on(deed: Deed, own: str, series_id: str, old: OldRegister) -> int:
    """Has a number series go on after the largest number of the old lines; returns that number."""
    series = deed.session.get(NumberSeries, series_id)
    if series is None or series.organisation_id != own:
        raise NotFoundError("dãy số", series_id)
    within = [
        line
        for line in old.lines
        if series.period_from <= line.day
        and (series.period_to is None or line.day <= series.period_to)
        and _is_of_type(line, series.doc_type)
    ]
    numbers = [NUMBER.match(line.columns.get("number_symbol", "")) for line in within]
    largest = max((int(found[1]) for found in numbers if found), default=0)
    changed = deed.session.execute(
        update(NumberSeries)
        .where(NumberSeries.id == series_id, NumberSeries.stands_at <= largest)
        .values(stands_at=largest)
        .execution_options(synchronize_session=False)
    )
    if not largest or changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        stands = deed.session.scalar(
            select(func.max(NumberSeries.stands_at)).where(NumberSeries.id == series_id)
        )
        said = (
            f"Dãy số “{series_id}” đang ở số {stands}, sổ cũ chỉ đến số {largest}. "
            "Bỏ mục dãy số, hoặc chọn đúng dãy."
        )
        raise InvalidInputError(Problem(place="Dãy số", reason=said))
    return largest


def _is_of_type(line: OldLine, doc_type: str | None) -> bool:
    """A series of one type counts its own papers alone; the register names the type first."""
    named = _plain(line.columns.get("type_and_subject", ""))
    return doc_type is None or named.startswith(_plain(doc_type))


def _text(cell: str | int | Decimal | date | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return " ".join(str(cell).split())


def _day(cell: str | int | Decimal | date | None) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in DATES:
        try:
            return datetime.strptime(_text(cell), form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _plain(words: str) -> str:
    """Headings are compared without marks, case and punctuation."""
    text = unicodedata.normalize("NFKD", words.casefold().replace("đ", "d"))
    bare = "".join(
        char if char.isalnum() else " " for char in text if not unicodedata.combining(char)
    )
    return " ".join(bare.split())
