"""Registers: what is printed for a year or a term, and how an old one is brought along."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select

from actions.cancelling import cancel
from actions.desk import Deed
from actions.errors import AlreadyDoneError, InvalidInputError, NotAuthorisedError, NotFoundError
from actions.numbering import take_number
from actions.registering import enter_outgoing
from actions.registers.books import Span, book, books, span_of, spans
from actions.registers.importing import Grid, import_register, read_old_register
from actions.registers.printing import print_register
from actions.registers.unused import unused
from models.numbering import NumberSeries, RegisterEntry
from models.officer import Role
from tests.support.factories import NAMES
from tests.support.front import Front

TODAY = date(2022, 9, 20)
HEAD = (
    "TT", "Số, ký hiệu", "Ngày tháng", "Tên loại và trích yếu nội dung", "Người ký", "Nơi nhận",
)  # fmt: skip


def old(*rows: tuple[object, ...]) -> Grid:
    return (("SỔ ĐĂNG KÝ VĂN BẢN ĐI", None), (None,), HEAD, *rows)  # type: ignore[arg-type]  # rows of every kind


def line(
    at: int, number: str, day: object, what: str = "Hướng dẫn: tuyên truyền"
) -> tuple[object, ...]:
    return (at, number, day, what, "Trần Trung Hiếu", "Các huyện ủy")


def entries(front: Front) -> list[RegisterEntry]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(RegisterEntry).order_by(RegisterEntry.ordinal)))


def bring(front: Front, grid: Grid, **more: str) -> int:
    return import_register(
        front.desk, front.clerk, read_old_register("outgoing", grid), file_name="so-cu.xlsx", **more
    )  # fmt: skip


def test_numbers_that_no_paper_bears_are_told_beside_the_register(front: Front) -> None:
    key = front.approved()
    take_number(front.desk, front.clerk, key, number=99, reason="Sổ giấy đã dùng 96 đến 98")
    cancel(front.desk, front.signatory, front.numbered(), reason="Không ban hành nữa")
    with front.desk.database.reading() as session:
        left = unused(session, span_of(session, "2022", TODAY))
        before = Span(key="2021", first=date(2021, 1, 1), last=date(2021, 12, 31), words="")
        assert unused(session, before) == []
    assert [(one.first, one.last, one.is_void, one.reason) for one in left] == [
        (96, 98, False, "Sổ giấy đã dùng 96 đến 98"),
        (100, 100, True, "Không ban hành nữa"),
    ]


def test_the_files_of_the_register_tell_the_numbers_that_no_paper_bears(front: Front) -> None:
    plain = print_register(front.desk, "outgoing", form="xlsx")
    assert openpyxl.load_workbook(io.BytesIO(plain.content)).sheetnames == ["Sổ đăng ký văn bản đi"]
    key = front.approved()
    take_number(front.desk, front.clerk, key, number=99, reason="Sổ giấy đã dùng 96 đến 98")
    made = print_register(front.desk, "outgoing")
    document = pypdfium2.PdfDocument(made.content)
    text = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    assert "Số không dùng" in text
    assert "Số 96 – 98" in text
    assert "lý do: Sổ giấy đã dùng 96 đến 98" in text
    sheet = openpyxl.load_workbook(
        io.BytesIO(print_register(front.desk, "outgoing", form="xlsx").content)
    )["Số không dùng"]
    cells = [cell.value for cell in sheet[sheet.max_row]]
    assert (cells[0], cells[3]) == ("96 – 98", "Sổ giấy đã dùng 96 đến 98")
    incoming = print_register(front.desk, "incoming", form="xlsx")
    assert "Số không dùng" not in openpyxl.load_workbook(io.BytesIO(incoming.content)).sheetnames


def test_an_old_register_is_taken_over_line_by_line_in_the_order_of_the_rule(front: Front) -> None:
    letter = line(2, "12-CV/BTNTU", date(2022, 8, 20), "Công văn: mời họp")
    assert bring(front, old(line(1, "94-HD/BTNTU", "15/8/2022"), letter)) == 2
    first, second = entries(front)
    assert (first.year, first.ordinal, first.on_day) == (2022, 1, date(2022, 8, 15))
    assert first.columns["number_symbol"] == "94-HD/BTNTU"
    assert first.columns["recipients"] == "Các huyện ủy"
    assert (second.columns["date"], second.imported_from) == ("20/08/2022", "so-cu.xlsx")
    assert front.last_event().detail["lines"] == 2


def test_our_own_lines_go_on_after_the_old_ones(front: Front) -> None:
    bring(front, old(line(41, "90-HD/BTNTU", "15/8/2022")))
    key = front.approved()
    take_number(front.desk, front.clerk, key)
    with front.desk.database.writing() as session:
        deed = Deed(session=session, actor=front.clerk, at=front.clock())
        made = enter_outgoing(deed, front.directive(key))
        assert made.ordinal == 42


def test_a_series_goes_on_after_the_largest_old_number_of_its_own_type(front: Front) -> None:
    with front.desk.database.reading() as session:
        series = session.scalars(
            select(NumberSeries).where(NumberSeries.doc_type == "Hướng dẫn")
        ).one()
    bring(
        front,
        old(
            line(1, f"{series.stands_at + 4}-HD/BTNTU", "15/8/2022"),
            line(2, "400-CV/BTNTU", "16/8/2022", "Công văn: mời họp"),
        ),
        series_id=series.id,
    )
    with front.desk.database.reading() as session:
        assert session.get_one(NumberSeries, series.id).stands_at == series.stands_at + 4


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        (old(line(1, "94-HD/BTNTU", "31/02/2022")), "không phải ngày"),
        (old(line(1, "", "15/8/2022")), "Chưa có số, ký hiệu"),
        (old(line(1, "1-HD", "15/8/2022"), line(1, "2-HD", "15/8/2022")), "có hai lần"),
        (old(), "Không có dòng nào"),
        ((("a", "b"), ("c", "d")), "dòng tiêu đề"),
        (old((0, "1-HD", "15/8/2022", "", "", "")), "từ 1 trở lên"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_refused_with_its_place(grid: Grid, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        read_old_register("outgoing", grid)


def test_hundreds_of_faults_are_counted_not_listed() -> None:
    grid = old(*[line(at, "", "?") for at in range(1, 300)])
    with pytest.raises(InvalidInputError) as refused:
        read_old_register("outgoing", grid)
    assert len(refused.value.problems) == 21
    assert refused.value.problems[-1].reason.startswith("Còn ")


def _future(front: Front) -> Grid:
    del front
    return old(line(9, "99-HD/BTNTU", "1/10/2022"))


def _again(front: Front) -> Grid:
    bring(front, old(line(9, "9-HD/BTNTU", "1/8/2022")))
    return old(line(8, "8-HD/BTNTU", "1/8/2022"), line(9, "9-HD/BTNTU", "1/8/2022"))


@pytest.mark.parametrize(
    ("make", "error"), [(_future, InvalidInputError), (_again, AlreadyDoneError)]
)
def test_nothing_is_taken_where_one_line_cannot_be(
    front: Front, make: Callable[[Front], Grid], error: type[Exception]
) -> None:
    grid = make(front)
    before = len(entries(front))
    with pytest.raises(error):
        bring(front, grid)
    assert len(entries(front)) == before


def test_a_series_that_has_gone_further_is_not_moved_back(front: Front) -> None:
    with front.desk.database.reading() as session:
        series = session.scalars(
            select(NumberSeries.id).where(NumberSeries.doc_type == "Hướng dẫn")
        ).one()
    with pytest.raises(InvalidInputError, match="đang ở số"):
        bring(front, old(line(1, "3-HD/BTNTU", "15/8/2022")), series_id=series)
    assert entries(front) == []
    with pytest.raises(NotFoundError, match="dãy số"):
        bring(front, old(line(1, "3-HD/BTNTU", "15/8/2022")), series_id="khong-co")


@pytest.mark.parametrize("role", sorted(set(NAMES) - {Role.REGISTRY_CLERK}))
def test_only_the_registry_clerk_brings_a_register_along(lone_front: Front, role: Role) -> None:
    found = read_old_register("outgoing", old(line(1, "94-HD/BTNTU", "15/8/2022")))
    with pytest.raises(NotAuthorisedError):
        import_register(lone_front.desk, lone_front.office.actor(role), found, file_name="x.xlsx")


def test_an_incoming_register_keeps_its_numbers(front: Front) -> None:
    grid: Grid = (
        ("Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu", "Ngày tháng", "Tên loại và trích yếu"),
        ("05/01/2022", 17, "Tỉnh ủy", "53-KH/TU", "29/12/2021", "Kế hoạch: báo chí"),
    )  # fmt: skip
    found = read_old_register("incoming", grid)
    import_register(front.desk, front.clerk, found, file_name="den.xlsx")
    (entry,) = entries(front)
    assert (entry.register, entry.ordinal, entry.on_day) == ("incoming", 17, date(2022, 1, 5))


@pytest.mark.parametrize("key", sorted(books()))
@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_every_register_is_printed_with_all_its_columns(
    lone_front: Front, key: str, form: str
) -> None:
    bring(lone_front, old(line(1, "94-HD/BTNTU", "15/8/2022")))
    made = print_register(lone_front.desk, key, form=form)
    headings = list(book(key).columns.values())
    if form == "pdf":
        document = pypdfium2.PdfDocument(made.content)
        text = " ".join(document[0].get_textpage().get_text_range().split())
        assert book(key).title.upper() in text
        assert "Năm 2022" in text
        assert made.content == print_register(lone_front.desk, key).content
    else:
        page = openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]
        rows = list(page.iter_rows(values_only=True))
        assert list(rows[0]) == headings
        assert len(rows) == made.lines + 1
    assert made.lines == (1 if key == "outgoing" else 0)
    assert made.name.isascii()
    assert made.name.endswith(form)


def test_a_term_holds_its_years_and_not_the_days_before_it(front: Front) -> None:
    with front.desk.database.reading() as session:
        terms = [one for one in spans(session, TODAY) if ".." in one.key]
    assert terms, "the Party's series last a term"
    term = terms[-1]
    assert term.words.startswith("Nhiệm kỳ ")
    bring(front, old(line(1, "94-HD/BTNTU", term.first), line(2, "95-HD/BTNTU", "15/8/2022")))
    with front.desk.database.reading() as session:
        lines = list(book("outgoing").lines(session, term, TODAY))
        assert [one.cells[0] for one in lines] == ["94-HD/BTNTU", "95-HD/BTNTU"]
        year = list(book("outgoing").lines(session, span_of(session, "2022", TODAY), TODAY))
        assert [one.cells[0] for one in year] == ["95-HD/BTNTU"]


def test_what_the_office_does_not_keep_is_refused(front: Front) -> None:
    for wrong in ({"key": "secret"}, {"key": "outgoing", "span": "1999"},
                  {"key": "outgoing", "form": "docx"}):  # fmt: skip
        with pytest.raises(NotFoundError):
            print_register(front.desk, **wrong)
    with pytest.raises(NotFoundError):
        read_old_register("postal", old())
