"""The register of outgoing papers: its columns, its order, its writers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from sqlalchemy import update

from actions.auditing import MACHINE
from actions.changing import get_directive
from actions.desk import doing
from actions.registering import COLUMNS, enter_outgoing, entries, note_cancelled
from models.base import DirectiveId
from models.directive import Directive
from models.numbering import RegisterEntry
from tests.support.front import Front


def _enter(front: Front, key: DirectiveId) -> int:
    with doing(front.desk, MACHINE, "enter", subject=key) as deed:
        return enter_outgoing(deed, get_directive(deed.session, key)).ordinal


def test_the_columns_are_those_of_the_decree_in_their_order() -> None:
    assert list(COLUMNS.values()) == [
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
    ]


def test_lines_are_numbered_in_order_within_a_year(front: Front) -> None:
    keys = [front.numbered() for _ in range(3)]
    front.change(
        lambda s: s.execute(
            update(Directive).where(Directive.id == keys[2]).values(issue_date=date(2023, 1, 3))
        )
    )
    assert [_enter(front, key) for key in keys] == [1, 2, 1]
    with front.desk.database.reading() as session:
        assert [entry.directive_id for entry in entries(session, year=2022)] == keys[:2]
        assert [entry.ordinal for entry in entries(session, year=2023)] == [1]
        assert entries(session, year=2024) == []


def test_many_writers_at_once_leave_no_gap(front: Front) -> None:
    keys = [front.numbered() for _ in range(6)]
    start = Barrier(6)

    def enter(key: DirectiveId) -> int:
        start.wait()
        return _enter(front, key)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(enter, keys)) == [1, 2, 3, 4, 5, 6]


def test_a_directive_without_a_date_is_entered_under_today(front: Front) -> None:
    key = front.approved()
    assert _enter(front, key) == 1
    with front.desk.database.reading() as session:
        assert entries(session, year=2022)[0].columns["date"] == "20/09/2022"


def test_a_note_on_what_was_never_entered_is_no_line(front: Front) -> None:
    key = front.numbered()
    with doing(front.desk, MACHINE, "note", subject=key) as deed:
        note_cancelled(deed, get_directive(deed.session, key), "Không cần nữa")
    assert front.count(RegisterEntry) == 0
