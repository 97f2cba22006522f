"""Đơn vị, nhóm, dãy số: what an administrator fills in is kept, or said and still there."""

import html
import re
from collections.abc import Iterator

import pytest
from httpx import Response
from sqlalchemy import delete

from models.numbering import NumberSeries
from models.officer import Officer, Post, SigningAuthority
from models.organisation import GroupMembership, Organisation, UnitGroup
from tests.portal.browsing import Browsing, words_of
from tests.portal.test_outsiders import dump

NAME = "Trung tâm Thử nghiệm Một"
KEY, GROUP = "trung-tam-thu-nghiem-mot", "nhom-thu-nghiem"
UNIT = {
    "name": NAME, "regime": "state", "parent": "tinh-uy-lam-dong", "channel": "smtp",
    "address": "mot@lamdong.example", "valid_from": "2022-01-01", "valid_to": "",
    "aliases": "TT Một\r\n Trung tâm Một ",
}  # fmt: skip


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    browsing.sign_in("truong-my-linh")
    yield browsing
    with browsing.portal.database.writing() as session:
        session.execute(delete(GroupMembership).where(GroupMembership.organisation_id == KEY))
        session.execute(delete(GroupMembership).where(GroupMembership.group_id == GROUP))
        session.execute(delete(UnitGroup).where(UnitGroup.id == GROUP))
        for table in (SigningAuthority, Post):
            session.execute(delete(table).where(table.officer_id == "lo-van-thu"))
        session.execute(delete(Officer).where(Officer.id == "lo-van-thu"))
        session.execute(delete(Organisation).where(Organisation.id == KEY))
        session.execute(delete(NumberSeries).where(NumberSeries.id.startswith("nghi-quyet-2027")))


def seen_on(page: Response) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found[1]


def test_a_unit_is_added_changed_and_joins_a_group(ours: Browsing) -> None:
    made = ours.post("/quan-tri/don-vi", **UNIT)
    assert made.headers["location"] == f"/quan-tri/don-vi/{KEY}?xong=them"
    page = ours.get(f"/quan-tri/don-vi/{KEY}")
    assert "TT Một\nTrung tâm Một" in page.text
    changed = {**UNIT, "place": "Bảo Lộc", "seen": seen_on(page)}
    assert ours.post(f"/quan-tri/don-vi/{KEY}", **changed).status_code == 303
    again = ours.post(f"/quan-tri/don-vi/{KEY}", **{**changed, "place": "Đà <i>Lạt</i>"})
    assert again.status_code == 409
    assert "vừa được người khác sửa" in words_of(again)
    assert "Địa danh Bảo Lộc" in words_of(again)
    assert "Đà <i>Lạt</i>" in html.unescape(again.text)
    assert "<i>" not in again.text
    assert NAME in words_of(ours.get("/quan-tri/don-vi?q=thu+nghiem+mot"))
    assert NAME not in words_of(ours.get("/quan-tri/don-vi?loc=da-het"))
    group = ours.post("/quan-tri/nhom", name="Nhóm thử nghiệm", aliases="").headers["location"]
    base = group.partition("?")[0]
    twin = ours.post("/quan-tri/nhom", name="nhóm thử  nghiệm", aliases="")
    assert twin.status_code == 422
    assert "đã là tên của nhóm khác; đặt tên khác." in words_of(twin)
    assert ours.post(f"{base}/them", unit=KEY, since="2022-01-01").status_code == 303
    assert NAME in words_of(ours.get(base))
    twice = ours.post(f"{base}/them", unit=KEY, since="2022-02-01")
    assert f"“{NAME}” đã thuộc nhóm “Nhóm thử nghiệm”" in words_of(twice)
    assert ours.post(f"{base}/them", since="2022-02-01").status_code == 422
    over = {"unit": KEY, "began": "2022-01-01", "last": "2021-12-31"}
    assert ours.post(f"{base}/go", **over).status_code == 303
    assert "Chưa có thành viên" in words_of(ours.get(base))


def test_what_is_wrong_is_said_by_field_and_changes_nothing(ours: Browsing) -> None:
    before = dump(ours.seeded)
    wrong = ours.post("/quan-tri/don-vi", **{**UNIT, "name": "", "address": "không phải thư"})
    assert wrong.status_code == 422
    assert "Tên: không được để trống." in words_of(wrong)
    assert "không phải thư" in wrong.text
    odd = ours.post("/quan-tri/don-vi", **{**UNIT, "valid_from": "hôm qua"})
    assert "Từ ngày: không phải là một ngày" in words_of(odd)
    start = ours.post("/quan-tri/day-so", **{"doc_type": "", "from": "2027-01-01", "start": "0"})
    assert "Bắt đầu từ số" in words_of(start)
    assert ours.get("/quan-tri/don-vi/khong-co").status_code == 404
    assert dump(ours.seeded) == before


def test_an_officer_is_added_and_gets_a_post_that_ends(ours: Browsing) -> None:
    fields = {
        "name": "Lò Văn Thử", "email": "", "title": "Chuyên viên", "unit": "btgtu-lam-dong",
        "role": ["drafter"], "valid_from": "2022-01-01",
    }  # fmt: skip
    made = ours.post("/quan-tri/can-bo", **fields)
    assert made.headers["location"] == "/quan-tri/can-bo/lo-van-thu/du-lieu?xong=them"
    base = "/quan-tri/can-bo/lo-van-thu"
    assert "người soạn thảo" in words_of(ours.get(f"{base}/du-lieu"))
    clerk = {**fields, "title": "Văn thư", "role": "registry_clerk", "valid_to": "2021-01-01"}
    wrong = ours.post(f"{base}/chuc-vu", **clerk)
    assert wrong.status_code == 422
    assert 'value="Văn thư"' in wrong.text
    ends = {"title": "Chuyên viên", "unit": "btgtu-lam-dong", "began": "2022-01-01"}
    assert ours.post(f"{base}/chuc-vu/ket-thuc", **ends, last="2022-03-01").status_code == 303
    assert "1/3/2022" in words_of(ours.get(f"{base}/du-lieu"))
    signs = {"capacity": "KT", "position": "Chánh Văn phòng", "valid_from": "2022-01-01"}
    unsigned = ours.post(f"{base}/quyen-ky", **signs)
    assert "phải ghi dòng quyền hạn" in words_of(unsigned)
    assert ours.post(f"{base}/quyen-ky", **signs, lines="K/T TRƯỞNG BAN").status_code == 303
    assert "K/T TRƯỞNG BAN" in words_of(ours.get(f"{base}/du-lieu"))


def test_a_deputy_is_offered_the_line_without_which_no_paper_passes(ours: Browsing) -> None:
    fields = {
        "name": "Lò Văn Phó", "email": "", "title": "Phó Trưởng ban Thường trực",
        "unit": "btgtu-lam-dong", "role": ["signatory"], "valid_from": "2022-01-01",
    }  # fmt: skip
    made = ours.post("/quan-tri/can-bo", **fields).headers["location"]
    shown = ours.get(made).text
    assert '<option value="KT" selected>' in shown
    assert ">K/T TRƯỞNG BAN</textarea>" in shown
    signs = {"position": "PHÓ TRƯỞNG BAN", "valid_from": "2022-01-01"}
    base = made.partition("/du-lieu")[0]
    for lines in ("", "T/L TRƯỞNG BAN"):
        alone = ours.post(f"{base}/quyen-ky", **signs, capacity="head", lines=lines)
        assert "cấp phó ký phải ghi “K/T” trước chức vụ của cấp trưởng" in words_of(alone)
    head = {**fields, "name": "Lò Văn Trưởng", "title": "Trưởng ban"}
    shown = ours.get(ours.post("/quan-tri/can-bo", **head).headers["location"]).text
    assert '<option value="KT" selected>' not in shown


def test_a_series_is_added_and_listed_with_its_next_number(ours: Browsing) -> None:
    fields = {"doc_type": "Nghị quyết", "from": "2027-01-01", "to": "2027-12-31", "start": "12"}
    assert ours.post("/quan-tri/day-so", **fields).status_code == 303
    page = ours.get("/quan-tri/day-so/nghi-quyet-2027-01-01")
    assert 'value="12"' in page.text
    ended = {**fields, "to": "2027-06-30", "seen": seen_on(page)}
    assert ours.post("/quan-tri/day-so/nghi-quyet-2027-01-01", **ended).status_code == 303
    assert "30/6/2027" in words_of(ours.get("/quan-tri/day-so"))


def test_a_series_that_is_refused_is_asked_for_anew_without_the_long_list_before_it(
    ours: Browsing,
) -> None:
    wrong = {"doc_type": "Quy chế", "from": "2027-01-01", "start": "mười"}
    refused = ours.post("/quan-tri/day-so", **wrong)
    assert refused.status_code == 422
    assert 'value="mười"' in refused.text
    assert "<table" not in refused.text
    assert "<table" in ours.get("/quan-tri/day-so").text
