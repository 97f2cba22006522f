"""Reading the two lists of a year from a file: TOML as in the office file, or a table (CSV, XLSX).

A table has the columns `ngày`, `đến ngày` (may be left out), `loại` (nghỉ, làm bù) and `tên`, in
any order, after one row of headings. Days are dd/mm/yyyy or ISO.
"""

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import NoReturn

from actions.errors import InvalidInputError, Problem
from deadlines.errors import CalendarInvalidError
from deadlines.year_lists import ListedDay, YearLists, make_lists
from documents.errors import WorkbookRefusedError
from documents.grids import read_grid

SIZE_LIMIT_BYTES = 1024 * 1024
LONGEST_BREAK_DAYS = 31
_COLUMNS = {"ngay": "day", "den ngay": "to", "loai": "kind", "ten": "label"}
_KINDS = {"nghi": False, "ngay nghi": False, "lam bu": True, "ngay lam bu": True}
Row = Mapping[str, object]


def read_lists(
    name: str, raw: bytes, year: int, *, basis: str = "", confirmed: bool = False
) -> YearLists:
    """Reads both lists of a year.

    Args:
        name: file name; its ending tells the form.
        raw: the file.
        year: the year that it must be of.
        basis: the paper; that of a TOML file counts where none is given here.
        confirmed: whether the lists are final.

    Raises:
        InvalidInputError: it cannot be read, or the lists cannot be; every fault is named.
    """
    if len(raw) > SIZE_LIMIT_BYTES:
        _refuse("tệp lớn hơn 1 MB, không phải danh sách ngày nghỉ. Chọn lại tệp")
    ending = PurePath(name).suffix.lower()
    if ending == ".toml":
        days, own = _from_toml(raw, year)
        basis = basis or own
    elif ending == ".csv":
        days = _from_table(_csv_rows(raw))
    elif ending == ".xlsx":
        days = _from_table(_xlsx_rows(raw))
    else:
        _refuse("chỉ đọc được tệp .toml, .csv hoặc .xlsx. Chọn lại tệp")
    try:
        return make_lists(year, tuple(days), basis=basis, confirmed=confirmed)
    except CalendarInvalidError as err:
        _refuse(f"{'; '.join(err.reasons)}. Sửa lại danh sách rồi nhập lại")


def _refuse(reason: str) -> NoReturn:
    text = f"{reason[:1].upper()}{reason[1:]}."
    raise InvalidInputError(Problem(place="Lịch nghỉ", reason=text))


def _from_toml(raw: bytes, year: int) -> tuple[list[ListedDay], str]:
    """Reads `[[day_off]]` and `[[working_saturday]]`; of an office file those of the year."""
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        _refuse(f"không đọc được tệp TOML ({err}). Sửa lại tệp")
    many_years = isinstance(data.get("office"), dict)
    days: list[ListedDay] = []
    for table, working in (("day_off", False), ("working_saturday", True)):
        for row in data.get(table, ()):
            days += _days(row, row.get("label"), working=working)
    if many_years:
        days = [one for one in days if one.day.year == year]
    papers = [row for row in data.get("calendar_year", ()) if row.get("year") == year]
    return days, str(data.get("basis") or next((row.get("basis", "") for row in papers), ""))


def _csv_rows(raw: bytes) -> list[Sequence[object]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("tệp CSV không phải UTF-8. Lưu lại dạng CSV UTF-8")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as err:
        _refuse(f"không đọc được tệp CSV ({err}). Sửa lại tệp")


def _xlsx_rows(raw: bytes) -> list[Sequence[object]]:
    try:
        return list(read_grid(raw, most_rows=500, most_columns=20))
    except WorkbookRefusedError as err:
        raise InvalidInputError(Problem(place="Lịch nghỉ", reason=err.diagnosis())) from err


def _from_table(rows: Sequence[Sequence[object]]) -> list[ListedDay]:
    if not rows:
        _refuse("tệp không có dòng nào. Chọn lại tệp")
    names = [_COLUMNS.get(_plain(cell)) for cell in rows[0]]
    for column, key in _COLUMNS.items():
        if key != "to" and key not in names:
            _refuse(f"thiếu cột “{column}”; cần các cột ngày, loại, tên. Sửa dòng đầu của bảng")
    return [day for at, row in enumerate(rows[1:], start=2) for day in _line(at, names, row)]


def _line(at: int, names: Sequence[str | None], row: Sequence[object]) -> Iterator[ListedDay]:
    cells = {key: cell for key, cell in zip(names, row, strict=False) if key is not None}
    if not any(str(cell or "").strip() for cell in cells.values()):
        return
    working = _KINDS.get(_plain(cells.get("kind")))
    if working is None:
        _refuse(f"dòng {at}: loại phải là “nghỉ” hoặc “làm bù”. Sửa lại dòng này")
    yield from _days(cells, cells.get("label"), working=working, at=f"dòng {at}: ")


def _days(cells: Row, label: object, *, working: bool, at: str = "") -> Iterator[ListedDay]:
    first = _day(cells.get("day"), at)
    last = _day(cells["to"], at) if cells.get("to") else first
    if not 0 <= (last - first).days < LONGEST_BREAK_DAYS:
        _refuse(f"{at}từ {first:%d/%m/%Y} đến {last:%d/%m/%Y} không phải một đợt nghỉ. Sửa lại")
    for step in range((last - first).days + 1):
        yield ListedDay(day=first + timedelta(days=step), label=str(label or ""), working=working)


def _day(value: object, at: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    _refuse(f"{at}“{text}” không phải ngày. Ghi dạng 02/09/2027")


def _plain(cell: object) -> str:
    """Returns a heading without marks and capitals."""
    text = unicodedata.normalize("NFD", str(cell or "").strip().lower().replace("đ", "d"))
    return "".join(sign for sign in text if not unicodedata.combining(sign))
