"""Saved views: an officer's own, by name, within a number; and what was found as a table."""

import csv
import io

import pytest
from openpyxl import load_workbook

from actions.access import officer_actor
from actions.auditing import MACHINE, Actor
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.listing.sight import Reader
from actions.searching import tables, views
from actions.searching.finding import Filters
from actions.searching.tables import HEADER, found_table
from actions.searching.terms import Terms
from actions.searching.views import LONGEST_NAME, delete_view, rename_view, save_view, views_of
from models.search import SavedView
from tests.actions.searching.test_finding import DAY
from tests.support.front import Front, with_content

GIVEN = {"q": "huong dan", "nam": "2022"}


def names(front: Front, actor: Actor) -> list[str]:
    with front.desk.database.reading() as session:
        return [one.name for one in views_of(session, actor.id)]


def test_an_officer_keeps_renames_and_forgets_their_own_views_and_nobody_elses(
    front: Front,
) -> None:
    key = save_view(front.desk, front.drafter, name=" Của  tôi ", filters=GIVEN)
    assert front.last_event().deed == "save_view"
    save_view(front.desk, front.clerk, name="Của tôi", filters=GIVEN)
    with front.desk.database.reading() as session:
        mine = views_of(session, front.drafter.id)
    assert [(one.id, one.name, one.filters) for one in mine] == [(key, "Của tôi", GIVEN)]
    for stranger in (front.clerk, MACHINE, Actor(kind="unit", id="drafter", name="x")):
        with pytest.raises(NotFoundError):
            rename_view(front.desk, stranger, key, name="x")
        with pytest.raises(NotFoundError):
            delete_view(front.desk, stranger, key)
    rename_view(front.desk, front.drafter, key, name="Khác")
    assert names(front, front.drafter) == ["Khác"]
    delete_view(front.desk, front.drafter, key)
    assert names(front, front.drafter) == []
    assert names(front, front.clerk) == ["Của tôi"]
    with pytest.raises(NotFoundError):
        delete_view(front.desk, front.drafter, key)
    with pytest.raises(NotAuthorisedError):
        save_view(front.desk, MACHINE, name="x", filters=GIVEN)


def test_a_view_needs_a_name_of_its_own_something_to_keep_and_room(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = save_view(front.desk, front.drafter, name="Một", filters=GIVEN)
    for name, filters in (
        ("", GIVEN),
        ("a" * (LONGEST_NAME + 1), GIVEN),
        ("Một", GIVEN),
        ("x", {}),
    ):
        with pytest.raises(InvalidInputError):
            save_view(front.desk, front.drafter, name=name, filters=filters)
    second = save_view(front.desk, front.drafter, name="Hai", filters=GIVEN)
    rename_view(front.desk, front.drafter, second, name="Hai")
    for name in ("Một", " "):
        with pytest.raises(InvalidInputError):
            rename_view(front.desk, front.drafter, second, name=name)
    monkeypatch.setattr(views, "MOST_VIEWS", 2)
    with pytest.raises(InvalidInputError, match="Đã có 2 bộ lọc"):
        save_view(front.desk, front.drafter, name="Ba", filters=GIVEN)
    assert names(front, front.drafter) == ["Hai", "Một"]
    assert front.count(SavedView) == 2
    assert first != second


def test_a_table_holds_what_the_list_shows_and_no_cell_is_a_formula(
    lone_front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    nasty = '=HYPERLINK("x")'
    keys = {str(lone_front.numbered()), str(lone_front.start(with_content(title=nasty)))}
    lone_front.start(with_content(title="Khác hẳn", opening=()))
    with lone_front.desk.database.reading() as session:
        reader = Reader(session=session, actor=officer_actor(session, "drafter", DAY), day=DAY)
        made = found_table(reader, Filters(terms=Terms.read('"nhu sau"')))
        assert {row[-1] for row in made.rows} == keys
        monkeypatch.setattr(tables, "MOST_ROWS", 1)
        with pytest.raises(InvalidInputError, match="Bảng dài hơn 1 dòng"):
            found_table(reader, Filters())
    content = made.written("csv", lone_front.clock())
    assert content.startswith("\N{BYTE ORDER MARK}".encode())
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADER
    cells = {row[3]: row for row in rows[1:]}
    assert cells.keys() == {f"'{nasty}", "Tổ chức thực hiện Kế hoạch số 53-KH/TU"}
    whole = cells["Tổ chức thực hiện Kế hoạch số 53-KH/TU"]
    assert whole[:3] == ["96-HD/BTNTU", "2022-09-20", "Hướng dẫn"]
    book = load_workbook(io.BytesIO(made.written("xlsx", lone_front.clock()))).worksheets[0]
    shown = list(book.iter_rows(min_row=2))
    assert len(shown) == 2
    assert all(cell.data_type != "f" for row in shown for cell in row)
